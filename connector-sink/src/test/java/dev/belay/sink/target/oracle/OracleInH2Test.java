package dev.belay.sink.target.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.OpenRejection;
import dev.belay.sink.checkpoint.RejectionChange;
import dev.belay.sink.checkpoint.RejectionStore;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.Command;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The very statements, executed where there is no Oracle: H2 in its Oracle mode runs the MERGE in
 * arrays of binds. It is no Oracle: it has no deferrable constraints, no LOB of a bind without a
 * type (rows with long values), no TO_CLOB (made up here), no data dictionary, no UPDATE of a query
 * (the checkpoint's advance). Those are parsed only.
 */
public class OracleInH2Test {
  private final OracleTarget target = new OracleTarget("");
  private final TableShape orders =
      Columns.table(
          "ORDERS",
          List.of("ID"),
          List.of(new UniqueShape("U", List.of("CODE"), false, false)),
          "ID",
          "NUMBER(10)",
          "CODE",
          "VARCHAR2(40 CHAR)",
          "TOTAL",
          "NUMBER(10,2)",
          "NOTE",
          "CLOB",
          "AT",
          "TIMESTAMP(6) WITH TIME ZONE",
          "ON_DAY",
          "DATE",
          "UID16",
          "RAW(16)",
          "STATE",
          "NUMBER(5)");
  private Connection connection;

  /** What H2 lacks. */
  public static String toClob(String text) {
    return text;
  }

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:;MODE=Oracle");
    run(
        "CREATE ALIAS TO_CLOB FOR \"" + OracleInH2Test.class.getName() + ".toClob\"",
        "CREATE SCHEMA SHOP",
        "CREATE TABLE SHOP.ORDERS (ID NUMBER(10) PRIMARY KEY, CODE VARCHAR2(40) UNIQUE,"
            + " TOTAL NUMBER(10,2), NOTE CLOB, AT TIMESTAMP(6) WITH TIME ZONE, ON_DAY DATE,"
            + " UID16 RAW(16), STATE NUMBER(5) DEFAULT 7)");
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void run(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          text.append(i == 1 ? "" : "|").append(rows.getString(i));
        }
        found.add(text.toString());
      }
    }
    return found;
  }

  private List<ColumnShape> columns(String... names) {
    return Arrays.stream(names).map(name -> orders.column(name).orElseThrow()).toList();
  }

  private Step.Upsert upsert(List<ColumnShape> columns, String[]... values) {
    return new Step.Upsert(orders, columns, List.of(), stepRows(values));
  }

  private static List<StepRow> stepRows(String[]... values) {
    List<StepRow> rows = new ArrayList<>();
    for (String[] row : values) {
      rows.add(new StepRow(row, rows.size()));
    }
    return rows;
  }

  private static String[] row(String... values) {
    return values;
  }

  @Test
  void rowsAreInsertedOrUpdatedAndWhatTheyDoNotCarryStays() throws Exception {
    Step all =
        upsert(
            columns("ID", "CODE", "TOTAL", "NOTE", "AT", "ON_DAY", "UID16", "STATE"),
            row("1", "a", "12.5", "héllo", "2024-02-29T12:00", "2024-02-29T23:59:58", "00ff", "3"),
            row("2", "b", null, null, null, null, null, "4"));
    assertThat(target.write(connection, List.of(all))).containsExactly(2);

    Step some = upsert(columns("ID", "TOTAL"), row("1", null), row("3", "7"));
    assertThat(target.write(connection, List.of(some))).containsExactly(2);

    assertThat(
            rows(
                "SELECT ID, CODE, TOTAL, NOTE, ON_DAY, RAWTOHEX(UID16), STATE FROM SHOP.ORDERS ORDER BY ID"))
        .containsExactly(
            "1|a|null|héllo|2024-02-29 23:59:58|00ff|3",
            "2|b|null|null|null|null|4",
            "3|null|7|null|null|null|7");
  }

  @Test
  void aRowMadeAnewGetsItsDefaultsBack() throws Exception {
    target.write(connection, List.of(upsert(columns("ID", "STATE"), row("1", "3"))));
    target.write(
        connection,
        List.of(
            new Step.Upsert(
                orders, columns("ID", "CODE"), columns("STATE"), stepRows(row("1", "x")))));

    assertThat(rows("SELECT CODE, STATE FROM SHOP.ORDERS")).containsExactly("x|7");
  }

  @Test
  void aClashOnAnotherUniqueIndexIsAnErrorAndRewritesNobody() throws Exception {
    target.write(connection, List.of(upsert(columns("ID", "CODE"), row("1", "a"))));

    assertThatThrownBy(
            () -> target.write(connection, List.of(upsert(columns("ID", "CODE"), row("2", "a")))))
        .isInstanceOf(SQLException.class);
    assertThat(rows("SELECT ID, CODE FROM SHOP.ORDERS")).containsExactly("1|a");
  }

  @Test
  void deletesAndUpdatesCountTheRowsThatWereThere() throws Exception {
    target.write(connection, List.of(upsert(columns("ID", "CODE"), row("1", "a"), row("2", "b"))));
    Step.Update update =
        new Step.Update(orders, columns("CODE", "ID"), stepRows(row("c", "2"), row("d", "9")));

    assertThat(target.write(connection, List.of(update))).containsExactly(1);
    assertThat(target.absent(connection, update))
        .extracting(r -> r.values()[1])
        .containsExactly("9");
    assertThat(
            target.write(
                connection, List.of(new Step.Delete(orders, stepRows(row("1"), row("9"))))))
        .containsExactly(1);
    assertThat(rows("SELECT ID, CODE FROM SHOP.ORDERS")).containsExactly("2|c");
  }

  @Test
  void onlyRowsThatHaveWhatOthersClaimGiveWay() throws Exception {
    target.write(connection, List.of(upsert(columns("ID", "CODE"), row("1", "a"), row("2", "b"))));
    Step.Claim claim = new Step.Claim(columns("CODE"), false, stepRows(row("2", "a")));
    Step.Claim ofNull = new Step.Claim(columns("CODE"), false, stepRows(row("2", null)));

    assertThat(
            target.write(
                connection,
                List.of(
                    new Step.Park(
                        orders, columns("CODE"), stepRows(row("1"), row("2")), List.of(ofNull)))))
        .containsExactly(0);
    assertThat(
            target.write(
                connection,
                List.of(
                    new Step.Park(
                        orders, columns("CODE"), stepRows(row("1"), row("2")), List.of(claim)))))
        .containsExactly(1);
    assertThat(rows("SELECT ID, CODE FROM SHOP.ORDERS ORDER BY ID"))
        .containsExactly("1|null", "2|b");
  }

  /** The column gives them back filled up, and H2 compares as Oracle does: blanks count. */
  @Test
  void fixedTextsGiveWayToThoseThatClaimThem() throws Exception {
    TableShape table =
        Columns.table(
            "FLAGS",
            List.of("ID"),
            List.of(new UniqueShape("F", List.of("F"), false, false)),
            "ID",
            "NUMBER(10)",
            "F",
            "CHAR(5)");
    run(
        "CREATE TABLE SHOP.FLAGS (ID NUMBER(10) PRIMARY KEY, F VARCHAR2(5) UNIQUE)",
        "INSERT INTO SHOP.FLAGS VALUES (1, 'a    ')",
        "INSERT INTO SHOP.FLAGS VALUES (2, 'b    ')");
    List<ColumnShape> f = List.of(table.column("F").orElseThrow());
    Step.Claim swapped = new Step.Claim(f, false, stepRows(row("1", "b"), row("2", "a")));

    assertThat(
            target.write(
                connection,
                List.of(new Step.Park(table, f, stepRows(row("1"), row("2")), List.of(swapped)))))
        .containsExactly(2);
    assertThat(rows("SELECT F FROM SHOP.FLAGS")).containsExactly("null", "null");
  }

  @Test
  void aNumberThatCannotBeNullGivesWayBelowAllOthers() throws Exception {
    TableShape table =
        Columns.table(
            "SEATS", List.of("ID", "SEAT"), List.of(), "ID", "NUMBER(10)", "SEAT", "NUMBER(5)");
    run(
        "CREATE TABLE SHOP.SEATS (ID NUMBER(10), SEAT NUMBER(5), PRIMARY KEY (ID, SEAT))",
        "INSERT INTO SHOP.SEATS VALUES (1, -3)",
        "INSERT INTO SHOP.SEATS VALUES (2, 5)");

    target.write(
        connection,
        List.of(
            new Step.Park(
                table,
                List.of(table.column("SEAT").orElseThrow()),
                stepRows(row("1", "-3"), row("2", "5")))));

    assertThat(rows("SELECT ID, SEAT FROM SHOP.SEATS ORDER BY ID")).containsExactly("1|-4", "2|-5");
  }

  @Test
  void nullInANotNullColumnIsRefusedBeforeItIsSent() {
    assertThatThrownBy(
            () -> target.write(connection, List.of(upsert(columns("ID", "CODE"), row(null, "a")))))
        .isInstanceOf(OwnFault.class)
        .satisfies(e -> assertThat(target.judge((SQLException) e).column()).isEqualTo("ID"));
  }

  @Test
  void commandsOfOneTextShareARoundTripAndAreCountedEach() throws Exception {
    target.write(connection, List.of(upsert(columns("ID", "CODE"), row("1", "a"), row("2", "b"))));
    List<Command> commands = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      long key = id;
      commands.add(
          new Command(
              "UPDATE SHOP.ORDERS SET STATE = 1 WHERE ID = ?",
              (statement, first) -> {
                statement.setLong(first, key);
                return first + 1;
              }));
    }
    commands.add(new Command("DELETE FROM SHOP.ORDERS", Command.Parameters.NONE));

    assertThat(target.write(connection, commands, List.of()).commands())
        .containsExactly(1L, 1L, 0L, 2L);
  }

  private void makeCheckpointTables() throws SQLException {
    run("CREATE SCHEMA BELAY");
    for (String block : target.checkpointSql().createTables()) {
      int from = block.indexOf("CREATE TABLE");
      if (from >= 0) {
        run(block.substring(from, block.indexOf('\'', from)).replace(" CHAR)", ")"));
      }
    }
  }

  @Test
  void aClaimMakesTheRowsAndRaisesTheEpochEachTime() throws Exception {
    makeCheckpointTables();
    CheckpointStore store = new CheckpointStore(target.checkpointSql(), "c");
    TopicPartition partition = new TopicPartition("t", 0);
    Map<TopicPartition, LogRange> logs = Map.of(partition, new LogRange("topic-id", 5, 9));

    store.claim(connection, logs, Set.of(partition), true);
    Checkpoints second = store.claim(connection, logs, Set.of(partition), true);

    assertThat(second.frontier().epoch()).isEqualTo(2);
    assertThat(second.partitions().get(partition).epoch()).isEqualTo(2);
    assertThat(second.partitions().get(partition).appliedOffset()).isEqualTo(5);
    assertThat(second.partitions().get(partition).topicId()).isEqualTo("topic-id");
  }

  @Test
  void rejectionsAreOpenedWrittenOverAddedToAndClosed() throws Exception {
    makeCheckpointTables();
    RejectionStore store = new RejectionStore(target.checkpointSql(), "c");
    TopicPartition partition = new TopicPartition("t", 0);
    OpenRejection one =
        new OpenRejection(partition, 3, "SHOP.ORDERS", "hash", HlcTimestamp.NONE, "ORA-01400", 1);
    OpenRejection rest = new OpenRejection(partition, -1, "", "", HlcTimestamp.NONE, "", 4);

    store.write(connection, new RejectionChange(List.of(), List.of(one, rest)));
    store.write(connection, new RejectionChange(List.of(), List.of(one, rest)));
    assertThat(store.read(connection, Set.of(partition)))
        .extracting(OpenRejection::offset, OpenRejection::records)
        .containsExactlyInAnyOrder(tuple(3L, 1L), tuple(-1L, 8L));

    store.write(connection, new RejectionChange(List.of(one, rest), List.of()));
    assertThat(store.read(connection, Set.of(partition))).isEmpty();
  }
}
