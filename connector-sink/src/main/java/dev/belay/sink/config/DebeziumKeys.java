package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The keys of a feed that Debezium writes: {@code feed.envelope=debezium}. */
public final class DebeziumKeys {
  public static final String UNAVAILABLE = "feed.unavailable.value.placeholder";
  public static final String TRUNCATE = "feed.truncate";
  public static final String TRANSACTION_TOPIC = "feed.transaction.topic";
  public static final String ORIGIN_FILTER = "origin.filter";
  public static final String BEFORE = "feed.before";
  public static final String SCHEMALESS = "feed.schemaless";

  static final String TEXT = "text";

  /** As Debezium has it. */
  static final String STANDARD_PLACEHOLDER = "__debezium_unavailable_value";

  private DebeziumKeys() {}

  static void define(KeyDefinition def) {
    def.optional(
        UNAVAILABLE,
        Type.STRING,
        STANDARD_PLACEHOLDER,
        DebeziumKeys::checkText,
        MEDIUM,
        Width.MEDIUM,
        "For envelope debezium: unavailable.value.placeholder of Debezium's connector, which stands"
            + " for a large value that did not change; its column is left as it is. Choose a random"
            + " one there and repeat it here: a value that happens to be this text would be passed"
            + " over.");
    def.optional(
        TRUNCATE,
        Type.STRING,
        "fail",
        Words.of("fail", "ignore"),
        LOW,
        Width.SHORT,
        "For envelope debezium: what to do when a table was truncated at the source, which Debezium"
            + " tells with skipped.operations=none only. fail (default): the record is rejected."
            + " ignore: it is passed over. The rows stay in the target in both cases.");
    def.optional(
        TRANSACTION_TOPIC,
        Type.STRING,
        "",
        null,
        MEDIUM,
        Width.MEDIUM,
        "For envelope debezium with delivery.mode=consistent: the topic where Debezium's connector"
            + " tells the ends of transactions (provide.transaction.metadata=true there), which is"
            + " its topic.prefix and .transaction. It must be one of this connector's topics, and have"
            + " one partition. A transaction is applied as a whole when its end and all its events in"
            + " this connector's topics have come; rows of a snapshot are applied as they come.");
    def.optional(
        BEFORE,
        Type.STRING,
        "key",
        Words.of("key", "full"),
        LOW,
        Width.SHORT,
        "For envelope debezium: what the events tell of rows as they were before, which conflict.policy"
            + " compares by. key (default): the primary key alone is trusted, since PostgreSQL logs no"
            + " more with REPLICA IDENTITY DEFAULT, and Debezium then makes up the rest. full: every"
            + " column. Say so only if every table has REPLICA IDENTITY FULL in PostgreSQL,"
            + " binlog_row_image=FULL is set in MySQL, or all columns are in Oracle's supplemental log;"
            + " the events cannot show it.");
    def.optional(
        SCHEMALESS,
        Type.STRING,
        "refuse",
        Words.of("refuse", TEXT),
        LOW,
        Width.SHORT,
        "For envelope debezium with feed.format=json: what to do with events without their schema"
            + " (schemas.enable=false on Debezium's converters), where a date looks like a number and"
            + " bytes look like text. refuse (default): the record is rejected. text: values are read by"
            + " the type of the target's column, and what could mean several things is rejected: numbers"
            + " for dates, times and intervals, everything but true and false for bit strings. Say so"
            + " only if Debezium's connector has decimal.handling.mode=string,"
            + " time.precision.mode=isostring, interval.handling.mode=string and"
            + " binary.handling.mode=hex; the events cannot show it. Events with a schema are rejected"
            + " then. Prefer schemas: with zstd they cost almost nothing.");
  }

  static void defineOrigins(KeyDefinition def) {
    def.optional(
        ORIGIN_FILTER,
        Type.LIST,
        List.of(),
        DebeziumKeys::checkMarks,
        MEDIUM,
        Width.MEDIUM,
        "For envelope debezium: marks of changes to leave out, because replication in the other"
            + " direction wrote them at the source. PostgreSQL: what the name of a replication origin"
            + " begins with, belay_ for what this sink marks there with origin.mark=on. MySQL: the tag"
            + " of a GTID. MariaDB: the domain of a GTID. Oracle: the user that wrote it. An event"
            + " that cannot tell who wrote it is rejected then. Empty (default): nothing is left out.");
  }

  private static void checkMarks(String key, Object value) {
    if (((List<?>) value).stream().anyMatch(mark -> mark.toString().isBlank())) {
      throw new ConfigException(
          key, value, "A mark between two commas is missing, and would be everybody's.");
    }
  }

  private static void checkText(String key, Object value) {
    String text = (String) value;
    if (text.isBlank() || text.startsWith("hex:")) {
      throw new ConfigException(
          key,
          text,
          "Give the text itself, which must not be empty; the form hex: of Debezium is not read"
              + " here.");
    }
  }
}
