package dev.belay.bench;

import dev.belay.bench.TargetTables.Written;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** PostgreSQL 18. */
record PostgresEngine() implements Engine {

  /** Room enough that no contestant meets a checkpoint that another caused. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "shared_buffers", "1GB",
          "max_wal_size", "16GB",
          "checkpoint_timeout", "1h",
          "wal_compression", "off",
          "max_connections", "50");

  @Override
  public String title() {
    return "PostgreSQL";
  }

  @Override
  public String described() {
    StringBuilder text = new StringBuilder(PostgresServer.Version.NEW.number());
    text.append(", durable (fsync, synchronous_commit)");
    new TreeMap<>(SETTINGS)
        .forEach((name, value) -> text.append(", ").append(name).append('=').append(value));
    return text.toString();
  }

  @Override
  public DatabaseServer start(Path dir) throws IOException {
    return PostgresServer.start(PostgresServer.Version.NEW, dir, 0, true, SETTINGS);
  }

  @Override
  public void settle(Statement statement) throws SQLException {
    statement.execute("CHECKPOINT");
  }

  @Override
  public void drop(Statement statement, String database) throws SQLException {
    statement.execute("DROP DATABASE " + database + " WITH (FORCE)");
  }

  @Override
  public String columns() {
    return "id bigint PRIMARY KEY, qty bigint, name text, price numeric(18,4),"
        + " at timestamptz, active boolean, ref uuid, score double precision, doc jsonb,"
        + " day date, note text";
  }

  @Override
  public String fingerprint(String table) {
    String text =
        String.join(
            " || '" + Fingerprint.SEPARATOR + "' || ",
            "id::text",
            "qty::text",
            "name",
            "price::text",
            "(extract(epoch FROM at) * 1000000)::bigint::text",
            "active::int::text",
            "ref::text",
            "encode(float8send(score), 'hex')",
            "doc::text",
            "(day - date '1970-01-01')::text",
            "coalesce(note, '')");
    return "SELECT count(*), coalesce(sum(('x' || substr(md5("
        + text
        + "), 1, "
        + Fingerprint.HEX_DIGITS
        + "))::bit(60)::bigint), 0) FROM "
        + table;
  }

  @Override
  public String digest() {
    return "MD5";
  }

  @Override
  public String spelled(double score) {
    return String.format("%016x", Double.doubleToRawLongBits(score));
  }

  @Override
  public Written written(Statement statement, List<String> tables) throws SQLException {
    String names = tables.stream().map(name -> "'" + name + "'").collect(Collectors.joining(","));
    try (ResultSet counts =
        statement.executeQuery(
            "SELECT sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint, sum(n_tup_del)::bigint,"
                + " (SELECT xact_commit FROM pg_stat_database"
                + " WHERE datname = current_database())"
                + " FROM pg_stat_user_tables WHERE relname IN ("
                + names
                + ")")) {
      counts.next();
      return new Written(
          counts.getLong(1), counts.getLong(2), counts.getLong(3), counts.getLong(4));
    }
  }

  @Override
  public String counters() {
    return "`pg_stat_user_tables`";
  }

  @Override
  public List<PlainWay> plainWays() {
    return List.of(PlainWay.UNNEST, PlainWay.COPY);
  }

  @Override
  public Map<String, String> debezium(String url) {
    return Map.of(
        "connection.url",
        url + "?reWriteBatchedInserts=true",
        "dialect.postgres.unnest.insert.enabled",
        "true");
  }

  @Override
  public String debeziumInWords() {
    return "unnest inserts, reduction buffer, batch.size 10000";
  }

  @Override
  public String option() {
    return "";
  }

  @Override
  public String driver() {
    return "pgjdbc";
  }

  @Override
  public String belayPlugin() {
    return "belay";
  }

  @Override
  public double fasterThanDebezium() {
    return 4;
  }
}
