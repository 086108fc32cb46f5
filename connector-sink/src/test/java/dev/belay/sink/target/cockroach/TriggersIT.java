package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.TableName;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each release tells of its triggers in its own way. */
class TriggersIT {

  @ParameterizedTest
  @CsvSource({"v24.1.0, none", "v24.3.0, hidden", "v25.2.4, seen", "v26.2.0, seen"})
  void triggersAreSeenOrSaidToBeHidden(String version, String how) throws Exception {
    CockroachTarget target = new CockroachTarget(false);
    TableName table = TableName.of("public", "Odd \"t");
    try (StandIn standIn = StandIn.builder().version(version).start();
        Connection connection = standIn.connect()) {
      target.prepare(connection, CockroachDatabase.LIMITS);
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE " + target.quoted(table) + " (id INT8 PRIMARY KEY)");
        statement.execute(
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$");
        statement.execute(
            "CREATE TRIGGER again BEFORE INSERT ON "
                + target.quoted(table)
                + " FOR EACH ROW EXECUTE FUNCTION f()");
      }
      connection.commit();

      if (how.equals("seen")) {
        assertThat(target.triggers(connection, table)).containsExactly("again");
      } else {
        assertThat(target.triggers(connection, table)).isEmpty();
      }
      assertThat(target.hiddenTriggers(connection, table).isPresent())
          .isEqualTo(how.equals("hidden"));
      // the transaction goes on
      assertThat(target.tables(connection)).contains(table);
    }
  }
}
