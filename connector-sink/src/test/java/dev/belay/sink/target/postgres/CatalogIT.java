package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.shape.UniqueShape.Match;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What an ordinary role that owns nothing learns from the catalog. */
@ParameterizedClass
@EnumSource(Version.class)
class CatalogIT {
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

  private Map<TableName, TableShape> describe(TableName... tables) throws SQLException {
    return database.target().describe(database.apply(), List.of(tables));
  }

  private String why(TableName table) throws SQLException {
    return database.target().whyAbsent(database.apply(), table);
  }

  @Test
  void columnsAreDescribedAsTheyAre() throws Exception {
    database.owner(
        "CREATE DOMAIN mandatory AS varchar(10) NOT NULL DEFAULT 'x'",
        "CREATE TABLE t (\"Id\" bigint GENERATED ALWAYS AS IDENTITY, a numeric(10,2) NOT NULL,"
            + " dropped int, b text DEFAULT 'b', c mandatory, g int GENERATED ALWAYS AS (1) STORED,"
            + " s serial, PRIMARY KEY (\"Id\"))",
        "ALTER TABLE t DROP COLUMN dropped");

    List<ColumnShape> columns = database.table("t").columns();

    assertThat(columns)
        .extracting(
            ColumnShape::name,
            ColumnShape::type,
            ColumnShape::nullable,
            ColumnShape::hasDefault,
            ColumnShape::generated)
        .containsExactly(
            tuple("Id", "bigint", false, true, false),
            tuple("a", "numeric(10,2)", false, false, false),
            tuple("b", "text", true, true, false),
            tuple("c", "app.mandatory", false, true, false),
            tuple("g", "integer", true, true, true),
            tuple("s", "integer", false, true, false));
  }

  @Test
  void virtualColumnsAreGenerated() throws Exception {
    assumeTrue(database.major() >= 18, "virtual generated columns came with PostgreSQL 18");
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY, g int GENERATED ALWAYS AS (id * 2) VIRTUAL)");

    assertThat(database.table("t").column("g").orElseThrow().generated()).isTrue();
  }

  @Test
  void theKeyIsInIndexOrderAndWithoutIncludedColumns() throws Exception {
    database.owner("CREATE TABLE t (a int, b int, c int, PRIMARY KEY (c, a) INCLUDE (b))");

    assertThat(database.table("t").key()).extracting(ColumnShape::name).containsExactly("c", "a");
    assertThat(database.table("t").isKeyDeferrable()).isFalse();
  }

  @Test
  void whatMakesRowsClashIsFoundWhateverItIsMadeOf() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, c text, span int4range,"
            + " CONSTRAINT t_ab UNIQUE (b, a) INCLUDE (c),"
            + " CONSTRAINT t_late UNIQUE (a) DEFERRABLE INITIALLY DEFERRED,"
            + " CONSTRAINT t_span EXCLUDE USING gist (span WITH &&))",
        "CREATE UNIQUE INDEX t_partial ON t (c) WHERE a > 0",
        "CREATE UNIQUE INDEX t_expression ON t (lower(c), a)",
        "CREATE INDEX t_plain ON t (b)");

    assertThat(database.table("t").uniques())
        .containsExactlyInAnyOrder(
            new UniqueShape("t_ab", List.of("b", "a"), false, false),
            new UniqueShape("t_late", List.of("a"), true, false),
            new UniqueShape("t_span", List.of("span"), false, false, Match.OTHER),
            new UniqueShape("t_partial", List.of("c"), false, true),
            new UniqueShape("t_expression", List.of("a", "c"), false, false, Match.OTHER));
  }

  @Test
  void nullsNotDistinctIsTold() throws Exception {
    assumeTrue(database.major() >= 15, "NULLS NOT DISTINCT came with PostgreSQL 15");
    database.owner("CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE NULLS NOT DISTINCT)");

    assertThat(database.table("t").uniques())
        .extracting(UniqueShape::match)
        .containsExactly(Match.EQUAL_WITH_NULLS);
  }

  @Test
  void aKeyWithoutOverlapsIsWrittenToo() throws Exception {
    assumeTrue(database.major() >= 18, "WITHOUT OVERLAPS came with PostgreSQL 18");
    database.owner(
        "CREATE EXTENSION btree_gist SCHEMA public",
        "CREATE TABLE t (id int, span int4range, a text, PRIMARY KEY (id, span WITHOUT OVERLAPS))");
    TableShape t = database.table("t");

    for (String a : List.of("x", "y")) {
      database.write(
          TargetDatabase.upsert(t, List.of("id", "span", "a"), TargetDatabase.row(1, "[1,5)", a)));
    }

    assertThat(database.rows("SELECT * FROM app.t")).containsExactly("1|[1,5)|y");
  }

  @Test
  void foreignKeysAreSeenByARoleThatOwnsNothing() throws Exception {
    database.owner(
        "CREATE SCHEMA other",
        "CREATE TABLE other.parent (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE t (id int PRIMARY KEY, x int, y int,"
            + " CONSTRAINT t_parent FOREIGN KEY (y, x) REFERENCES other.parent (a, b)"
            + " ON DELETE CASCADE DEFERRABLE,"
            + " CONSTRAINT t_self FOREIGN KEY (x) REFERENCES t ON DELETE SET NULL)");

    assertThat(database.table("t").foreignKeys())
        .containsExactly(
            new ForeignKeyShape(
                "t_parent",
                List.of("y", "x"),
                TableName.of("other", "parent"),
                List.of("a", "b"),
                true,
                OnDelete.CASCADE),
            new ForeignKeyShape(
                "t_self",
                List.of("x"),
                TableName.of("app", "t"),
                List.of("id"),
                false,
                OnDelete.SET_NULL));
  }

  @Test
  void foreignKeysOfPartitionsAreThoseOfTheTablesAboveThem() throws Exception {
    database.owner(
        "CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE parent_1 PARTITION OF parent FOR VALUES FROM (1) TO (10)",
        "CREATE TABLE parent_2 PARTITION OF parent DEFAULT",
        "CREATE TABLE t (id int PRIMARY KEY, p int, q int, CONSTRAINT t_p FOREIGN KEY (p) REFERENCES parent"
            + " ON DELETE RESTRICT) PARTITION BY RANGE (id)",
        "CREATE TABLE t_1 PARTITION OF t DEFAULT",
        "ALTER TABLE t_1 ADD CONSTRAINT t_1_q FOREIGN KEY (q) REFERENCES parent_1",
        "CREATE UNIQUE INDEX t_1_p ON t_1 (p)");
    TableShape t = database.table("t");

    assertThat(t.foreignKeys())
        .extracting(
            ForeignKeyShape::name,
            ForeignKeyShape::columns,
            ForeignKeyShape::parent,
            ForeignKeyShape::onDelete)
        .containsExactlyInAnyOrder(
            tuple("t_p", List.of("p"), TableName.of("app", "parent"), OnDelete.RESTRICT),
            tuple("t_1_q", List.of("q"), TableName.of("app", "parent"), OnDelete.NO_ACTION));
    assertThat(t.uniques()).containsExactly(new UniqueShape("t_1_p", List.of("p"), false, false));
    assertThat(t.key()).extracting(ColumnShape::name).containsExactly("id");
  }

  @Test
  void aForeignKeyThatIsNotEnforcedIsNone() throws Exception {
    assumeTrue(database.major() >= 18, "NOT ENFORCED came with PostgreSQL 18");
    database.owner("CREATE TABLE t (id int PRIMARY KEY, x int REFERENCES t NOT ENFORCED)");

    assertThat(database.table("t").foreignKeys()).isEmpty();
  }

  @Test
  void namesMatchExactlyAndOnlyElseInAnyCase() throws Exception {
    database.owner(
        "CREATE TABLE \"Orders\" (id int PRIMARY KEY)",
        "CREATE TABLE orders (id int PRIMARY KEY)",
        "CREATE TABLE \"Lines\" (id int PRIMARY KEY)",
        "CREATE TABLE \"with \"\"quote.and dot\" (id int PRIMARY KEY)");
    TableName odd = TableName.of("app", "with \"quote.and dot");

    Map<TableName, TableShape> found =
        describe(
            TableName.of("app", "orders"),
            TableName.of("app", "Orders"),
            TableName.of("app", "ORDERS"),
            TableName.of("APP", "lines"),
            odd);

    assertThat(found.get(TableName.of("app", "orders")).name()).hasToString("app.orders");
    assertThat(found.get(TableName.of("app", "Orders")).name()).hasToString("app.Orders");
    assertThat(found.get(TableName.of("APP", "lines")).name()).hasToString("app.Lines");
    assertThat(found).containsKey(odd).doesNotContainKey(TableName.of("app", "ORDERS"));
    assertThat(why(TableName.of("app", "ORDERS")))
        .contains("ambiguous", "app.Orders", "app.orders");
  }

  @Test
  void aNameWithoutSchemaIsTheFirstOnTheSearchPath() throws Exception {
    database.owner(
        "CREATE SCHEMA s1",
        "CREATE SCHEMA s2",
        "CREATE TABLE s2.t (id int PRIMARY KEY)",
        "CREATE TABLE s1.t (id int PRIMARY KEY)",
        "CREATE TABLE s2.u (id int PRIMARY KEY)",
        "CREATE TABLE app.v (id int PRIMARY KEY)",
        "GRANT USAGE ON SCHEMA s1, s2 TO " + Identifiers.quote(TargetDatabase.ROLE));
    database.apply("SET search_path = s1, s2");

    Map<TableName, TableShape> found =
        describe(TableName.of("t"), TableName.of("U"), TableName.of("v"));

    assertThat(found.get(TableName.of("t")).name()).hasToString("s1.t");
    assertThat(found.get(TableName.of("U")).name()).hasToString("s2.u");
    assertThat(found).doesNotContainKey(TableName.of("v"));
    assertThat(why(TableName.of("v"))).contains("app.v", "name the schema");
  }

  @Test
  void whatCannotBeWrittenIsNotDescribedAndSaysWhy() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE t_1 PARTITION OF t DEFAULT",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
        "CREATE EXTENSION postgres_fdw",
        "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
        "CREATE FOREIGN TABLE f (id int) SERVER s");

    assertThat(
            describe(
                TableName.of("app", "t_1"),
                TableName.of("app", "v"),
                TableName.of("app", "m"),
                TableName.of("app", "f"),
                TableName.of("app", "none")))
        .isEmpty();
    assertThat(why(TableName.of("app", "t_1"))).contains("partition");
    assertThat(why(TableName.of("app", "v"))).contains("a view");
    assertThat(why(TableName.of("app", "m"))).contains("materialized view");
    assertThat(why(TableName.of("app", "f"))).contains("foreign table");
    assertThat(why(TableName.of("app", "none"))).contains("does not exist");
    assertThat(why(TableName.of("app", "t"))).isEqualTo("is a table");
  }

  @Test
  void tablesAreThoseThatTheRoleMayWrite() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY)",
        "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE p_1 PARTITION OF p DEFAULT",
        "CREATE TABLE readable (id int PRIMARY KEY)",
        "REVOKE DELETE ON readable FROM " + Identifiers.quote(TargetDatabase.ROLE),
        "CREATE VIEW v AS SELECT * FROM t");

    assertThat(database.target().tables(database.apply()))
        .containsExactly(TableName.of("app", "p"), TableName.of("app", "t"));
  }
}
