package dev.belay.sink.target.postgres;

import static dev.belay.sink.target.postgres.TargetDatabase.delete;
import static dev.belay.sink.target.postgres.TargetDatabase.park;
import static dev.belay.sink.target.postgres.TargetDatabase.row;
import static dev.belay.sink.target.postgres.TargetDatabase.update;
import static dev.belay.sink.target.postgres.TargetDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.PgStatements;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The statements as text, one file a case under {@code src/test/resources/sql/postgres}. */
@ParameterizedClass
@EnumSource(Version.class)
class GoldenSqlIT {
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

  /** Compares the text, and has the server take it. */
  private void golden(String name, Step... steps) throws Exception {
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "postgres", name + ".sql"),
        PgStatements.of(List.of(steps)).sql() + "\n");
    database.write(steps);
    database.apply().rollback();
  }

  @Test
  void upsertWritesAllColumnsButTheKey() throws Exception {
    TableShape orders =
        database.create(
            "orders",
            "id bigint, region text, total numeric(10,2), at timestamptz, PRIMARY KEY (region, id)");
    golden(
        "upsert",
        upsert(orders, List.of("id", "region", "total", "at"), row(1, "eu", "9.50", null)));
  }

  @Test
  void upsertOfATableThatIsAllKeyChangesNothing() throws Exception {
    TableShape pairs = database.create("pairs", "a int, b uuid, PRIMARY KEY (a, b)");
    golden("upsert-all-key", upsert(pairs, List.of("a", "b")));
  }

  @Test
  void upsertResetsWhatANewlyMadeRowDoesNotCarry() throws Exception {
    TableShape orders =
        database.create("orders", "id bigint PRIMARY KEY, note text, state text DEFAULT 'new'");
    golden("upsert-reset", upsert(orders, List.of("id", "note"), List.of("state"), row(1, "x")));
  }

  @Test
  void upsertOverridesAnIdentityThatIsAlwaysGenerated() throws Exception {
    TableShape orders =
        database.create("orders", "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text");
    golden("upsert-identity-always", upsert(orders, List.of("id", "note"), row(1, "x")));
  }

  @Test
  void upsertQualifiesTypesOfEverySchema() throws Exception {
    database.owner(
        "CREATE SCHEMA \"Ext\"",
        "CREATE EXTENSION citext SCHEMA \"Ext\"",
        "GRANT USAGE ON SCHEMA \"Ext\" TO " + Identifiers.quote(TargetDatabase.ROLE),
        "CREATE TYPE \"Mood \"\"x\"\"\" AS ENUM ('ok')",
        "CREATE DOMAIN cents AS numeric(10,2)");
    TableShape all =
        database.create(
            "All \"types\"",
            "k \"Ext\".citext PRIMARY KEY, \"a \"\"b\" \"Mood \"\"x\"\"\", c cents, d varchar(3),"
                + " e char(3), f bit(3), g bytea, h jsonb, i int[], j box[], l \"char\"");
    golden(
        "upsert-types",
        upsert(all, List.of("k", "a \"b", "c", "d", "e", "f", "g", "h", "i", "j", "l")));
    golden("delete-citext", delete(all, row("A")));
  }

  @Test
  void upsertUpdatesAndThenInsertsWhereOnConflictCannotNameTheKey() throws Exception {
    TableShape orders =
        database.create(
            "orders", "id bigint PRIMARY KEY DEFERRABLE, note text, state text DEFAULT 'new'");
    golden(
        "upsert-deferrable-key",
        upsert(orders, List.of("note", "id"), List.of("state"), row("x", 1)));
    golden("upsert-deferrable-all-key", upsert(orders, List.of("id"), row(1)));
  }

  @Test
  void updateChangesOnlyRowsThatAreThere() throws Exception {
    TableShape orders =
        database.create(
            "orders",
            "id bigint, region text, note text, at timestamptz, PRIMARY KEY (region, id)");
    Step.Update update =
        update(orders, List.of("note", "at", "region", "id"), row("x", null, "eu", 1));
    golden("update", update);
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "postgres", "absent.sql"),
        PgStatements.absent(orders) + "\n");
    assertThat(database.absent(update)).containsExactly(0);
  }

  @Test
  void deleteFindsRowsByTheWholeKey() throws Exception {
    TableShape orders =
        database.create("orders", "id bigint, region text, PRIMARY KEY (region, id)");
    golden("delete", delete(orders, row("eu", 1)));
  }

  @Test
  void parkTakesNullOrAFreeValue() throws Exception {
    TableShape users =
        database.create(
            "users",
            "id bigint PRIMARY KEY, email text UNIQUE, rank int NOT NULL UNIQUE,"
                + " number bigint NOT NULL UNIQUE, amount numeric NOT NULL UNIQUE,"
                + " code uuid NOT NULL UNIQUE, name varchar(40) NOT NULL UNIQUE,"
                + " hash bytea NOT NULL UNIQUE");
    golden(
        "park",
        park(users, List.of("email", "rank", "number", "amount", "code", "name", "hash"), row(1)));
  }

  @Test
  void severalStepsAreOneStatement() throws Exception {
    TableShape parents = database.create("parents", "id int PRIMARY KEY, name text");
    TableShape children =
        database.create("children", "id int PRIMARY KEY DEFERRABLE, parent int REFERENCES parents");
    golden(
        "together",
        upsert(children, List.of("id", "parent"), row(1, 1)),
        upsert(parents, List.of("id", "name"), row(1, "x")),
        delete(children, row(2)));
  }

  @Test
  void theTextDoesNotDependOnTheNumberOfRows() throws Exception {
    TableShape pairs = database.create("pairs", "a int PRIMARY KEY, b int");
    Step one = upsert(pairs, List.of("a", "b"), row(1, 1));
    Step three = upsert(pairs, List.of("a", "b"), row(1, 1), row(2, 2), row(3, 3));
    assertThat(PgStatements.of(List.of(three))).isEqualTo(PgStatements.of(List.of(one)));
  }

  @Test
  void checkpointStatements() throws Exception {
    PostgresCheckpointSql sql = new PostgresCheckpointSql();
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "postgres", "checkpoint.sql"),
        String.join(
            ";\n\n",
            sql.readPartitions(),
            sql.readFrontier(),
            sql.lockFrontier(),
            sql.insertFrontier(),
            sql.insertPartition(),
            sql.claimPartition(),
            sql.claimFrontier(),
            sql.advancePartitions(2),
            sql.advanceFrontier(),
            sql.readRejections(),
            sql.probeRejections(),
            sql.openRejection(),
            sql.closeRejection(),
            sql.blockers()));
  }
}
