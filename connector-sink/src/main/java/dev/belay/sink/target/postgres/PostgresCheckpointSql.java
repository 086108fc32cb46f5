package dev.belay.sink.target.postgres;

import dev.belay.sink.target.CheckpointScript;
import dev.belay.sink.target.pgwire.PgCheckpointSql;
import java.util.List;

/** The checkpoint tables in schema {@code belay}. */
final class PostgresCheckpointSql extends PgCheckpointSql {

  @Override
  public List<String> createTables() {
    return CheckpointScript.statements(PostgresCheckpointSql.class);
  }

  /**
   * A row that a transaction under way has locked or changed carries that transaction's number in
   * {@code xmax}, and pg_locks tells any role which process runs it. What the process does is
   * visible to its own role and to members of pg_read_all_stats.
   */
  @Override
  public String blockers() {
    return """
        SELECT 'pid ' || coalesce(l.pid::text, 'none (a prepared transaction)')
          || ', application_name ' || coalesce(a.application_name, 'not visible to this role')
          || ', state ' || coalesce(a.state, 'not visible to this role')
          || ', transaction open for '
          || coalesce(pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)::text,
            'a time not visible to this role')
        FROM (VALUES (?::text)) AS v(connector)
        CROSS JOIN LATERAL (
          SELECT f.xmax FROM belay.belay_frontier f WHERE f.connector = v.connector
          UNION
          SELECT c.xmax FROM belay.belay_checkpoint c WHERE c.connector = v.connector) AS r(holder)
        JOIN pg_catalog.pg_locks l ON l.locktype = 'transactionid' AND l.granted
          AND l.transactionid = r.holder
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        WHERE l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
        ORDER BY 1
        """;
  }
}
