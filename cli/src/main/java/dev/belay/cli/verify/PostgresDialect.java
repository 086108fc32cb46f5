package dev.belay.cli.verify;

import dev.belay.sink.target.Target;
import dev.belay.sink.target.postgres.PostgresTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** PostgreSQL 12 and newer. */
final class PostgresDialect extends PgWireDialect {

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public Target catalog() {
    return new PostgresTarget();
  }

  @Override
  public void prepare(Connection session) throws SQLException {
    if (isCockroach(session)) {
      throw new SQLException(
          "This is CockroachDB. Write its URL as jdbc:cockroachdb:... instead of"
              + " jdbc:postgresql:...",
          "08001");
    }
    super.prepare(session);
  }

  @Override
  public void begin(Connection session, Optional<String> time) throws SQLException {
    try (Statement set = session.createStatement()) {
      set.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }
  }

  @Override
  public String digest(String text) {
    return "encode(sha256(convert_to(" + text + ", 'UTF8')), 'hex')";
  }

  @Override
  public String hash(String text) {
    return "('x' || substr(" + digest(text) + ", 1, 15))::bit(60)::bigint";
  }

  @Override
  String byItsBytes(String text) {
    return text + " COLLATE \"C\"";
  }
}
