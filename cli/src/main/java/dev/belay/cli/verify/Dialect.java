package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SQL of a comparison, as one kind of database spells it. Stateless. */
public interface Dialect {

  /** For messages, for example {@code PostgreSQL}. */
  String name();

  /** What reads the catalog of tables. */
  Target catalog();

  /** Makes a session fit for reading: texts that depend on no setting, UTC, rows as they come. */
  void prepare(Connection session) throws SQLException;

  /** Where a session looks for a table that is named without a schema, in this order. */
  List<String> searched(Connection session) throws SQLException;

  /** The kind of a type as the catalog words it. */
  Kind kind(String type);

  /** The types under the columns of a table that are of domains, by column. */
  default Map<String, String> domains(Connection session, TableName table) throws SQLException {
    return Map.of();
  }

  String quoted(String name);

  String quoted(TableName table);

  /**
   * Begins a transaction that only reads, all of it as of one moment. The session must not be in
   * auto-commit.
   *
   * @param time as of when, for a database that {@link #readsThePast}; empty for about now
   */
  void begin(Connection session, Optional<String> time) throws SQLException;

  /** Whether {@link #begin} can be told a time that is over. */
  default boolean readsThePast() {
    return false;
  }

  /** A value as text, for {@link Canon}. NULL stays NULL. */
  String text(Column column);

  /**
   * A value as text that the other database would write alike, and no other value; empty if there
   * is no such text. NULL stays NULL. Equal values may differ here, which costs time alone.
   *
   * @param other what it is there
   * @param common as what both are compared
   */
  Optional<String> alike(Column column, Kind other, Kind common);

  /** How many characters a text has. */
  String length(String text);

  /** 1 if a column is NULL, else 0; as text. */
  default String isNull(Column column) {
    return "CASE WHEN " + quoted(column.name()) + " IS NULL THEN '1' ELSE '0' END";
  }

  /** Texts joined by a separator; those that are NULL are left out. */
  String joined(List<String> texts);

  /**
   * The SHA-256 of a text in UTF-8, in hexadecimal. Not MD5: MySQL 9.6 has it no more, and servers
   * with rules about their algorithms refuse it.
   */
  String digest(String text);

  /** The first 60 bits of {@link #digest}, as a number. */
  String hash(String text);

  /** The first digits of {@link #digest}. */
  default String bucket(String text) {
    return "substr(" + digest(text) + ", 1, " + BUCKET_DIGITS + ")";
  }

  int BUCKET_DIGITS = 3;

  /** What rows are ordered by, so that both databases have one order. */
  String order(Column column, Kind common);

  /** A parameter that is bound as text and compared with a column. */
  String parameter(Column column);
}
