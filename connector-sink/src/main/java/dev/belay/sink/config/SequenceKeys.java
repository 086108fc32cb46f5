package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The keys of the target's sequences. */
public final class SequenceKeys {
  public static final String SYNC = "sequences.sync";
  public static final String MARGIN = "sequences.margin";
  public static final String INTERVAL = "sequences.interval.ms";

  static final String OFF = "off";
  static final String DRY_RUN = "dry-run";

  private SequenceKeys() {}

  static void define(KeyDefinition def) {
    def.optional(
        SYNC,
        Type.STRING,
        OFF,
        Words.of(OFF, DRY_RUN, "on"),
        MEDIUM,
        Width.SHORT,
        "Whether the target's sequences are kept ahead of the rows that replication writes, so that the"
            + " first insert after a rollback gets a number which no row has: sequences of serial and"
            + " identity columns, and those in a column's default, in the tables of this connector. off"
            + " (default): they stay where they are, and a person sets them. dry-run: what would be moved"
            + " is logged and counted. on: they are moved, only forward. It needs PostgreSQL or"
            + " CockroachDB as the target, and rights on the sequences (for PostgreSQL:"
            + " config/sql/postgresql/sequences.sql). Where applications insert on both sides, each side"
            + " needs a range or a step of its own first.");
    def.optional(
        MARGIN,
        Type.LONG,
        1_000L,
        ConfigDef.Range.between(0, Integer.MAX_VALUE),
        LOW,
        Width.SHORT,
        "How many numbers are kept free between the rows and a sequence's next number. It is moved when"
            + " half of them are used up. Raise it if more rows than that can come in"
            + " sequences.interval.ms, and the target may be cut off from the connector at any time.");
    def.optional(
        INTERVAL,
        Type.LONG,
        30_000L,
        ConfigDef.Range.between(100, 3_600_000),
        LOW,
        Width.SHORT,
        "How often sequences are looked at, in milliseconds, if rows were written meanwhile; besides"
            + " that when the connector is stopped. A look costs a query for each sequence, which reads"
            + " the end of an index.");
  }
}
