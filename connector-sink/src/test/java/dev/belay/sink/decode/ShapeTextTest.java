package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes are what PostGIS's {@code ST_AsEWKB} gives for the shapes named. */
class ShapeTextTest {
  private static final String ONE = "000000000000f03f";
  private static final String TWO = "0000000000000040";
  private static final String NAN = "000000000000f87f";

  private static String json(String hex) throws UnreadableException {
    JsonText text = new JsonText();
    ShapeText.write(HexFormat.of().parseHex(hex), text);
    return new String(text.bytes(), StandardCharsets.UTF_8);
  }

  private static String shape(String name, String coordinates) {
    return "{\"type\":\"" + name + "\",\"coordinates\":" + coordinates + "}";
  }

  @Test
  void shapesOfEveryTypeAreObjects() throws Exception {
    String point = "0101000000" + ONE + TWO;
    String line = "02000000" + ONE + TWO + TWO + ONE;
    assertThat(json(point)).isEqualTo(shape("Point", "[1.0,2.0]"));
    assertThat(json("0102000000" + line)).isEqualTo(shape("LineString", "[[1.0,2.0],[2.0,1.0]]"));
    assertThat(json("0103000000" + "01000000" + line))
        .isEqualTo(shape("Polygon", "[[[1.0,2.0],[2.0,1.0]]]"));
    assertThat(json("0104000000" + "01000000" + point))
        .isEqualTo(shape("MultiPoint", "[[1.0,2.0]]"));
    assertThat(json("0105000000" + "01000000" + "0102000000" + line))
        .isEqualTo(shape("MultiLineString", "[[[1.0,2.0],[2.0,1.0]]]"));
    assertThat(json("0106000000" + "01000000" + "0103000000" + "01000000" + line))
        .isEqualTo(shape("MultiPolygon", "[[[[1.0,2.0],[2.0,1.0]]]]"));
    assertThat(json("0107000000" + "01000000" + point))
        .isEqualTo(
            "{\"type\":\"GeometryCollection\",\"geometries\":["
                + shape("Point", "[1.0,2.0]")
                + "]}");
  }

  @Test
  void byteOrderHeightAndReferenceSystemAreRead() throws Exception {
    assertThat(json("0000000001" + "3ff0000000000000" + "4000000000000000"))
        .isEqualTo(shape("Point", "[1.0,2.0]"));
    assertThat(json("0101000080" + ONE + TWO + ONE)).isEqualTo(shape("Point", "[1.0,2.0,1.0]"));
    assertThat(json("0101000020" + "e6100000" + ONE + TWO))
        .isEqualTo(
            "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}},"
                + "\"type\":\"Point\",\"coordinates\":[1.0,2.0]}");
  }

  @Test
  void emptyShapesStayEmpty() throws Exception {
    assertThat(json("0101000000" + NAN + NAN)).isEqualTo(shape("Point", "[]"));
    assertThat(json("0102000000" + "00000000")).isEqualTo(shape("LineString", "[]"));
    assertThat(json("0107000000" + "00000000"))
        .isEqualTo("{\"type\":\"GeometryCollection\",\"geometries\":[]}");
  }

  @ParameterizedTest
  @CsvSource({
    "01, ends too early",
    "0101000000000000000000f03f, ends too early",
    "0102000000ffffff7f, ends too early",
    "0102000000ffffffff, ends too early",
    "02, unknown byte order",
    "0108000000, type 8",
    "0101000040000000000000f03f000000000000f03f000000000000f03f, measures",
    "0101000000000000000000f03f000000000000f87f, no number",
    "0101000000000000000000f03f000000000000f03f00, behind its end",
    "0104000000010000000102000000, another type",
  })
  void whatIsNoShapeIsRefusedWithItsReason(String hex, String reason) {
    assertThatThrownBy(() -> json(hex))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("format=json");
  }

  @Test
  void collectionsThatNestWithoutEndAreRefused() {
    String deep = "010700000001000000".repeat(40) + "0101000000" + ONE + ONE;
    assertThatThrownBy(() -> json(deep)).hasMessageContaining("32 deep");
  }
}
