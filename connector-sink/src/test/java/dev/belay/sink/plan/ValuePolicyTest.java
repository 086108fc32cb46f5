package dev.belay.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.plan.ValuePolicy.NotFinite;
import dev.belay.sink.shape.ColumnCodec;
import dev.belay.sink.shape.ColumnShape;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a column with two digits behind the point, and seconds with three. */
class ValuePolicyTest {
  private static final UnfitValueException REFUSED = new UnfitValueException("it does not fit");

  private static ValuePolicy notFinite(NotFinite what, String instead) {
    return new ValuePolicy(what, Optional.ofNullable(instead), false);
  }

  private static final ValuePolicy TRUNCATE =
      new ValuePolicy(NotFinite.FAIL, Optional.empty(), true);

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "infinity"})
  void whatIsNoNumberIsWrittenAsAsked(String special) throws Exception {
    Datum datum = new Datum.Text(special);
    assertThat(notFinite(NotFinite.NULL, null).encode(column(true), datum, REFUSED)).isNull();
    assertThat(notFinite(NotFinite.GIVEN, "-1").encode(column(true), datum, REFUSED))
        .isEqualTo("-1");
    assertThatThrownBy(() -> ValuePolicy.EXACT.encode(column(true), datum, REFUSED))
        .isSameAs(REFUSED);
    assertThatThrownBy(() -> TRUNCATE.encode(column(true), datum, REFUSED)).isSameAs(REFUSED);
  }

  @Test
  void nullIsNotWrittenWhereTheColumnHasNone() {
    assertThatThrownBy(
            () ->
                notFinite(NotFinite.NULL, null)
                    .encode(column(false), new Datum.Text("NaN"), REFUSED))
        .hasMessage(
            "it does not fit, and values.not.finite=null does not help: the column is NOT NULL");
  }

  @Test
  void numberThatDoesNotFitEitherIsSaid() {
    assertThatThrownBy(
            () ->
                notFinite(NotFinite.GIVEN, "0.001")
                    .encode(column(true), new Datum.Text("NaN"), REFUSED))
        .hasMessageStartingWith("it does not fit, and the number of values.not.finite");
  }

  @ParameterizedTest
  @CsvSource({
    "1.239, 1.23",
    "-1.239, -1.23",
    "0.009, 0.00",
    "1.239E+1, 12.39",
    "123E-3, 0.12",
    "99999999999999999999.999, 99999999999999999999.99"
  })
  void digitsThatHaveNoRoomAreCutOffTowardsZero(String wire, String written) throws Exception {
    assertThat(TRUNCATE.encode(column(true), new Datum.Number(wire), REFUSED)).isEqualTo(written);
    assertThatThrownBy(
            () -> ValuePolicy.EXACT.encode(column(true), new Datum.Number(wire), REFUSED))
        .isSameAs(REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "2020-01-02T03:04:05.123456, 2020-01-02T03:04:05.123",
    "2020-01-02T03:04:05.123999Z, 2020-01-02T03:04:05.123Z",
    "03:04:05.9999, 03:04:05.999"
  })
  void digitsOfSecondsToo(String wire, String written) throws Exception {
    assertThat(TRUNCATE.encode(column("timestamp", true), new Datum.Text(wire), REFUSED))
        .isEqualTo(written);
  }

  /** A text that is too long, and happens to look like a time, a number or NaN. */
  @ParameterizedTest
  @ValueSource(strings = {"nan", "shipped at 03:04:05.9999", "1.239"})
  void textsAreLeftAlone(String text) {
    ColumnShape note = column("text", true);
    for (Datum datum : List.of(new Datum.Text(text), new Datum.Number(text))) {
      assertThatThrownBy(() -> TRUNCATE.encode(note, datum, REFUSED)).isSameAs(REFUSED);
      assertThatThrownBy(() -> notFinite(NotFinite.NULL, null).encode(note, datum, REFUSED))
          .isSameAs(REFUSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"9E+900", "1E-100000", "12345678901234567890123"})
  void whatIsTooLargeOrTooFarAwayStaysRefused(String wire) {
    assertThatThrownBy(() -> TRUNCATE.encode(column(true), new Datum.Number(wire), REFUSED))
        .isSameAs(REFUSED);
  }

  @Test
  void textsAreNoNumbers() {
    assertThatThrownBy(() -> TRUNCATE.encode(column(true), new Datum.Text("1.239"), REFUSED))
        .isSameAs(REFUSED);
  }

  private static ColumnShape column(boolean nullable) {
    return column("decimal", nullable);
  }

  private static ColumnShape column(String kind, boolean nullable) {
    Pattern fits = Pattern.compile("-?\\d{1,20}(\\.\\d{1,2})?|.*:\\d{2}(\\.\\d{1,3})?Z?");
    ColumnCodec codec =
        new ColumnCodec() {
          @Override
          public String encode(Datum datum) throws UnfitValueException {
            if (!fits.matcher(datum.text()).matches()
                || (datum instanceof Datum.Text && !datum.text().contains(":"))) {
              throw new UnfitValueException("no room");
            }
            return datum.text();
          }

          @Override
          public String canonical(String encoded) {
            return encoded;
          }
        };
    return new ColumnShape("c", "decimal(22,2)", kind, nullable, false, false, codec);
  }
}
