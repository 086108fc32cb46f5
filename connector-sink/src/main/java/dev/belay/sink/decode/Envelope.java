package dev.belay.sink.decode;

import java.util.Locale;
import java.util.Optional;

/** How a feed wraps its rows: a changefeed by its option {@code envelope}. */
public enum Envelope {
  /**
   * By the look of each value. Meant for people who look at a topic: a null value counts as the
   * delete of a {@code row} feed although a {@code key_only} feed sends the same for every change,
   * and a table whose columns are named like an envelope's fields is taken for one.
   */
  AUTO,
  /** {@code {"after": ...}}, the default of a feed on tables. */
  WRAPPED,
  /** {@code {"after": ..., "op": ..., "ts_ns": ...}}, from CockroachDB 25.2 on. */
  ENRICHED,
  /** The columns themselves, the default of a feed with a query. */
  BARE,
  /** The columns themselves, and a null value for a delete. */
  ROW,
  /** Only keys; nothing in it can be applied. */
  KEY_ONLY,
  /** Not CockroachDB's: the events of Debezium's connectors for other databases. */
  DEBEZIUM;

  /**
   * Reads the option's text, in any case, with {@code deprecated_row} as the old name of {@code
   * row}.
   *
   * @return empty if there is no such envelope
   */
  public static Optional<Envelope> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> Optional.of(AUTO);
      case "wrapped" -> Optional.of(WRAPPED);
      case "enriched" -> Optional.of(ENRICHED);
      case "bare" -> Optional.of(BARE);
      case "row", "deprecated_row" -> Optional.of(ROW);
      case "key_only" -> Optional.of(KEY_ONLY);
      case "debezium" -> Optional.of(DEBEZIUM);
      default -> Optional.empty();
    };
  }
}
