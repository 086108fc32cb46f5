package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.Target;
import dev.belay.sink.target.postgres.PostgresTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** PostgreSQL 12 and newer. */
final class PostgresDialect extends PgWireDialect {

  /** A domain over a domain has a length only where the first of them says one. */
  private static final String DOMAINS =
      """
      WITH RECURSIVE types AS (
        SELECT a.attname, t.typbasetype AS type, t.typtypmod AS modifier
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype = 'd'
        UNION ALL
        SELECT d.attname, t.typbasetype,
          CASE WHEN d.modifier = -1 THEN t.typtypmod ELSE d.modifier END
        FROM types d JOIN pg_catalog.pg_type t ON t.oid = d.type WHERE t.typtype = 'd')
      SELECT d.attname, pg_catalog.format_type(d.type, d.modifier)
      FROM types d JOIN pg_catalog.pg_type t ON t.oid = d.type WHERE t.typtype <> 'd'
      """;

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
  public Map<String, String> domains(Connection session, TableName table) throws SQLException {
    Map<String, String> domains = new HashMap<>();
    try (PreparedStatement query = session.prepareStatement(DOMAINS)) {
      query.setString(1, quoted(table));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          domains.put(row.getString(1), row.getString(2));
        }
      }
    }
    return domains;
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
