package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import dev.belay.sink.target.pgwire.GeoJsonForm;
import dev.belay.sink.target.pgwire.PgColumn.Parameter;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the test servers cannot show: they come without PostGIS. */
class PostgresTypesTest {

  private static Parameter parameter(String name, int modifier) {
    TypeFacts type = new TypeFacts(1, "gis", name, 'b', 0, -1, false, false, ':', 0, true);
    PostgresTypes types = new PostgresTypes(Map.of(1L, type), 180_000);
    return types.parameter(types.resolve(1, modifier));
  }

  @Test
  void geometryIsReadFromGeoJsonAndGetsTheSridOfItsColumn() {
    // geometry(Point, 4326): the SRID from bit 8, the type from bit 2
    int modifier = 4326 << 8 | 1 << 2;

    assertThat(parameter("geometry", modifier).elementType()).isEqualTo("\"pg_catalog\".\"text\"");
    assertThat(parameter("geometry", modifier).read("s.c1"))
        .isEqualTo("\"gis\".\"st_setsrid\"(\"gis\".\"st_geomfromgeojson\"(s.c1), 4326)");
    assertThat(parameter("geometry", -1).read("s.c1"))
        .isEqualTo("\"gis\".\"st_setsrid\"(\"gis\".\"st_geomfromgeojson\"(s.c1), 0)");
    assertThat(parameter("geography", -1).read("s.c1"))
        .isEqualTo("\"gis\".\"st_geomfromgeojson\"(s.c1)::\"gis\".\"geography\"");
  }

  @Test
  void geometryTakesObjectsOnly() throws Exception {
    GeoJsonForm form = new GeoJsonForm("gis.geometry", 0);
    String point = "{\"coordinates\": [1.555, -2], \"type\": \"Point\"}";

    assertThat(form.encode(new Datum.Json(point))).isEqualTo(point);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> form.encode(new Datum.Text("POINT(1 2)")))
        .hasMessageContaining("gis.geometry")
        .hasMessageNotContaining("POINT");
  }

  /** Avro has it, JSON has lost it. */
  @Test
  void geometryOfAnotherReferenceSystemThanTheColumnsIsRefused() throws Exception {
    String point = "\"type\":\"Point\",\"coordinates\":[1.0,1.0]}";
    Datum located =
        new Datum.Json(
            "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}}," + point);

    assertThat(new GeoJsonForm("gis.geometry(Point,4326)", 4326).encode(located))
        .isEqualTo("{" + point);
    for (int other : new int[] {0, 3857}) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> new GeoJsonForm("gis.geometry", other).encode(located))
          .hasMessageContaining("reference system 4326")
          .hasMessageContaining("format=json");
    }
  }
}
