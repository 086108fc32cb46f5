package dev.belay.sink.target.cockroach;

import dev.belay.sink.target.CheckpointScript;
import dev.belay.sink.target.pgwire.PgCheckpointSql;
import java.util.List;

/** The checkpoint tables in schema {@code belay} of the database that the URL names. */
final class CockroachCheckpointSql extends PgCheckpointSql {

  @Override
  public List<String> createTables() {
    return CheckpointScript.statements(CockroachCheckpointSql.class);
  }

  /**
   * Nobody, as far as an ordinary user may know: {@code crdb_internal.cluster_locks} is for those
   * with VIEWACTIVITY, and its columns change between releases.
   */
  @Override
  public String blockers() {
    return "SELECT v.connector FROM (VALUES (?::STRING)) AS v(connector) WHERE false";
  }
}
