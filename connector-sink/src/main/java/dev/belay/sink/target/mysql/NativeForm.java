package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.util.Locale;

/** MariaDB's UUID, INET4 and INET6, whose texts the server reads. */
record NativeForm(String type, String kind) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    boolean fits =
        switch (kind) {
          // the server would make an IPv4 address one of its own in the other notation
          case "inet6" -> text.indexOf(':') >= 0 && text.indexOf('/') < 0;
          case "inet4" -> text.indexOf('/') < 0;
          default -> text.length() == 36;
        };
    if (!fits) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
