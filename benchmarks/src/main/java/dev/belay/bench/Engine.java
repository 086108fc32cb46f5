package dev.belay.bench;

import dev.belay.bench.TargetTables.Written;
import dev.belay.testkit.DatabaseServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The database that is raced on: all that differs from one to another. Stateless. */
sealed interface Engine permits PostgresEngine, MySqlEngine {

  /** As {@code --target} takes them. */
  static Optional<Engine> of(String name) {
    return Stream.of(new PostgresEngine(), new MySqlEngine())
        .map(Engine.class::cast)
        .filter(engine -> engine.title().toLowerCase(Locale.ROOT).equals(name))
        .findFirst();
  }

  /** The database's name as its users write it. */
  String title();

  /** Version and settings, for the report. */
  String described();

  /** Starts a durable server on a folder. */
  DatabaseServer start(Path dir) throws IOException;

  /** Leaves the server nothing to write of what went before. */
  void settle(Statement statement) throws SQLException;

  /** Drops a database with all its sessions, so that it costs nothing any more. */
  void drop(Statement statement, String database) throws SQLException;

  /** Names and types of the columns. */
  String columns();

  /**
   * Selects count and sum of hashes of a table's rows, as {@link Fingerprint} defines them. Texts
   * are made without any session setting: no zone, no style.
   */
  String fingerprint(String table);

  /** Java's name of the digest that {@link #fingerprint} uses. */
  String digest();

  /** How {@link #fingerprint} spells a double, exactly. */
  String spelled(double score);

  /** Rows written and transactions since the server started, or the database was made. */
  Written written(Statement statement, List<String> tables) throws SQLException;

  /** Where {@link #written} counts, for the report. */
  String counters();

  /** The ways to write with nothing but the driver. */
  List<PlainWay> plainWays();

  /** What makes Debezium's JDBC sink fastest here. */
  Map<String, String> debezium(String url);

  /** The same in words. */
  String debeziumInWords();

  /** How {@code ./belay bench} is told to run on it; with a blank behind it, or empty. */
  String option();

  /** The JDBC driver's name, under which the build writes its version. */
  String driver();

  /** The folder of Belay's package with the driver. */
  String belayPlugin();

  /** How many times as fast as Debezium's JDBC sink Belay is to be. */
  double fasterThanDebezium();
}
