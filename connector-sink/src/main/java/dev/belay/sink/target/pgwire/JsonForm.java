package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireJson;

/**
 * json and jsonb. A string of the wire is a JSON string, because that is how JSONB arrives.
 *
 * @param binary jsonb, which resolves escapes and so refuses some
 */
public record JsonForm(String type, boolean binary) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Text text) {
      TextForm.checkStorable(text.text(), type);
      return WireJson.quote(text.text());
    }
    String json = datum.text();
    if (datum instanceof Datum.Json) {
      if (WireJson.isJsonNull(json)) {
        return "null";
      }
      TextForm.checkStorable(json, type);
      if (binary && WireJson.escapesUnstorableText(json)) {
        throw ValueForm.unfit("JSON with an escaped U+0000 or half of a surrogate pair", type);
      }
    }
    return json;
  }

  @Override
  public String kind() {
    return "json";
  }
}
