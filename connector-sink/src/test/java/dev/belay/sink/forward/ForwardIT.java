package dev.belay.sink.forward;

import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** From PostgreSQL. */
@EnabledIfSystemProperty(
    named = "belay.forward",
    matches = "true",
    disabledReason =
        "takes minutes: mvn -pl connector-sink -am verify -Dit.test=ForwardIT -Dbelay.forward=true")
class ForwardIT extends ForwardCase {
  @Override
  OldDatabase startOld() throws Exception {
    return OldPostgres.start();
  }

  @Override
  Shop.Dialect dialect() {
    return Shop.Dialect.POSTGRESQL;
  }

  @Override
  String schema() {
    return "public";
  }

  @Override
  String files() {
    return "postgres";
  }

  @Override
  void cut(Connection admin) throws Exception {
    OldDatabase.execute(
        admin,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
            + OldDatabase.USER
            + "'");
  }

  /** At once: the task starts again. */
  @Override
  Duration untilNoticed() {
    return Duration.ZERO;
  }
}
