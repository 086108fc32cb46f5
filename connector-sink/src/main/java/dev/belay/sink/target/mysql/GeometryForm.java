package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireGeometry;

/**
 * The spatial types, from the GeoJSON objects of the wire. The column's own reference system is
 * set: JSON has lost theirs, and another one is refused.
 *
 * @param srid of the column, 0 if it has none
 * @param mariaDb whose function knows one reference system only
 */
record GeometryForm(String type, long srid, boolean mariaDb) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (!(datum instanceof Datum.Json) || !datum.text().startsWith("{")) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    return WireGeometry.inSystem(datum.text(), srid, type);
  }

  /** Options: 1 refuses what has more than two dimensions, which would be lost. */
  @Override
  public String placeholder() {
    return mariaDb
        ? "ST_GeomFromWKB(ST_AsWKB(ST_GeomFromGeoJSON(?, 1)), " + srid + ")"
        : "ST_GeomFromGeoJSON(?, 1, " + srid + ")";
  }

  @Override
  public boolean isExact() {
    return false;
  }

  @Override
  public String kind() {
    return "geometry";
  }
}
