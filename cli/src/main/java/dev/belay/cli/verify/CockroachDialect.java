package dev.belay.cli.verify;

import dev.belay.sink.target.Target;
import dev.belay.sink.target.cockroach.CockroachTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** CockroachDB, whose tables can be read as they were. */
final class CockroachDialect extends PgWireDialect {
  private static final String JUST_NOW = "-10ms";

  @Override
  public String name() {
    return "CockroachDB";
  }

  @Override
  public Target catalog() {
    return new CockroachTarget(false);
  }

  @Override
  public void prepare(Connection session) throws SQLException {
    if (!isCockroach(session)) {
      throw new SQLException(
          "This is no CockroachDB. Write the URL of a PostgreSQL as jdbc:postgresql:...", "08001");
    }
    super.prepare(session);
  }

  @Override
  public boolean readsThePast() {
    return true;
  }

  /** What reads the past neither waits for those who write, nor is begun anew for them. */
  @Override
  public void begin(Connection session, Optional<String> time) throws SQLException {
    try (Statement set = session.createStatement()) {
      set.execute("SET TRANSACTION AS OF SYSTEM TIME '" + time.orElse(JUST_NOW) + "'");
    }
  }

  /** A text of a text here, where PostgreSQL makes bytes of bytes. */
  @Override
  public String digest(String text) {
    return "sha256(" + text + ")";
  }

  /** An integer is read from text as Go reads it: with 0x in front, in hexadecimal. */
  @Override
  public String hash(String text) {
    return "('0x' || substr(" + digest(text) + ", 1, 15))::INT8";
  }

  /** As all text is that has no collation of its own. */
  @Override
  String byItsBytes(String text) {
    return text;
  }
}
