package dev.belay.sink.forward;

import java.sql.Connection;

/** From PostgreSQL. */
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
}
