package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.PgColumn;
import dev.belay.sink.target.postgres.TypeTable.Fate;
import dev.belay.sink.target.wire.WireJsonValue;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant I6 ExactValues, against real servers. */
@ParameterizedClass
@EnumSource(Version.class)
class TypeTableIT {
  private static final String NO_POSTGIS =
      "the test servers come without PostGIS, so geometry columns are not tried";

  @Parameter Version version;
  private TargetDatabase database;

  @BeforeEach
  void createTypes() throws Exception {
    database = TargetDatabase.on(version);
    database.owner(
        "CREATE SCHEMA ext",
        "CREATE EXTENSION citext SCHEMA ext",
        "CREATE EXTENSION ltree SCHEMA ext",
        "CREATE EXTENSION hstore SCHEMA ext",
        "GRANT USAGE ON SCHEMA ext TO " + Identifiers.quote(TargetDatabase.ROLE),
        "CREATE TYPE app.mood AS ENUM ('ok', 'So so', 'with \u2603')",
        "CREATE TYPE app.address AS (street text, zip int)",
        "CREATE DOMAIN app.cents AS numeric(10,2) CHECK (value >= 0)",
        "CREATE DOMAIN app.short AS varchar(5)",
        "CREATE DOMAIN app.label AS app.short",
        "CREATE DOMAIN app.numbers AS bigint[]");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private Map<String, List<TypeTable.Row>> byColumn() {
    Map<String, List<TypeTable.Row>> tables = new LinkedHashMap<>();
    for (TypeTable.Row row : TypeTable.rows()) {
      if (row.since() <= database.major()) {
        tables.computeIfAbsent(row.column(), c -> new ArrayList<>()).add(row);
      }
    }
    return tables;
  }

  @Test
  void everyValueIsReadBackExactlyOrRefused() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    int number = 0;
    for (Map.Entry<String, List<TypeTable.Row>> entry : byColumn().entrySet()) {
      String name = "t" + ++number;
      database.owner("CREATE TABLE " + name + " (id int PRIMARY KEY, v " + entry.getKey() + ")");
      TableShape table = database.table(name);
      for (int id = 0; id < entry.getValue().size(); id++) {
        TypeTable.Row row = entry.getValue().get(id);
        softly
            .assertThat(fate(table, id, row))
            .as("%s %s into %s", row.source(), row.wire(), row.column())
            .isEqualTo(row.fate() + ": " + row.stored());
      }
    }
    softly.assertAll();
  }

  private String fate(TableShape table, int id, TypeTable.Row row) throws SQLException {
    String encoded;
    try {
      encoded = column(table, "v").codec().encode(WireJsonValue.parse(row.wire()));
    } catch (UnfitValueException refused) {
      assertThat(refused.getMessage()).doesNotContain(row.wire().length() > 5 ? row.wire() : "@");
      return Fate.REFUSED
          + ": "
          + (refused.getMessage().contains(row.stored()) ? row.stored() : refused.getMessage());
    }
    Step.Upsert upsert =
        new Step.Upsert(
            table,
            table.columns(),
            List.of(),
            List.of(new StepRow(new String[] {Integer.toString(id), encoded}, 0)));
    try {
      database.write(upsert);
    } catch (SQLException e) {
      database.apply().rollback();
      TargetFault fault = database.target().judge(e);
      return fault.verdict() == Verdict.POISON
          ? Fate.POISON + ": " + fault.code()
          : fault.describe() + e.getMessage();
    }
    database.apply().commit();
    String stored =
        database
            .rows("SELECT v::text FROM " + Identifiers.quote(table.name()) + " WHERE id = " + id)
            .get(0);
    database.apply().commit();
    return Fate.STORED + ": " + stored;
  }

  @Test
  void everyTypeThatCanBeAKeyFindsItsRowsAgain() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    List<String> noKeys = new ArrayList<>();
    int number = 0;
    for (Map.Entry<String, List<TypeTable.Row>> entry : byColumn().entrySet()) {
      String name = "k" + ++number;
      try {
        database.owner(
            "CREATE TABLE " + name + " (v " + entry.getKey() + " PRIMARY KEY, n int NOT NULL)");
      } catch (SQLException noKey) {
        noKeys.add(entry.getKey());
        continue;
      }
      TableShape table = database.table(name);
      for (TypeTable.Row row : entry.getValue()) {
        // an index over box[] can be made, and fails at its first comparison
        if (row.fate() == Fate.STORED && row.label().isEmpty() && !row.column().equals("box[]")) {
          softly
              .assertThat(insertUpdateDelete(table, row))
              .as("%s %s as key of type %s", row.source(), row.wire(), row.column())
              .isEqualTo("inserted 1, updated 1, n = 2, deleted 1");
        }
      }
    }
    System.out.println("No keys on PostgreSQL " + database.major() + ": " + noKeys);
    assertThat(noKeys).containsExactlyInAnyOrder("json", "jsonpath", "point", "refcursor");
    softly.assertAll();
  }

  private String insertUpdateDelete(TableShape table, TypeTable.Row row) throws Exception {
    String key = column(table, "v").codec().encode(WireJsonValue.parse(row.wire()));
    StepRow keyOnly = new StepRow(new String[] {key}, 0);
    try {
      long inserted = database.write(upsert(table, key, "1"))[0];
      long updated = database.write(upsert(table, key, "2"))[0];
      String n = database.rows("SELECT n FROM " + Identifiers.quote(table.name())).get(0);
      long deleted = database.write(new Step.Delete(table, List.of(keyOnly)))[0];
      return "inserted %d, updated %d, n = %s, deleted %d".formatted(inserted, updated, n, deleted);
    } catch (SQLException e) {
      return e.getMessage();
    } finally {
      database.apply().rollback();
    }
  }

  private static Step.Upsert upsert(TableShape table, String key, String n) {
    return new Step.Upsert(
        table, table.columns(), List.of(), List.of(new StepRow(new String[] {key, n}, 0)));
  }

  @Test
  void equalKeysHaveOneCanonicalTextAndOthersDiffer() throws Exception {
    record Pair(String column, String left, String right, boolean equal) {}
    List<Pair> pairs =
        List.of(
            new Pair("numeric", "5.00", "5", true),
            new Pair("numeric", "1E+2", "100.0", true),
            new Pair("numeric", "0.00", "-0", true),
            new Pair("numeric", "5.01", "5", false),
            new Pair("numeric(10,2)", "0.10", "1E-1", true),
            new Pair("double precision", "-0", "0", true),
            new Pair("double precision", "1E+1", "10", true),
            new Pair("double precision", "0.1", "0.10000000000000002", false),
            new Pair("bigint", "1E+2", "100", true),
            new Pair("char(5)", "\"ab\"", "\"ab  \"", true),
            new Pair("varchar(5)", "\"ab\"", "\"ab  \"", false),
            new Pair("ext.citext", "\"Ab\"", "\"aB\"", true),
            new Pair("text", "\"Ab\"", "\"aB\"", false),
            new Pair(
                "uuid",
                "\"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11\"",
                "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"",
                true),
            new Pair("inet", "\"10.0.0.1\"", "\"10.0.0.1/32\"", true),
            new Pair("inet", "\"10.0.0.1/24\"", "\"10.0.0.1\"", false),
            new Pair("bytea", "\"\\\\xFF\"", "\"\\\\xff\"", true),
            new Pair("timestamp", "\"2020-01-01T00:00:00.500\"", "\"2020-01-01 00:00:00.5\"", true),
            new Pair("timestamptz", "\"2020-01-01T00:00:00Z\"", "\"2020-01-01 01:00:00+01\"", true),
            new Pair("date", "\"2020-01-01\"", "\"2020-01-01T00:00:00\"", true),
            new Pair("interval", "\"1 mon\"", "\"30 days\"", true),
            new Pair("interval", "\"1 day\"", "\"24:00:00\"", true),
            new Pair("interval", "\"1 day\"", "\"24:00:01\"", false),
            new Pair("boolean", "true", "1", true));
    SoftAssertions softly = new SoftAssertions();
    int number = 0;
    for (Pair pair : pairs) {
      String name = "c" + ++number;
      database.owner("CREATE TABLE " + name + " (v " + pair.column() + " PRIMARY KEY)");
      ColumnShape column = column(database.table(name), "v");
      String left = column.codec().encode(WireJsonValue.parse(pair.left()));
      String right = column.codec().encode(WireJsonValue.parse(pair.right()));
      boolean ours = column.codec().canonical(left).equals(column.codec().canonical(right));
      // the server's own opinion is the measure
      String theirs =
          database
              .rows(
                  "SELECT $a$%s$a$::%s %s $b$%s$b$::%s"
                      .formatted(
                          left,
                          pair.column(),
                          PgColumn.of(column).equality(),
                          right,
                          pair.column()))
              .get(0);
      softly.assertThat(theirs).as("%s", pair).isEqualTo(pair.equal() ? "t" : "f");
      softly.assertThat(ours).as("%s", pair).isEqualTo(pair.equal());
    }
    softly.assertAll();
  }

  @Test
  void nullIsNullInEveryTypeAndNotTheWord() throws Exception {
    int number = 0;
    for (String type : byColumn().keySet()) {
      String name = "n" + ++number;
      database.owner("CREATE TABLE " + name + " (id int PRIMARY KEY, v " + type + ")");
      TableShape table = database.table(name);
      database.write(
          new Step.Upsert(
              table,
              table.columns(),
              List.of(),
              List.of(new StepRow(new String[] {"1", null}, 0))));
      assertThat(database.rows("SELECT v IS NULL FROM app." + name)).as(type).containsExactly("t");
      database.apply().commit();
    }
  }

  @Test
  void kindsTellWhatCanBeMistakenForEachOther() throws Exception {
    database.owner(
        "CREATE TABLE kinds (a smallint, b bigint, c oid, d text, e char(3), f uuid, g numeric(5,2),"
            + " h real, i date, j timestamptz, k app.mood, l app.cents, m int[], n ext.citext, o bool)");
    assertThat(database.table("kinds").columns())
        .extracting(ColumnShape::kind)
        .containsExactly(
            "integer",
            "integer",
            "integer",
            "text",
            "text",
            "uuid",
            "decimal",
            "float",
            "date",
            "timestamp",
            "enum",
            "decimal",
            "array",
            "text",
            "boolean");
  }

  @Test
  void postGisIsLeftToAServerThatHasIt() throws Exception {
    boolean available =
        !database
            .rows("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'postgis'")
            .isEmpty();
    if (!available) {
      // Maven's summary leaves out why a test is skipped
      System.out.println("postGisIsLeftToAServerThatHasIt is skipped: " + NO_POSTGIS);
    }
    assumeTrue(available, NO_POSTGIS);
    database.owner(
        "CREATE EXTENSION postgis SCHEMA ext",
        "CREATE TABLE g (id int PRIMARY KEY, v ext.geometry)");
    TableShape table = database.table("g");
    database.write(
        TargetDatabase.upsert(
            table,
            List.of("id", "v"),
            TargetDatabase.row(
                1, new Datum.Json("{\"coordinates\": [1.555, -2], \"type\": \"Point\"}"))));
    assertThat(database.rows("SELECT ext.st_astext(v) FROM app.g"))
        .containsExactly("POINT(1.555 -2)");
  }

  private static ColumnShape column(TableShape table, String name) {
    return table.column(name).orElseThrow();
  }
}
