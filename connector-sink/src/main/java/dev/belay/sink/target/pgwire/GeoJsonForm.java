package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireGeometry;

/**
 * PostGIS geometry and geography, from the GeoJSON objects of the wire.
 *
 * @param srid the column's reference system, 0 if it has none
 */
public record GeoJsonForm(String type, int srid) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (!(datum instanceof Datum.Json) || !datum.text().startsWith("{")) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    return WireGeometry.inSystem(datum.text(), srid, type);
  }

  @Override
  public String kind() {
    return "geometry";
  }
}
