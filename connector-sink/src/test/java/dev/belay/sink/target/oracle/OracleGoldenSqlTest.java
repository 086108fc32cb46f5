package dev.belay.sink.target.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.SessionLimits;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The statements as text, one file a case under {@code src/test/resources/sql/oracle}. Each is
 * taken by Oracle's own grammar, which counts its binds, and by another; none ran on a server here.
 */
class OracleGoldenSqlTest {

  private static final TableShape ORDERS =
      Columns.table(
          "Orders 2",
          List.of("REGION", "ID"),
          List.of(new UniqueShape("U", List.of("CODE"), false, false)),
          "ID",
          "NUMBER(10)",
          "REGION",
          "CHAR(2 CHAR) IN KEY",
          "CODE",
          "VARCHAR2(40 CHAR)",
          "NOTE",
          "CLOB",
          "NNOTE",
          "NCLOB",
          "PHOTO",
          "BLOB",
          "AT",
          "TIMESTAMP(6) WITH TIME ZONE",
          "SEEN",
          "TIMESTAMP(6) WITH LOCAL TIME ZONE",
          "DAY",
          "DATE",
          "PLAIN",
          "TIMESTAMP(9)",
          "LASTS",
          "INTERVAL DAY(2) TO SECOND(6)",
          "AGE",
          "INTERVAL YEAR(2) TO MONTH",
          "RATIO",
          "BINARY_DOUBLE",
          "RATIO4",
          "BINARY_FLOAT",
          "UID16",
          "RAW(16)",
          "NTEXT",
          "NVARCHAR2(20)",
          "DOC",
          "JSON",
          "OK",
          "BOOLEAN");

  private static StepRow row(String... values) {
    return new StepRow(values, 0);
  }

  private static List<ColumnShape> columns(String... names) {
    return Arrays.stream(names).map(name -> ORDERS.column(name).orElseThrow()).toList();
  }

  private record Case(String name, String sql, long binds) {}

  private static List<Case> statements() {
    Step.Upsert all = new Step.Upsert(ORDERS, ORDERS.columns(), List.of(), List.of());
    Step.Upsert some =
        new Step.Upsert(ORDERS, columns("ID", "REGION", "CODE"), columns("DAY", "NOTE"), List.of());
    Step.Upsert keyOnly = new Step.Upsert(ORDERS, columns("ID", "REGION"), List.of(), List.of());
    Step.Update update =
        new Step.Update(ORDERS, columns("CODE", "ID", "REGION", "NOTE"), List.of());
    Step.Claim claim =
        new Step.Claim(
            columns("CODE", "DAY"), true, List.of(row("x", "1", "c", "2020-01-01T00:00")));
    Step.Park park = new Step.Park(ORDERS, columns("CODE", "DAY"), List.of(), List.of(claim));
    OracleCheckpointSql checkpoint = new OracleCheckpointSql(() -> 30);
    TableShape identity =
        Columns.table(
            "N",
            List.of("ID"),
            List.of(),
            "ID",
            "NUMBER(10)",
            "A",
            "NUMBER",
            "B",
            "NUMBER IDENTITY");
    return List.of(
        new Case("upsert", OracleStatements.upsert(all, false), ORDERS.columns().size()),
        new Case("upsert-lobs", OracleStatements.upsert(all, true), ORDERS.columns().size()),
        new Case("upsert-reset", OracleStatements.upsert(some, false), 3),
        new Case("upsert-all-key", OracleStatements.upsert(keyOnly, false), 2),
        new Case(
            "upsert-reset-identity",
            OracleStatements.upsert(
                new Step.Upsert(
                    identity,
                    identity.columns().subList(0, 1),
                    identity.columns().subList(1, 3),
                    List.of()),
                false),
            1),
        new Case("update", OracleStatements.update(update, false), 4),
        new Case("update-lobs", OracleStatements.update(update, true), 4),
        new Case("delete", OracleStatements.delete(ORDERS), 2),
        new Case("absent", OracleStatements.absent(ORDERS, 2), 4),
        new Case("park", OracleStatements.park(park, 2, List.of()), 4),
        new Case("park-claims", OracleStatements.park(park, 2, List.of(2)), 8),
        new Case("park-at", OracleStatements.parkAt(ORDERS, columns("CODE").get(0)), 3),
        new Case("least", OracleStatements.least(ORDERS, columns("ID").get(0)), 0),
        new Case("checkpoint-read", checkpoint.readPartitions(), 1),
        new Case("checkpoint-read-frontier", checkpoint.readFrontier(), 1),
        new Case("checkpoint-lock", checkpoint.lockFrontier(), 1),
        new Case("checkpoint-insert", checkpoint.insertPartition(), 5),
        new Case("checkpoint-insert-frontier", checkpoint.insertFrontier(), 1),
        new Case("checkpoint-claim", checkpoint.claimPartition(), 4),
        new Case("checkpoint-claim-frontier", checkpoint.claimFrontier(), 1),
        new Case("checkpoint-advance", checkpoint.advancePartitions(1), 10),
        new Case("checkpoint-advance-frontier", checkpoint.advanceFrontier(), 5),
        new Case("rejection-read", checkpoint.readRejections(), 1),
        new Case("rejection-probe", checkpoint.probeRejections(), 0),
        new Case("rejection-open", checkpoint.openRejection(), 9),
        new Case("rejection-close", checkpoint.closeRejection(), 4),
        new Case("blockers", checkpoint.blockers(), 1),
        new Case("catalog-relations", CatalogSql.RELATIONS, 3),
        new Case("catalog-schemas", CatalogSql.SCHEMAS, 0),
        new Case("catalog-identity", CatalogSql.ALWAYS_IDENTITY, 1),
        new Case("catalog-columns", CatalogSql.columns(2), 4),
        new Case("catalog-json", CatalogSql.jsonColumns(2), 4),
        new Case("catalog-checks", CatalogSql.checks(2), 4),
        new Case("catalog-keys", CatalogSql.keys(2), 4),
        new Case("catalog-indexes", CatalogSql.indexes(2), 4),
        new Case("catalog-foreign-keys", CatalogSql.foreignKeys(2), 4),
        new Case("catalog-referenced", CatalogSql.referenced(2), 4),
        new Case("catalog-children", CatalogSql.TAKING_CHILDREN_ALONG, 0),
        new Case("catalog-writable", CatalogSql.WRITABLE_TABLES, 0),
        new Case("catalog-triggers", CatalogSql.TRIGGERS, 2));
  }

  static Stream<Case> cases() {
    return statements().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theTextIsTheOneReviewedAndOracleSql(Case one) throws Exception {
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "oracle", one.name() + ".sql"),
        one.sql().strip() + "\n");
    assertThat(OracleGrammars.bindsByTheDriver(one.sql())).as("binds").isEqualTo(one.binds());
    assertThat(OracleGrammars.objections(one.sql().strip() + ";")).isEmpty();
  }

  /** Else the tests above would prove nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MERGE INTO t AS x USING (SELECT 1 AS a FROM DUAL) s ON (x.a = s.a) WHEN MATCHED THEN UPDATE SET x.b = 1",
        "MERGE INTO t USING (SELECT 1 AS a FROM DUAL) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET t.b = 1",
        "INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO NOTHING",
        "SELECT a FROM t WHERE a = ? LIMIT 1"
      })
  void theGrammarsRefuseTheSqlOfOthers(String sql) {
    boolean byTheDriver = OracleGrammars.bindsByTheDriver(sql) < 0;
    boolean byTheOther = !OracleGrammars.objections(sql + ";").isEmpty();

    assertThat(byTheDriver).isTrue();
    assertThat(byTheOther || sql.contains("LIMIT")).isTrue();
  }

  @Test
  void theSessionsSettingsAreOracleSql() {
    List<String> statements =
        new ArrayList<>(
            SessionSettings.statements(
                new SessionLimits(Duration.ofSeconds(60), Duration.ofMillis(1_500), "belay x 0")));
    statements.add(new OracleTarget("").deferConstraints().orElseThrow().sql());
    // that grammar knows no question marks in blocks
    statements.add(SessionSettings.NAME_THE_SESSION.replace("(?, ?)", "(:1, :2)"));

    assertThat(statements).contains("ALTER SESSION SET DDL_LOCK_TIMEOUT = 2");
    for (String sql : statements) {
      // nor numbers there
      String known = sql.replaceFirst("(ALTER SESSION SET \\w+) = \\d+$", "$1 = 'n'");
      assertThat(OracleGrammars.objections(known + (sql.endsWith(";") ? "\n/" : ";")))
          .as(sql)
          .isEmpty();
    }
  }

  /**
   * What a DBA runs is what the task runs, block by block; and what a block makes is SQL as well.
   */
  @Test
  void theScriptsAreOracleSql() throws Exception {
    Path scripts = Path.of("..", "config", "sql", "oracle");
    String schema = Files.readString(scripts.resolve("belay-schema.sql"));
    assertThat(OracleGrammars.objections(schema)).isEmpty();
    // of 18c, which that grammar does not know
    String role =
        Files.readString(scripts.resolve("role.sql"))
            .replace("NO AUTHENTICATION", "IDENTIFIED BY \"x\"");
    assertThat(OracleGrammars.objections(role)).isEmpty();
    List<String> blocks = new OracleCheckpointSql(() -> 1).createTables();
    assertThat(blocks)
        .hasSize(4)
        .allMatch(block -> block.startsWith("DECLARE") && block.endsWith("END;"));
    int made = 0;
    for (String block : blocks) {
      for (String text : block.split("EXECUTE IMMEDIATE '")) {
        if (text.startsWith("CREATE TABLE")) {
          made++;
          assertThat(OracleGrammars.objections(text.substring(0, text.indexOf('\'')) + ";"))
              .isEmpty();
        }
      }
    }
    assertThat(made).isEqualTo(3);
  }

  @Test
  void namesAreQuotedAsTheCatalogHasThem() {
    assertThat(OracleStatements.delete(ORDERS)).startsWith("DELETE FROM \"SHOP\".\"Orders 2\" ");
    assertThatIllegalArgumentException().isThrownBy(() -> Identifiers.quote("a\"b"));
  }
}
