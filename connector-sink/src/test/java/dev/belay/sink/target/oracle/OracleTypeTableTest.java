package dev.belay.sink.target.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.oracle.TypeTable.Fate;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import oracle.jdbc.OracleTypes;
import oracle.sql.BINARY_DOUBLE;
import oracle.sql.BINARY_FLOAT;
import oracle.sql.INTERVALDS;
import oracle.sql.INTERVALYM;
import oracle.sql.NUMBER;
import oracle.sql.TIMESTAMP;
import oracle.sql.TIMESTAMPTZ;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Invariant I6 ExactValues, as far as it can be seen without a server: what is bound is turned into
 * the driver's own object of the column's type, which is what it sends, and read from that.
 */
class OracleTypeTableTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Datum datum(String wire) throws IOException {
    return switch (wire.charAt(0)) {
      case '"' -> new Datum.Text(JSON.readValue(wire, String.class));
      case '{', '[' -> new Datum.Json(wire);
      case 't' -> Datum.Bool.TRUE;
      case 'f' -> Datum.Bool.FALSE;
      default -> new Datum.Number(wire);
    };
  }

  @Test
  void everyValueIsBoundExactlyOrRefused() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    for (TypeTable.Row row : TypeTable.rows()) {
      softly
          .assertThat(bound(row))
          .as("%s %s into %s", row.source(), row.wire(), row.column())
          .isEqualTo(row.fate() + ": " + row.stored());
    }
    softly.assertAll();
  }

  private static String bound(TypeTable.Row row) throws Exception {
    ValueForm form = Columns.form(row.column());
    String encoded;
    try {
      encoded = form.encode(datum(row.wire()));
    } catch (UnfitValueException e) {
      return Fate.REFUSED
          + ": "
          + (e.getMessage().contains(row.stored()) ? row.stored() : e.getMessage());
    }
    if (form instanceof LobForm lob && lob.isLong(encoded)) {
      return Fate.BOUND + ": (LOB) " + encoded;
    }
    RecordedStatement statement = new RecordedStatement();
    form.bind(statement.statement(), 1, encoded);
    return Fate.BOUND + ": " + asTheDriverSendsIt(statement.at(1), form);
  }

  private static String asTheDriverSendsIt(RecordedStatement.Bound bound, ValueForm form)
      throws SQLException {
    Object value = bound.value();
    if (form.kind().equals("interval")) {
      return form.placeholder().equals("TO_YMINTERVAL(?)")
          ? new INTERVALYM((String) value).stringValue()
          : new INTERVALDS((String) value).stringValue();
    }
    if (value instanceof BigDecimal number) {
      return new NUMBER(number).bigDecimalValue().stripTrailingZeros().toPlainString();
    }
    if (value instanceof Double number) {
      assertThat(bound.type()).isEqualTo(OracleTypes.BINARY_DOUBLE);
      return Double.toString(new BINARY_DOUBLE(number).doubleValue());
    }
    if (value instanceof Float number) {
      assertThat(bound.type()).isEqualTo(OracleTypes.BINARY_FLOAT);
      return Float.toString(new BINARY_FLOAT(number).floatValue());
    }
    if (value instanceof LocalDateTime time) {
      return TIMESTAMP.of(time).toLocalDateTime().toString();
    }
    if (value instanceof OffsetDateTime time) {
      return TIMESTAMPTZ.of(time).toOffsetDateTime().toString();
    }
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
  }

  /** A server without Unicode reads a national text only from a national bind. */
  @Test
  void nationalTextsAreBoundAsSuch() throws Exception {
    for (String type : new String[] {"NVARCHAR2(5)", "NCHAR(1)", "NCLOB"}) {
      RecordedStatement statement = new RecordedStatement();
      Columns.form(type).bind(statement.statement(), 1, "x");
      assertThat(statement.at(1).method()).isEqualTo("setNString");
      assertThat(Columns.form(type).nullType()).isEqualTo(Types.NVARCHAR);
    }
  }

  @Test
  void longValuesTravelAsLobs() throws Exception {
    String longText = "x".repeat(LobForm.SHORT_TEXT + 1);
    LobForm clob = (LobForm) Columns.form("CLOB");
    LobForm blob = (LobForm) Columns.form("BLOB");

    assertThat(clob.isLong(longText)).isTrue();
    assertThat(clob.isLong(longText.substring(1))).isFalse();
    assertThat(blob.isLong("00".repeat(LobForm.SHORT_BYTES + 1))).isTrue();
    assertThat(blob.isLong("00".repeat(LobForm.SHORT_BYTES))).isFalse();
    assertThat(((LobForm) Columns.form("JSON")).isLong(longText)).isTrue();
  }

  @Test
  void aValueOfSixteenMegabytesIsTaken() throws Exception {
    String text = "é".repeat(16 << 20);
    assertThat(Columns.form("CLOB").encode(new Datum.Text(text))).hasSize(text.length());
  }

  @Test
  void anEmptyStringIsRefusedWhereNullIsAndReplacedWhenToldSo() throws Exception {
    ValueForm form = Columns.form("VARCHAR2(10 CHAR)");
    OracleColumn nullable = new OracleColumn(form, false, false, false, OracleColumn.Empties.NULL);
    OracleColumn refusing =
        new OracleColumn(form, false, false, false, OracleColumn.Empties.REFUSED);
    OracleColumn replacing =
        new OracleColumn(form, false, false, false, new OracleColumn.Empties(false, " "));
    OracleColumn clob =
        new OracleColumn(Columns.form("CLOB"), false, false, false, OracleColumn.Empties.REFUSED);
    OracleColumn raw =
        new OracleColumn(Columns.form("RAW(4)"), false, false, false, OracleColumn.Empties.REFUSED);
    Datum empty = new Datum.Text("");

    assertThat(nullable.encode(empty)).isEmpty();
    assertThat(replacing.encode(empty)).isEqualTo(" ");
    assertThat(replacing.encode(new Datum.Text("a"))).isEqualTo("a");
    assertThat(clob.encode(empty)).isEmpty();
    assertThatThrownBy(() -> refusing.encode(empty))
        .isInstanceOf(UnfitValueException.class)
        .hasMessageContaining("Oracle takes an empty string for NULL")
        .hasMessageContaining("oracle.empty.string");
    assertThatThrownBy(() -> raw.encode(new Datum.Text("\\x")))
        .isInstanceOf(UnfitValueException.class);
  }

  /** Which the server does to every text of the column. */
  @Test
  void whatStandsForAnEmptyStringIsFilledUpInChar() throws Exception {
    Datum empty = new Datum.Text("");
    for (String type : List.of("CHAR(4 CHAR)", "CHAR(4 BYTE)", "NCHAR(4)")) {
      OracleColumn column =
          new OracleColumn(
              Columns.form(type), false, false, false, new OracleColumn.Empties(false, " "));
      assertThat(column.encode(empty)).as(type).isEqualTo("    ");
    }
  }

  /** Where one index has several columns, two rows with NULL in one of them clash. */
  @Test
  void uniqueValuesAreParkedInNullOnlyWhereNullIsOutOfTheWay() {
    ValueForm text = Columns.form("VARCHAR2(40 CHAR)");
    ValueForm flag = Columns.form("VARCHAR2(4 CHAR)");
    assertThat(Parking.inNull(parked(flag, false))).isTrue();
    assertThat(Parking.isPossible(parked(flag, false))).isTrue();
    assertThat(Parking.inNull(parked(text, true))).isFalse();
    assertThat(Parking.isPossible(parked(text, true))).isTrue();
    assertThat(Parking.isPossible(parked(flag, true))).isFalse();
  }

  private static ColumnShape parked(ValueForm form, boolean nullsClash) {
    return new ColumnShape(
        "C",
        "VARCHAR2",
        form.kind(),
        true,
        false,
        false,
        new OracleColumn(form, false, false, nullsClash, OracleColumn.Empties.NULL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ACTIVE IN ('Y', 'X')",
        "OTHER IN ('Y', 'N')",
        "ACTIVE = 'Y'",
        "\"active\" IN ('Y', 'N')"
      })
  void aConstraintOfAnotherKindNamesNoTrueAndFalse(String condition) {
    assertThat(Flags.of(condition, "ACTIVE")).isEmpty();
  }

  /** Oracle has no NULL of a text for them (ORA-00932, which would stop the task). */
  @Test
  void nullOfATypeThatTakesNoneIsRefusedBeforeItIsSent() {
    for (String type : List.of("SDO_GEOMETRY", "BFILE", "SHOP.ADDRESS")) {
      TableShape table =
          Columns.table("PLACES", List.of("ID"), List.of(), "ID", "NUMBER(10)", "AREA", type);
      ColumnShape area = table.column("AREA").orElseThrow();
      RecordedStatement statement = new RecordedStatement();

      assertThatThrownBy(() -> Binding.value(statement.statement(), 1, table, area, null))
          .as(type)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                TargetFault fault = OracleVerdicts.judge(e);
                assertThat(fault.verdict()).isEqualTo(Verdict.POISON);
                assertThat(fault.describe()).contains("columns.ignore", "AREA", "SHOP.PLACES");
              });
    }
  }

  @Test
  void noMessageQuotesAValue() throws Exception {
    for (TypeTable.Row row : TypeTable.rows()) {
      if (row.fate() == Fate.REFUSED && row.wire().length() > 12) {
        String wire = row.wire().replace("\"", "").toLowerCase(Locale.ROOT);
        assertThatThrownBy(() -> Columns.form(row.column()).encode(datum(row.wire())))
            .message()
            .satisfies(text -> assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(wire));
      }
    }
  }
}
