package dev.belay.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.ValueReading;
import dev.belay.sink.decode.ConverterValues;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.plan.ValuePolicy.NotFinite;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.pgwire.ArrayForm;
import dev.belay.sink.target.pgwire.DecimalForm;
import dev.belay.sink.target.pgwire.JsonForm;
import dev.belay.sink.target.pgwire.PgColumn;
import dev.belay.sink.target.pgwire.PgColumn.Parameter;
import dev.belay.sink.target.pgwire.TimestampForm;
import dev.belay.sink.target.pgwire.ValueForm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Elements of arrays are read, and held to the policies, as values of columns are. */
class ArrayElementsTest {
  private static final ValuePolicy CUT = new ValuePolicy(NotFinite.NULL, Optional.empty(), true);

  private static String bound(
      ValueForm element, ValueReading reading, ValuePolicy policy, String json)
      throws UnfitValueException {
    ArrayForm form = new ArrayForm("numbers", element, ',');
    ColumnShape column =
        new ColumnShape(
            "a",
            "numbers",
            form.kind(),
            true,
            false,
            false,
            new PgColumn(form, Parameter.of("x"), "", false, true, PgColumn.NO_PARKING));
    TableShape table =
        new TableShape(TableName.of("t"), List.of(column), List.of(), false, List.of(), List.of());
    return new TableColumns(table, Map.of(), reading).encode(column, new Datum.Json(json), policy);
  }

  @Test
  void fractionsOfElementsAreCutAndWhatIsNotFiniteBecomesNull() throws Exception {
    ValueForm money = new DecimalForm("numeric(5,2)", 5, 2, false);

    assertThat(
            bound(money, ValueReading.PLAIN, CUT, "[1.239, null, \"NaN\", \"Infinity\", -0.999]"))
        .isEqualTo("{1.23,NULL,NaN,NULL,-0.99}");
    assertThat(bound(money, ValueReading.PLAIN, CUT, "[[1.239], [2]]")).isEqualTo("{{1.23},{2}}");
    assertThatThrownBy(() -> bound(money, ValueReading.PLAIN, CUT, "[123456]"))
        .isInstanceOf(UnfitValueException.class)
        .hasMessageContaining("Column t.a (numbers)");
    assertThatThrownBy(() -> bound(money, ValueReading.PLAIN, ValuePolicy.EXACT, "[1.239]"))
        .isInstanceOf(UnfitValueException.class);
  }

  @Test
  void timesAndDocumentsThatAConverterHasReadAreWhatTheirElementsSay() throws Exception {
    ValueForm time = new TimestampForm("timestamp", 6, false);
    ValueForm seconds = new TimestampForm("timestamp(0)", 0, false);
    ValueForm document = new JsonForm("jsonb", true);
    ValueReading converter = new ConverterValues();

    assertThat(bound(time, converter, ValuePolicy.EXACT, "[1546398245000001, null]"))
        .contains("2019-01-02", "03:04:05.000001", "NULL");
    assertThat(bound(seconds, converter, CUT, "[1546398245000001]"))
        .contains("03:04:05")
        .doesNotContain("000001");
    assertThat(bound(document, converter, ValuePolicy.EXACT, "[\"{\\\"b\\\": 1}\", \"1.50\"]"))
        .isEqualTo("{\"{\\\"b\\\": 1}\",\"1.50\"}");
    assertThatThrownBy(() -> bound(document, converter, ValuePolicy.EXACT, "[\"no JSON\"]"))
        .hasMessageContaining("What the converter made of the value is no value of");
  }
}
