package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireJson;
import dev.belay.sink.target.wire.WireText;

/**
 * A value of the wire as JSON text. A string is a JSON string, because that is how JSONB arrives.
 */
final class JsonText {
  private JsonText() {}

  static String of(Datum datum, String type) throws UnfitValueException {
    String json = datum.text();
    if (WireText.hasUnpairedSurrogate(json)) {
      throw Unfit.of("A string with half of a surrogate pair", type);
    }
    if (datum instanceof Datum.Text) {
      return WireJson.quote(json);
    }
    return datum instanceof Datum.Json && WireJson.isJsonNull(json) ? "null" : json;
  }
}
