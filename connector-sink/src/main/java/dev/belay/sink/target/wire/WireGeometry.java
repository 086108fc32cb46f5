package dev.belay.sink.target.wire;

import dev.belay.sink.failure.UnfitValueException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Geometries: GeoJSON objects, with their reference system in front where the wire had it. */
public final class WireGeometry {

  /** As the decoder of Avro writes it; JSON feeds have lost it. */
  private static final Pattern SYSTEM =
      Pattern.compile(
          "^\\{\"crs\":\\{\"type\":\"name\",\"properties\":\\{\"name\":\"EPSG:(-?\\d{1,10})\"\\}\\},");

  private WireGeometry() {}

  /**
   * The GeoJSON alone, to be given the column's own reference system.
   *
   * @param srid the column's, 0 if it has none
   * @throws UnfitValueException if the value has another one
   */
  public static String inSystem(String json, long srid, String type) throws UnfitValueException {
    Matcher system = SYSTEM.matcher(json);
    if (!system.lookingAt()) {
      return json;
    }
    if (!system.group(1).equals(Long.toString(srid))) {
      throw Unfit.of(
          "A geometry of reference system "
              + system.group(1)
              + ", where the column has "
              + (srid == 0 ? "none" : "" + srid)
              + " (give it the same, or create the changefeed with format=json, which sends none),",
          type);
    }
    return "{" + json.substring(system.end());
  }
}
