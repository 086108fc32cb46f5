package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.WireTime;
import java.util.Optional;

/**
 * time and timetz.
 *
 * @param decimals of a second, 0 to 6
 */
public record TimeForm(String type, int decimals, boolean zoned) implements ValueForm {

  /** PostgreSQL's time zone displacement is below 16 hours. */
  private static final int OFFSET_LIMIT = 16 * 3600;

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    Optional<WireTime> parsed =
        datum instanceof Datum.Text ? WireTime.parse(datum.text()) : Optional.empty();
    WireTime time = parsed.orElseThrow(() -> ValueForm.unfit(ValueForm.nameOf(datum), type));
    if (!TemporalText.fits(time.nanos() % 1_000_000_000L, decimals)) {
      throw ValueForm.unfit("A time with more than " + decimals + " decimals", type);
    }
    if (!zoned && time.offset().isPresent()) {
      throw ValueForm.unfit("A time with a zone", type);
    }
    StringBuilder text = new StringBuilder(24);
    TemporalText.appendTime(text, time.nanos());
    if (zoned) {
      appendOffset(text, time.offset().orElse(0));
    }
    return text.toString();
  }

  private void appendOffset(StringBuilder text, int offset) throws UnfitValueException {
    int east = Math.abs(offset);
    if (east >= OFFSET_LIMIT) {
      throw ValueForm.unfit("A time zone of 16 hours or more", type);
    }
    text.append(offset < 0 ? '-' : '+');
    TemporalText.two(text, east / 3600);
    if (east % 3600 != 0) {
      TemporalText.two(text.append(':'), east / 60 % 60);
    }
    if (east % 60 != 0) {
      TemporalText.two(text.append(':'), east % 60);
    }
  }

  @Override
  public String kind() {
    return "time";
  }
}
