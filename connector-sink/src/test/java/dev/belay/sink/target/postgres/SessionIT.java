package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Version.class)
class SessionIT {
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

  @Test
  void aServerThatNotesNoCommitTimesIsSaidToNeedIt() throws Exception {
    try (Connection connection = database.connect()) {
      assertThat(new PostgresTarget().whyNoCommitTimes(connection))
          .hasValueSatisfying(
              text -> assertThat(text).contains("ALTER SYSTEM SET track_commit_timestamp = on"));
    }
  }

  @Test
  void aSessionIsPreparedWhateverTheRoleIsSetTo() throws Exception {
    database.owner(
        "ALTER ROLE \"belay applier\" SET DateStyle = 'German'",
        "ALTER ROLE \"belay applier\" SET IntervalStyle = 'iso_8601'",
        "ALTER ROLE \"belay applier\" SET bytea_output = 'escape'",
        "ALTER ROLE \"belay applier\" SET TimeZone = 'America/New_York'",
        "ALTER ROLE \"belay applier\" SET default_transaction_isolation = 'serializable'",
        "ALTER ROLE \"belay applier\" SET search_path = 'somewhere'");
    try (Connection connection = database.connect()) {
      connection.rollback();

      assertThat(connection.getAutoCommit()).isFalse();
      Map<String, String> wanted =
          Map.ofEntries(
              Map.entry("TimeZone", "UTC"),
              Map.entry("DateStyle", "ISO, YMD"),
              Map.entry("IntervalStyle", "postgres"),
              Map.entry("bytea_output", "hex"),
              Map.entry("extra_float_digits", "3"),
              Map.entry("standard_conforming_strings", "on"),
              Map.entry("client_encoding", "UTF8"),
              Map.entry("transaction_isolation", "read committed"),
              Map.entry("lock_timeout", "5s"),
              Map.entry("idle_in_transaction_session_timeout", "20s"),
              Map.entry("application_name", "belay test"),
              Map.entry("belay.applying", "on"),
              Map.entry("search_path", "somewhere"));
      for (Map.Entry<String, String> setting : wanted.entrySet()) {
        assertThat(show(connection, setting.getKey()))
            .as(setting.getKey())
            .isEqualTo(setting.getValue());
      }
    } finally {
      database.owner("ALTER ROLE \"belay applier\" RESET ALL");
    }
  }

  private static String show(Connection connection, String setting) throws SQLException {
    try (var statement = connection.createStatement();
        var value = statement.executeQuery("SHOW " + setting)) {
      value.next();
      return value.getString(1);
    }
  }

  @Test
  void theRoleOwnsNothingAndMayNeitherChangeTablesNorForgetEpochs() throws Exception {
    database.owner("CREATE TABLE t (id serial PRIMARY KEY)");

    for (String forbidden :
        new String[] {
          "DROP TABLE app.t",
          "ALTER TABLE app.t ADD COLUMN x int",
          "TRUNCATE app.t",
          "CREATE TABLE app.u (id int)",
          "CREATE TABLE belay.u (id int)",
          "DELETE FROM belay.belay_frontier",
          "SET session_replication_role = replica"
        }) {
      SQLException refused =
          catchThrowableOfType(SQLException.class, () -> database.apply(forbidden));
      assertThat((Throwable) refused).as(forbidden).isNotNull();
      assertThat(refused.getSQLState()).as(forbidden).isEqualTo("42501");
      database.apply().rollback();
    }
    assertThat(
            database.rows(
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication"
                    + " OR rolbypassrls FROM pg_roles WHERE rolname = current_user"))
        .containsExactly("f");
    assertThat(
            database.rows(
                "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"))
        .containsExactly("0");
    database.apply("INSERT INTO app.t DEFAULT VALUES");
  }

  @Test
  void roleAndSchemaScriptsMayBeRunAgain() throws Exception {
    database.owner("CREATE SCHEMA \"Second app\"", "INSERT INTO belay.belay_frontier VALUES ('c')");

    PsqlScript.run(database.owner(), PsqlScript.file("belay-schema.sql"), Map.of());
    PsqlScript.run(
        database.owner(),
        PsqlScript.file("role.sql"),
        Map.of("role", TargetDatabase.ROLE, "schema", "Second app"));

    database.owner("CREATE TABLE \"Second app\".t (id int)");
    database.apply("INSERT INTO \"Second app\".t VALUES (1)");
    assertThat(database.rows("SELECT connector FROM belay.belay_frontier")).containsExactly("c");
  }
}
