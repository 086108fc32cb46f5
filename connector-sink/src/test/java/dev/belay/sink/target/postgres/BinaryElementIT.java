package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.pgwire.BinaryArray;
import dev.belay.sink.target.pgwire.BinaryElement;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/** The server reads the binary form of a value as it reads its text. */
@ParameterizedClass
@EnumSource(Version.class)
class BinaryElementIT {
  private static final long SEED = 20;
  @Parameter Version version;
  private TargetDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = TargetDatabase.on(version);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private static List<String> texts(BinaryElement element) {
    Random random = new Random(SEED);
    List<String> texts = new ArrayList<>(edges(element));
    for (int i = 0; i < 500; i++) {
      texts.add(random(element, random));
    }
    texts.add(null);
    return texts;
  }

  private static List<String> edges(BinaryElement element) {
    return switch (element) {
      case INT2 -> List.of("0", "-1", "-32768", "32767");
      case INT4 -> List.of("0", "-1", "-2147483648", "2147483647");
      case INT8 -> List.of("0", "-1", "-9223372036854775808", "9223372036854775807");
      case FLOAT4 -> List.of("0", "-0", "NaN", "Infinity", "-Infinity", "1E+10", "3.4028235e38");
      case FLOAT8 ->
          List.of("0", "-0", "NaN", "Infinity", "-Infinity", "4.9E-324", "1.7976931348623157E308");
      case BOOL -> List.of("true", "false");
      case TEXT, VARCHAR ->
          List.of(
              "", "NULL", "a,b{}\"\\", " x ", "n\u00e4me \u2603 \ud83d\ude00", "x".repeat(9999));
      case JSONB -> List.of("null", "{}", "[1, 2.50, \"\u2603\"]", "1e3", "\"a\\\\\\\"b\"");
      case UUID ->
          List.of("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff");
      case DATE -> List.of("0001-01-01", "1582-10-10", "1999-12-31", "2000-02-29", "9999-12-31");
      case TIMESTAMP -> List.of("0001-01-01 00:00:00", "1969-12-31 23:59:59.999999");
      case TIMESTAMPTZ -> List.of("9999-12-31 23:59:59.000001+00", "2000-01-01 00:00:00+00");
    };
  }

  private static String random(BinaryElement element, Random random) {
    return switch (element) {
      case INT2 -> Short.toString((short) random.nextInt());
      case INT4 -> Integer.toString(random.nextInt());
      case INT8 -> Long.toString(random.nextLong());
      case FLOAT4 -> Float.toString(Float.intBitsToFloat(random.nextInt()));
      case FLOAT8 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
      case BOOL -> Boolean.toString(random.nextBoolean());
      case TEXT, VARCHAR -> Integer.toString(random.nextInt(), 36);
      case JSONB -> "{\"n\": " + random.nextInt() + ", \"t\": [null, \"x\"]}";
      case UUID -> new UUID(random.nextLong(), random.nextLong()).toString();
      case DATE -> date(random);
      case TIMESTAMP -> date(random) + " " + time(random);
      case TIMESTAMPTZ -> date(random) + " " + time(random) + "+00";
    };
  }

  private static String date(Random random) {
    return LocalDate.of(1, 1, 1).plusDays(random.nextInt(3_652_000)).toString();
  }

  private static String time(Random random) {
    StringBuilder text = new StringBuilder();
    TemporalText.appendTime(text, random.nextInt(86_400) * 1_000_000_000L + micros(random) * 1_000);
    return text.toString();
  }

  /** With all numbers of digits. */
  private static long micros(Random random) {
    long unit = (long) Math.pow(10, random.nextInt(7));
    return random.nextInt(1_000_000) / unit * unit;
  }

  @Test
  void binaryFormIsReadAsTheTextIs() throws Exception {
    for (BinaryElement element : BinaryElement.values()) {
      List<String> texts = texts(element);
      BaseConnection connection = database.apply().unwrap(BaseConnection.class);
      byte[] bytes = BinaryArray.of(element, rows(texts), 0).orElseThrow();
      assertThat(read(element, new PgArray(connection, element.arrayOid(), bytes)))
          .as("%s, seed %d", element, SEED)
          .isEqualTo(read(element, connection.createArrayOf("text", texts.toArray())));
    }
  }

  private static List<StepRow> rows(List<String> texts) {
    return texts.stream().map(text -> new StepRow(new String[] {text}, 0)).toList();
  }

  private List<String> read(BinaryElement element, Array array) throws SQLException {
    String type = element.name().toLowerCase(Locale.ROOT);
    List<String> read = new ArrayList<>();
    try (PreparedStatement query =
        database
            .apply()
            .prepareStatement(
                "SELECT v::"
                    + type
                    + "::text FROM unnest(?) WITH ORDINALITY s(v, n)"
                    + " ORDER BY n")) {
      query.setArray(1, array);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          read.add(rows.getString(1));
        }
      }
    }
    return read;
  }

  @Test
  void textWithoutAPlainFormSendsTheWholeColumnAsText() {
    for (String text : List.of("infinity", "-infinity", "12026-01-01", "0044-03-15 BC")) {
      assertThat(BinaryArray.of(BinaryElement.DATE, rows(List.of("2026-01-01", text)), 0))
          .isEmpty();
      String at = text.startsWith("0044") ? "0044-03-15 01:00:00 BC" : text;
      assertThat(BinaryArray.of(BinaryElement.TIMESTAMP, rows(List.of(at)), 0)).isEmpty();
    }
    for (String at : List.of("infinity", "12026-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC")) {
      assertThat(BinaryArray.of(BinaryElement.TIMESTAMPTZ, rows(List.of(at)), 0)).isEmpty();
    }
  }

  /** The fraction stands before the era, so its point is where it is in our time too. */
  @Test
  void timestampBeforeChristWithAFractionKeepsItsEra() throws Exception {
    database.owner("CREATE TABLE eras (id int PRIMARY KEY, at timestamp)");
    TableShape table = database.table("eras");
    String at = table.columns().get(1).codec().encode(new Datum.Text("-0043-03-15T12:00:00.5"));
    StepRow row = new StepRow(new String[] {"1", at}, 0);
    database.write(new Step.Upsert(table, table.columns(), List.of(), List.of(row)));
    database.apply().commit();
    assertThat(database.rows("SELECT at::text FROM app.eras"))
        .containsExactly("0044-03-15 12:00:00.5 BC");
  }

  /** Columns change between the forms from one execution to the next, also where it is prepared. */
  @Test
  void statementTakesBothFormsInTurn() throws Exception {
    database.owner("CREATE TABLE turns (id int PRIMARY KEY, at timestamptz)");
    TableShape table = database.table("turns");
    String[] times = {"2026-01-01 00:00:00+00", "infinity", "0044-03-15 00:00:00+00 BC"};
    for (int i = 0; i < 12; i++) {
      StepRow row = new StepRow(new String[] {Integer.toString(i), times[i % 3]}, 0);
      database.write(new Step.Upsert(table, table.columns(), List.of(), List.of(row)));
    }
    database.apply().commit();
    assertThat(database.rows("SELECT count(*) || '' FROM app.turns GROUP BY at"))
        .containsExactly("4", "4", "4");
  }

  /** A driver that is told to send simple queries has no binary form. */
  @Test
  void simpleQueriesAreTextFromEndToEnd() throws Exception {
    database.owner("CREATE TABLE simple (id int PRIMARY KEY, at timestamptz, t text)");
    TableShape table = database.table("simple");
    Step.Upsert step =
        new Step.Upsert(
            table,
            table.columns(),
            List.of(),
            IntStream.range(0, 3)
                .mapToObj(
                    i -> new String[] {Integer.toString(i), "2026-01-01 00:00:00+00", "a'\"" + i})
                .map(values -> new StepRow(values, 0))
                .toList());
    try (var simple = database.connect("preferQueryMode", "simple")) {
      simple.setAutoCommit(false);
      assertThat(new PostgresTarget().write(simple, List.of(step))).containsExactly(3);
      simple.commit();
    }
    assertThat(database.rows("SELECT id || t FROM app.simple ORDER BY id"))
        .isEqualTo(Arrays.asList("0a'\"0", "1a'\"1", "2a'\"2"));
  }
}
