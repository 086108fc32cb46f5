package dev.belay.sink.target.mysql;

import static dev.belay.sink.target.mysql.MySqlDatabase.delete;
import static dev.belay.sink.target.mysql.MySqlDatabase.park;
import static dev.belay.sink.target.mysql.MySqlDatabase.row;
import static dev.belay.sink.target.mysql.MySqlDatabase.update;
import static dev.belay.sink.target.mysql.MySqlDatabase.upsert;

import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.mysql.Product;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The statements as text, one file a case under {@code src/test/resources/sql/mysql} and {@code
 * mariadb}.
 */
@ParameterizedClass
@EnumSource(
    value = Product.class,
    names = {"MYSQL", "MARIADB"})
class MySqlGoldenSqlIT {
  /** One for all runs: it stands in the statements. */
  private static final String NAME = "golden `shop`";

  @Parameter Product product;
  private MySqlDatabase database;
  private MySqlStatements statements;

  @BeforeEach
  void open() throws Exception {
    database = MySqlDatabase.on(product);
    statements = new MySqlStatements(ServerFacts.of(database.apply()));
  }

  @AfterEach
  void close() throws SQLException {
    if (database != null) { // null: skipped for want of a server
      database.close();
    }
  }

  /** Compares the text, and has the server take it. */
  private void golden(String name, String sql, Step step) throws Exception {
    CommittedText.assertCommitted(
        Path.of(
            "src",
            "test",
            "resources",
            "sql",
            database.mariaDb() ? "mariadb" : "mysql",
            name + ".sql"),
        sql.replace(Identifiers.quote(database.name()), Identifiers.quote(NAME)) + "\n");
    database.write(step);
  }

  private void upserts(String name, Step.Upsert step) throws Exception {
    golden(name, statements.upsert(step, step.rows().size()), step);
  }

  @Test
  void upsertByANumberAloneNeedsNoGuard() throws Exception {
    TableShape t = database.create("t", "id BIGINT PRIMARY KEY, `a ``b` INT, g POINT");
    upserts(
        "upsert-number", upsert(t, List.of("id", "a `b", "g"), row(1, 2, null), row(2, 3, null)));
    upserts("upsert-all-key", upsert(t, List.of("id"), row(1)));
  }

  @Test
  void upsertComparesKeysByTheirBytes() throws Exception {
    TableShape t =
        database.create(
            "t",
            "id INT, k VARCHAR(10), u INT UNIQUE, s INT DEFAULT 1,"
                + " at TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, PRIMARY KEY (k, id)");
    upserts("upsert-guarded", upsert(t, List.of("id", "k", "u"), List.of("s"), row(1, "x", 2)));
    Step.Update update = update(t, List.of("id", "k", "u"), row(1, "x", 3));
    golden("update", MySqlStatements.update(update), update);
    Step.Delete delete = delete(t, row("x", 1), row("y", 2));
    golden("delete-text", MySqlStatements.delete(t, 2), delete);
    golden("absent", MySqlStatements.absent(t, 2), delete);
  }

  @Test
  void referencesAreLookedUpWithTheirParentsLocked() throws Exception {
    database.create("p", "x INT, y VARCHAR(5), PRIMARY KEY (x, y)");
    TableShape t =
        database.create(
            "t",
            "id INT, k VARCHAR(5), px INT, py VARCHAR(5), PRIMARY KEY (id, k),"
                + " CONSTRAINT up FOREIGN KEY (px, py) REFERENCES p (x, y)");
    golden(
        "orphans",
        MySqlStatements.orphans(t, t.foreignKeys().get(0), 2),
        upsert(t, List.of("id", "k"), row(1, "x")));
  }

  @Test
  void keysOfNumbersAreLookedUpAsALot() throws Exception {
    TableShape t =
        database.create(
            "t",
            "a INT, b DECIMAL(5,2), up INT, u VARCHAR(5) UNIQUE, PRIMARY KEY (a, b),"
                + " UNIQUE KEY only_a (a), CONSTRAINT self FOREIGN KEY (up) REFERENCES t (a)");
    Step.Delete delete = delete(t, row(1, "1.5"), row(2, "2.5"));
    golden("delete-numbers", MySqlStatements.delete(t, 2), delete);
    Step.Park park = park(t, "u", row(1, "1.5"));
    golden("park", MySqlStatements.park(park, 1, List.of()), park);
    Step.Claim claim = new Step.Claim(park.columns(), false, List.of());
    golden(
        "park-claims",
        MySqlStatements.park(
            new Step.Park(t, park.columns(), park.rows(), List.of(claim)), 2, List.of(3)),
        park);
  }
}
