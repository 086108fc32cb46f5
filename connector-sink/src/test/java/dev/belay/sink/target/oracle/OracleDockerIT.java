package dev.belay.sink.target.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.oracle.TypeTable.Fate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.oracle.OracleContainer;

/**
 * What the tests beside this one cannot see, on Oracle itself: 23ai Free in a container, with the
 * scripts of {@code config/sql/oracle} and the user that they make. Runs where it is asked for by
 * {@code -Dbelay.oracle.docker=true} and a Docker engine answers; the image is of several
 * gigabytes.
 */
@Tag("docker")
class OracleDockerIT {
  private static final Logger LOG = LoggerFactory.getLogger(OracleDockerIT.class);
  private static final String IMAGE = "gvenzl/oracle-free:23-slim-faststart";
  private static final String PASSWORD = "Belay1234";
  private static final String SINK = "BELAY_SINK";

  private static OracleContainer server;
  private static Connection owner;
  private static Connection apply;
  private static final OracleTarget TARGET = new OracleTarget("");

  @BeforeAll
  static void start() throws Exception {
    String obstacle =
        !Boolean.getBoolean("belay.oracle.docker")
            ? "-Dbelay.oracle.docker=true did not ask for Oracle, whose image is large"
            : !DockerClientFactory.instance().isDockerAvailable()
                ? "no Docker engine answers, so Oracle cannot run in a container"
                : "";
    if (!obstacle.isEmpty()) {
      // Maven's summary leaves out why a whole class is skipped
      LOG.warn("OracleDockerIT is skipped: {}", obstacle);
    }
    assumeTrue(obstacle.isEmpty(), obstacle);
    server = new OracleContainer(IMAGE).withUsername("SHOP").withPassword(PASSWORD);
    server.start();
    owner = DriverManager.getConnection(server.getJdbcUrl(), "SHOP", PASSWORD);
    Properties administrator = new Properties();
    administrator.setProperty("user", "sys");
    administrator.setProperty("password", PASSWORD);
    administrator.setProperty("internal_logon", "sysdba");
    try (Connection dba = DriverManager.getConnection(server.getJdbcUrl(), administrator)) {
      for (String block : TARGET.checkpointSql().createTables()) {
        run(dba, block);
      }
      // again, as the page says
      for (String block : TARGET.checkpointSql().createTables()) {
        run(dba, block);
      }
      String role =
          Files.readString(Path.of("..", "config", "sql", "oracle", "role.sql"))
              .replace("BELAY_USER", SINK)
              .replace("SHOP_SCHEMA", "SHOP");
      String statements = role.substring(0, role.indexOf("\nBEGIN"));
      for (String sql : statements.replaceAll("(?m)^--.*$", "").split(";")) {
        if (!sql.isBlank()) {
          run(dba, sql.strip());
        }
      }
      run(dba, "ALTER USER " + SINK + " IDENTIFIED BY \"" + PASSWORD + "\" ACCOUNT UNLOCK");
    }
    apply = connect();
  }

  @AfterAll
  static void stop() throws Exception {
    if (apply != null) {
      apply.close();
    }
    if (owner != null) {
      owner.close();
    }
    if (server != null) {
      server.stop();
    }
  }

  private static Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(server.getJdbcUrl(), SINK, PASSWORD);
    TARGET.prepare(
        connection,
        new SessionLimits(Duration.ofSeconds(60), Duration.ofSeconds(2), "belay test 0"));
    return connection;
  }

  private static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static void create(String table, String columns) throws SQLException {
    run(
        owner,
        "CREATE TABLE " + table + " (" + columns + ")",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON " + table + " TO " + SINK);
  }

  private static TableShape shape(String table) throws SQLException {
    TableName name = TableName.of("shop", table);
    return Optional.ofNullable(TARGET.describe(apply, List.of(name)).get(name)).orElseThrow();
  }

  private static List<String> rows(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          text.append(i == 1 ? "" : "|").append(rows.getString(i));
        }
        found.add(text.toString());
      }
    }
    return found;
  }

  private static Step.Upsert upsert(TableShape table, String[]... values) {
    List<StepRow> rows = new ArrayList<>();
    for (String[] row : values) {
      rows.add(new StepRow(row, rows.size()));
    }
    return new Step.Upsert(table, table.columns(), List.of(), rows);
  }

  private static TargetFault fault(Step... stage) throws SQLException {
    try {
      TARGET.write(apply, List.of(stage));
      throw new AssertionError("nothing failed");
    } catch (SQLException e) {
      apply.rollback();
      return TARGET.judge(e);
    }
  }

  @Test
  void theCatalogIsReadAsItIs() throws Exception {
    create("parents", "id NUMBER(10) PRIMARY KEY");
    create(
        "children",
        "id NUMBER(10) PRIMARY KEY, parent NUMBER(10) REFERENCES parents ON DELETE CASCADE"
            + " DEFERRABLE, code VARCHAR2(20 CHAR) UNIQUE, a NUMBER, b NUMBER, UNIQUE (a, b),"
            + " doubled NUMBER GENERATED ALWAYS AS (a * 2) VIRTUAL,"
            + " ok CHAR(1) CHECK (ok IN ('Y', 'N'))");
    run(owner, "CREATE UNIQUE INDEX children_lower ON children (LOWER(code))");
    TableShape children = shape("children");

    assertThat(children.key()).extracting(ColumnShape::name).containsExactly("ID");
    assertThat(children.column("DOUBLED").orElseThrow().generated()).isTrue();
    assertThat(children.column("OK").orElseThrow().kind()).isEqualTo("boolean");
    assertThat(children.uniques()).hasSize(3);
    assertThat(children.foreignKeys()).hasSize(1);
    assertThat(children.foreignKeys().get(0).deferrable()).isTrue();
    assertThat(TARGET.takingChildrenAlong(apply)).contains(TableName.of("SHOP", "PARENTS"));
    assertThat(TARGET.tables(apply)).contains(TableName.of("SHOP", "CHILDREN"));
  }

  @Test
  void anIdentityThatTakesNoValuesIsNamedWithItsCure() throws Exception {
    create("numbered", "id NUMBER GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
    TableName name = TableName.of("SHOP", "NUMBERED");

    assertThat(TARGET.describe(apply, List.of(name))).isEmpty();
    String reason = TARGET.whyAbsent(apply, name);
    run(owner, reason.substring(reason.indexOf("ALTER TABLE")));
    assertThat(TARGET.describe(apply, List.of(name))).hasSize(1);
  }

  @Test
  void triggersAreSeenAndTellWhoWrites() throws Exception {
    create("watched", "id NUMBER PRIMARY KEY, seen NUMBER");
    run(
        owner,
        "CREATE TRIGGER watched_t BEFORE INSERT ON watched FOR EACH ROW BEGIN :NEW.seen := CASE WHEN "
            + TARGET.guard()
            + " THEN 1 ELSE 0 END; END;");

    assertThat(TARGET.triggers(apply, TableName.of("SHOP", "WATCHED")))
        .containsExactly("WATCHED_T");
    TARGET.write(apply, List.of(upsert(shape("watched"), new String[] {"1", null})));
    apply.commit();
    assertThat(rows("SELECT seen FROM watched")).containsExactly("1");
  }

  @Test
  void everyValueIsStoredOrRefused() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    int number = 0;
    for (TypeTable.Row row : TypeTable.rows()) {
      boolean plain =
          !row.column().contains("CHARSET")
              && !row.column().contains("IN KEY")
              && !row.column().contains("COLLATE")
              && row.fate() == Fate.BOUND;
      if (!plain) {
        continue;
      }
      String table = "types" + ++number;
      create(
          table,
          "id NUMBER PRIMARY KEY, c " + row.column().replace("IS JSON", "CHECK (c IS JSON)"));
      TableShape shape = shape(table);
      String encoded =
          shape.column("C").orElseThrow().codec().encode(OracleTypeTableTest.datum(row.wire()));
      String result;
      try {
        TARGET.write(apply, List.of(upsert(shape, new String[] {"1", encoded})));
        // the same again finds the row
        TARGET.write(apply, List.of(upsert(shape, new String[] {"1", encoded})));
        apply.commit();
        result = "stored";
      } catch (SQLException e) {
        apply.rollback();
        result = TARGET.judge(e).describe();
      }
      softly.assertThat(result).as("%s into %s", row.wire(), row.column()).isEqualTo("stored");
    }
    softly.assertAll();
  }

  @Test
  void longAndEmptyLobsArriveWhole() throws Exception {
    create("lobs", "id NUMBER PRIMARY KEY, t CLOB NOT NULL, n NCLOB, b BLOB, j JSON");
    TableShape table = shape("lobs");
    String text = "é🚲x".repeat(300_000);
    String digits = "00ff10".repeat(400_000);
    TARGET.write(
        apply,
        List.of(
            upsert(
                table,
                new String[] {"1", text, text, digits, "{\"a\": \"" + "x".repeat(9_000) + "\"}"},
                new String[] {"2", "", "", "", "[]"},
                new String[] {"3", "short", null, null, null})));
    apply.commit();

    assertThat(
            rows(
                "SELECT id, DBMS_LOB.GETLENGTH(t), DBMS_LOB.GETLENGTH(n), DBMS_LOB.GETLENGTH(b)"
                    + " FROM lobs ORDER BY id"))
        .containsExactly(
            "1|" + text.length() + "|" + text.length() + "|" + digits.length() / 2,
            "2|0|0|0",
            "3|5|null|null");
  }

  @Test
  void clashesNamesAndParentsAreJudged() throws Exception {
    create("codes", "id NUMBER(4) PRIMARY KEY, code VARCHAR2(3 CHAR) CONSTRAINT codes_u UNIQUE");
    create("users", "id NUMBER PRIMARY KEY, code NUMBER(4) CONSTRAINT users_fk REFERENCES codes");
    TableShape codes = shape("codes");
    TableShape users = shape("users");
    TARGET.write(apply, List.of(upsert(codes, new String[] {"1", "a"})));
    TARGET.write(apply, List.of(upsert(users, new String[] {"1", "1"})));
    apply.commit();

    TargetFault unique = fault(upsert(codes, new String[] {"2", "a"}));
    TargetFault parent = fault(upsert(users, new String[] {"2", "9"}));
    TargetFault child = fault(new Step.Delete(codes, List.of(new StepRow(new String[] {"1"}, 0))));
    TargetFault tooLong = fault(upsert(codes, new String[] {"3", "abcd"}));

    assertThat(unique.constraint()).isEqualTo("CODES_U");
    assertThat(parent.constraint()).isEqualTo("USERS_FK");
    assertThat(child.constraint()).isEqualTo("USERS_FK");
    assertThat(List.of(unique, parent, child))
        .extracting(TargetFault::verdict)
        .containsOnly(Verdict.DEFERRABLE);
    assertThat(tooLong.verdict()).isEqualTo(Verdict.POISON);
    assertThat(tooLong.column()).isEqualTo("CODE");
    assertThat(rows("SELECT id, code FROM codes")).containsExactly("1|a");
  }

  @Test
  void deferrableConstraintsWaitForTheEnd() throws Exception {
    create("nodes", "id NUMBER PRIMARY KEY, other NUMBER NOT NULL REFERENCES nodes DEFERRABLE");
    TableShape nodes = shape("nodes");
    TARGET.defer(apply);
    TARGET.write(apply, List.of(upsert(nodes, new String[] {"1", "2"}, new String[] {"2", "1"})));
    TARGET.checkConstraints(apply);
    apply.commit();
    assertThat(rows("SELECT id FROM nodes ORDER BY id")).containsExactly("1", "2");

    TARGET.defer(apply);
    TARGET.write(apply, List.of(upsert(nodes, new String[] {"3", "9"})));
    assertThatThrownBy(() -> TARGET.checkConstraints(apply))
        .satisfies(
            e ->
                assertThat(TARGET.judge((SQLException) e).verdict()).isEqualTo(Verdict.DEFERRABLE));
    apply.rollback();
  }

  @Test
  void whoeverClaimedLastIsTheOneWhoAdvances() throws Exception {
    CheckpointStore store = new CheckpointStore(TARGET.checkpointSql(), "docker");
    TopicPartition one = new TopicPartition("t", 0);
    TopicPartition two = new TopicPartition("t", 1);
    Map<TopicPartition, LogRange> logs =
        Map.of(one, new LogRange("id", 0, 9), two, new LogRange("id", 0, 9));
    Checkpoints first = store.claim(apply, logs, Set.of(one, two), true);
    apply.commit();
    List<PartitionCheckpoint> moved = new ArrayList<>();
    for (PartitionCheckpoint row : first.partitions().values()) {
      moved.add(row.moved(5, 3, HlcTimestamp.NONE, OffsetRanges.parse("7,9-12")));
    }
    Advance advance = new Advance(moved, Optional.empty());
    store.advance(apply, advance);
    apply.commit();

    assertThat(store.read(apply).partitions().get(one).sequence()).isEqualTo(1);
    assertThatThrownBy(() -> store.advance(apply, advance)).isInstanceOf(FenceException.class);
    apply.rollback();
  }

  @Test
  void aClaimWaitsForAWhileAndNamesWhoIsInTheWay() throws Exception {
    CheckpointStore store = new CheckpointStore(TARGET.checkpointSql(), "blocked");
    store.claim(apply, Map.of(), Set.of(), true);
    apply.commit();
    store.claim(apply, Map.of(), Set.of(), true);
    try (Connection other = connect()) {
      assertThatThrownBy(() -> store.claim(other, Map.of(), Set.of(), true))
          .satisfies(
              e -> {
                TargetFault fault = TARGET.judge((SQLException) e);
                assertThat(fault.code()).isEqualTo("ORA-30006");
                assertThat(fault.verdict()).isEqualTo(Verdict.TRANSIENT);
              });
      other.rollback();
      assertThat(store.blockers(other)).hasSize(1).allMatch(line -> line.contains("belay test 0"));
    } finally {
      apply.rollback();
    }
  }

  @Test
  void anEmptyStringIsNullOrRefused() throws Exception {
    create("empties", "id NUMBER PRIMARY KEY, a VARCHAR2(5), b VARCHAR2(5) DEFAULT 'x' NOT NULL");
    TableShape table = shape("empties");
    assertThatThrownBy(() -> table.column("B").orElseThrow().codec().encode(new Datum.Text("")))
        .isInstanceOf(UnfitValueException.class);
    TARGET.write(apply, List.of(upsert(table, new String[] {"1", "", "y"})));
    apply.commit();
    assertThat(rows("SELECT a, b FROM empties")).containsExactly("null|y");
  }
}
