package dev.belay.sink.target.mysql;

import static dev.belay.sink.target.mysql.MySqlDatabase.delete;
import static dev.belay.sink.target.mysql.MySqlDatabase.encode;
import static dev.belay.sink.target.mysql.MySqlDatabase.park;
import static dev.belay.sink.target.mysql.MySqlDatabase.row;
import static dev.belay.sink.target.mysql.MySqlDatabase.update;
import static dev.belay.sink.target.mysql.MySqlDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.testkit.mysql.Product;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the statements do to rows of real servers. */
@ParameterizedClass
@EnumSource(Product.class)
class MySqlStatementsIT {
  @Parameter Product product;
  private MySqlDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = MySqlDatabase.on(product);
  }

  @AfterEach
  void close() throws SQLException {
    if (database != null) { // null: skipped for want of a server
      database.close();
    }
  }

  @Test
  void upsertInsertsAndUpdates() throws Exception {
    TableShape t = database.create("t", "id BIGINT PRIMARY KEY, a VARCHAR(20), b INT");
    database.write(upsert(t, List.of("id", "a", "b"), row(1, "x", 1), row(2, "y", null)));

    database.write(upsert(t, List.of("id", "a"), row(2, "z"), row(3, "new")));

    assertThat(database.rows("SELECT * FROM t ORDER BY id"))
        .containsExactly("1|x|1", "2|z|-", "3|new|-");
  }

  @Test
  void upsertOfATableThatIsAllKeyTakesRowsThatAreThere() throws Exception {
    TableShape t = database.create("t", "a INT, b VARCHAR(10), PRIMARY KEY (a, b)");
    database.write(upsert(t, List.of("a", "b"), row(1, "x")));

    database.write(upsert(t, List.of("a", "b"), row(1, "x"), row(1, "y")));

    assertThat(database.rows("SELECT * FROM t ORDER BY b")).containsExactly("1|x", "1|y");
  }

  @Test
  void upsertNeverRewritesTheRowThatHasAUniqueValue() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, u INT, a INT, UNIQUE KEY uk (u)");
    database.write(upsert(t, List.of("id", "u", "a"), row(1, 10, 1), row(2, 20, 2)));

    TargetFault ofANewRow = database.fault(upsert(t, List.of("id", "u", "a"), row(3, 10, 9)));
    TargetFault ofARowThatIsThere =
        database.fault(upsert(t, List.of("id", "u", "a"), row(2, 10, 9)));

    for (TargetFault fault : List.of(ofANewRow, ofARowThatIsThere)) {
      assertThat(fault.verdict()).isEqualTo(Verdict.DEFERRABLE);
      assertThat(fault.matter()).isEqualTo(Matter.COLLISION);
    }
    assertThat(ofARowThatIsThere.constraint()).isEqualTo("uk");
    assertThat(database.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|10|1", "2|20|2");
  }

  @Test
  void oneClashUndoesTheWholeStatement() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, u INT UNIQUE, a INT");
    database.write(upsert(t, List.of("id", "u", "a"), row(1, 10, 1)));

    database.fault(upsert(t, List.of("id", "u", "a"), row(1, 11, 2), row(5, 50, 5), row(6, 50, 6)));

    assertThat(database.rows("SELECT * FROM t")).containsExactly("1|10|1");
  }

  @Test
  void keysThatOnlyTheCollationCallsEqualAreTwoRows() throws Exception {
    TableShape t =
        database.create("t", "k VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, a INT");
    database.write(upsert(t, List.of("k", "a"), row("Ann", 1)));

    for (String other : List.of("ann", "Ann ", "\u00c4nn")) {
      TargetFault fault = database.fault(upsert(t, List.of("k", "a"), row(other, 2)));
      assertThat(fault.verdict()).as(other).isEqualTo(Verdict.DEFERRABLE);
      assertThat(database.write(delete(t, new Object[] {other}))[0]).as(other).isZero();
      assertThat(database.write(update(t, List.of("k", "a"), row(other, 3)))[0]).isZero();
      assertThat(
              database
                  .target()
                  .absent(database.apply(), update(t, List.of("k", "a"), row(other, 3))))
          .hasSize(1);
    }
    // and two new ones meet each other
    assertThat(database.fault(upsert(t, List.of("k", "a"), row("x", 1), row("X", 2))).verdict())
        .isEqualTo(Verdict.DEFERRABLE);

    assertThat(database.rows("SELECT * FROM t")).containsExactly("Ann|1");
    assertThat(database.write(delete(t, new Object[] {"Ann"}))[0]).isEqualTo(1);
  }

  @Test
  void keysInAnotherCharacterSetAreFound() throws Exception {
    TableShape t =
        database.create(
            "t", "k VARCHAR(20) CHARACTER SET latin1, n INT, a INT, PRIMARY KEY (k, n)");
    database.write(upsert(t, List.of("k", "n", "a"), row("Z\u00fcrich", 1, 1)));

    database.write(update(t, List.of("k", "n", "a"), row("Z\u00fcrich", 1, 2)));
    assertThat(database.rows("SELECT a FROM t")).containsExactly("2");
    database.write(upsert(t, List.of("k", "n", "a"), row("Z\u00fcrich", 1, 3)));
    assertThat(database.rows("SELECT a FROM t")).containsExactly("3");
    assertThat(database.write(delete(t, row("Z\u00fcrich", 1), row("\u00d1", 1)))[0]).isEqualTo(1);
  }

  @Test
  void upsertResetsWhatANewlyMadeRowDoesNotCarry() throws Exception {
    TableShape t =
        database.create("t", "id INT PRIMARY KEY, a INT, s VARCHAR(10) DEFAULT 'new', n INT NULL");
    database.write(upsert(t, List.of("id", "a", "s", "n"), row(1, 1, "old", 5)));

    database.write(upsert(t, List.of("id", "a"), List.of("s", "n"), row(1, 2)));

    assertThat(database.rows("SELECT * FROM t")).containsExactly("1|2|new|-");
  }

  @Test
  void whatTheServerWouldFillInIsLeftAloneOrRefused() throws Exception {
    TableShape t =
        database.create(
            "t",
            "id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL DEFAULT 7,"
                + " at TIMESTAMP(6) NULL ON UPDATE CURRENT_TIMESTAMP(6), e ENUM('x','y') NOT NULL,"
                + " g INT GENERATED ALWAYS AS (a + 1) STORED");
    database.write(upsert(t, List.of("id", "a", "e"), row(0, 1, "y")));

    database.write(upsert(t, List.of("id", "a", "e"), row(0, 2, "y")));
    database.write(update(t, List.of("id", "a"), row(0, 3)));

    assertThat(database.rows("SELECT * FROM t")).containsExactly("0|3|-|y|4");
    assertThat(database.fault(upsert(t, List.of("id", "a"), row(1, 1))).column()).isEqualTo("e");
    TargetFault missing = database.fault(upsert(t, List.of("id", "a", "e"), row(1, null, "x")));
    assertThat(missing.verdict()).isEqualTo(Verdict.POISON);
    assertThat(missing.column()).isEqualTo("a");
    assertThat(t.column("g").orElseThrow().generated()).isTrue();
  }

  @Test
  void updateChangesOnlyRowsThatAreThereAndCountsThem() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, a INT");
    database.write(upsert(t, List.of("id", "a"), row(1, 1), row(2, 2)));
    Step.Update update = update(t, List.of("a", "id"), row(1, 1), row(9, 2), row(9, 3));

    assertThat(database.write(update)[0]).isEqualTo(2);
    assertThat(database.target().absent(database.apply(), update))
        .extracting(StepRow::change)
        .containsExactly(2);
    assertThat(database.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|1", "2|9");
  }

  @Test
  void parkedValuesAreOutOfTheWay() throws Exception {
    TableShape t =
        database.create(
            "t",
            "id INT PRIMARY KEY, n INT UNIQUE, m TINYINT UNSIGNED NOT NULL UNIQUE,"
                + " v VARBINARY(16) NOT NULL UNIQUE, c VARCHAR(40) NOT NULL UNIQUE");
    List<String> all = List.of("id", "n", "m", "v", "c");
    database.write(upsert(t, all, row(1, 1, 1, "\\x01", "a"), row(2, 2, 2, "\\x02", "b")));

    for (String column : List.of("n", "m", "v", "c")) {
      assertThat(database.target().canPark(t, t.column(column).orElseThrow())).isTrue();
      database.write(park(t, column, new Object[] {1}, new Object[] {2}));
    }
    database.write(upsert(t, all, row(1, 2, 2, "\\x02", "b"), row(2, 1, 1, "\\x01", "a")));

    assertThat(database.rows("SELECT id, n, m, HEX(v), c FROM t ORDER BY id"))
        .containsExactly("1|2|2|02|b", "2|1|1|01|a");
  }

  @Test
  void aRowGivesWayOnlyIfItsValueIsClaimed() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, u VARCHAR(10) UNIQUE");
    database.write(upsert(t, List.of("id", "u"), row(1, "a"), row(2, "b"), row(3, "c")));
    Step.Park asked = park(t, "u", new Object[] {1}, new Object[] {2}, new Object[] {3});
    Step.Claim claim =
        new Step.Claim(
            asked.columns(), false, encode(t.columns(), new Object[][] {{1, "b"}, {2, null}}));

    database.write(new Step.Park(t, asked.columns(), asked.rows(), List.of(claim)));

    assertThat(database.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|a", "2|-", "3|c");
  }

  @Test
  void deletesOfATableThatReferencesItselfTakeYoungerRowsFirst() throws Exception {
    TableShape t =
        database.create("t", "id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES t (id)");
    database.write(upsert(t, List.of("id", "p"), row(1, null), row(2, 1), row(3, 2)));

    assertThat(database.write(delete(t, new Object[] {1}, new Object[] {2}, new Object[] {3}))[0])
        .isEqualTo(3);
  }

  @Test
  void changedKeysAreFoundBeforeCommit() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, x INT NOT NULL");
    database.target().beforeCommit(database.apply(), List.of(t));
    database.apply().rollback();
    database.owner("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, x)");
    database.target().write(database.apply(), List.of(upsert(t, List.of("id", "x"), row(1, 1))));

    try {
      database.target().beforeCommit(database.apply(), List.of(t));
    } catch (SQLException e) {
      TargetFault fault = database.target().judge(e);
      assertThat(fault.isAboutTables()).isTrue();
      assertThat(fault.table()).endsWith(".t");
      return;
    } finally {
      database.apply().rollback();
    }
    throw new AssertionError("a changed primary key went unseen");
  }
}
