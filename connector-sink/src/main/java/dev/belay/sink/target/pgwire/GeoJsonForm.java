package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/** PostGIS geometry and geography, from the GeoJSON objects of the wire. */
public record GeoJsonForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (!(datum instanceof Datum.Json) || !datum.text().startsWith("{")) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    return datum.text();
  }

  @Override
  public String kind() {
    return "geometry";
  }
}
