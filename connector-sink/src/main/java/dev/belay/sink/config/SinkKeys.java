package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/**
 * Every key of the sink: name, default, text. The reference page is generated from this, and the
 * names are an interface.
 */
public final class SinkKeys {
  public static final String TARGET_URL = "target.connection.url";
  public static final String TARGET_USER = "target.connection.user";
  public static final String TARGET_PASSWORD = "target.connection.password";
  public static final String TARGET_JDBC_PREFIX = "target.jdbc.";
  public static final String TARGET_CONNECT_TIMEOUT = "target.connect.timeout.ms";
  public static final String TARGET_LOCK_TIMEOUT = "target.lock.timeout.ms";
  public static final String TARGET_IDLE_TIMEOUT = "target.idle.in.transaction.timeout.ms";
  public static final String ORIGIN_MARK = "origin.mark";
  public static final String RETRY_BACKOFF = "target.retry.backoff.ms";
  public static final String TARGET_SCHEMA = "target.schema";
  public static final String TABLES_MAP = "tables.map";
  public static final String KEY_COLUMNS = "key.columns";
  public static final String FAMILY_COLUMNS = "family.columns";
  public static final String TRIGGERS = "triggers";
  public static final String ENVELOPE = "feed.envelope";
  public static final String TOPIC_PREFIX = "feed.topic.prefix";
  public static final String FULL_TABLE_NAME = "feed.full.table.name";
  public static final String TOPIC_NAME = "feed.topic.name";
  public static final String SPLIT_FAMILIES = "feed.split.column.families";
  public static final String OP_COLUMN = "feed.op.column";
  public static final String DELIVERY_MODE = "delivery.mode";
  public static final String BEST_EFFORT_WINDOW = "best.effort.window.ms";
  public static final String BUFFER_BYTES = "window.buffer.bytes";
  public static final String WINDOW_OVERSIZE = "window.oversize";
  public static final String SPILL_DIR = "spill.dir";
  public static final String SPILL_MAX_BYTES = "spill.max.bytes";
  public static final String BATCH_ROWS = "batch.rows";
  public static final String STALL_AFTER = "frontier.stall.ms";
  public static final String REJECT_SCOPE = "reject.scope";
  public static final String REPLAY_SUSPECT = "replay.suspect";
  public static final String REPLAY_MEMORY = "replay.memory.records";
  public static final String CHECKPOINT_CREATE = "checkpoint.create";
  public static final String CHECKPOINT_IDLE = "checkpoint.idle.interval.ms";
  public static final String KAFKA_ADMIN_PREFIX = "kafka.admin.";
  public static final String KAFKA_ADMIN_BOOTSTRAP = "kafka.admin.bootstrap.servers";

  private static final String TARGET = "Target";
  private static final String MAPPING = "Tables and columns";
  private static final String FEED = "Feed";
  private static final String DELIVERY = "Delivery";
  private static final String CONFLICTS = "Conflicts";
  private static final String CHECKPOINT = "Checkpoint";
  private static final String KAFKA = "Kafka";

  private SinkKeys() {}

  /** A fresh definition; callers may add recommenders to theirs. */
  public static ConfigDef definition() {
    KeyDefinition def = new KeyDefinition();
    def.group(TARGET);
    def.required(
        TARGET_URL,
        Type.STRING,
        nonBlank(),
        HIGH,
        Width.LONG,
        "JDBC URL of the database to write to, for example jdbc:postgresql://db.example:5432/shop."
            + " CockroachDB is named by jdbc:cockroachdb:, with what follows as PostgreSQL's driver"
            + " has it. TLS goes into the URL or under target.jdbc. (PostgreSQL, CockroachDB:"
            + " sslmode=verify-full; MySQL:"
            + " sslMode=VERIFY_IDENTITY; MariaDB: sslMode=verify-full).");
    def.required(
        TARGET_USER,
        Type.STRING,
        nonBlank(),
        HIGH,
        Width.MEDIUM,
        "User to connect as. An ordinary role is enough: SELECT, INSERT, UPDATE, DELETE on the"
            + " tables and the rights on schema belay that config/sql/ grants.");
    def.optional(
        TARGET_PASSWORD,
        Type.PASSWORD,
        "",
        null,
        HIGH,
        Width.MEDIUM,
        "Password of the user; use a config provider, for example ${file:/etc/belay/secrets:password}.");
    def.optional(
        TARGET_CONNECT_TIMEOUT,
        Type.LONG,
        10_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        Width.SHORT,
        "How long to wait for a new connection, in milliseconds; rounded up to whole seconds where"
            + " the driver counts in those. Raise it for slow networks; the task is not lost"
            + " meanwhile.");
    def.optional(
        TARGET_LOCK_TIMEOUT,
        Type.LONG,
        30_000L,
        ConfigDef.Range.between(100, 3_600_000),
        MEDIUM,
        Width.SHORT,
        "How long a statement waits for a row lock before the transaction is rolled back and tried"
            + " again, in milliseconds; enforced by the database. Also bounds how long a task waits"
            + " for its predecessor's transaction when it takes over. A connection on which nothing"
            + " comes for 120 s, or for this long and 60 s if that is more, is given up (the driver's"
            + " socketTimeout, unless target.jdbc.socketTimeout says otherwise).");
    def.optional(
        TARGET_IDLE_TIMEOUT,
        Type.LONG,
        60_000L,
        ConfigDef.Range.between(1_000, 3_600_000),
        MEDIUM,
        Width.SHORT,
        "After how long the database ends a transaction of a worker that went silent, in"
            + " milliseconds, so that a frozen worker cannot hold locks for ever.");
    def.optional(
        RETRY_BACKOFF,
        Type.LONG,
        1_000L,
        ConfigDef.Range.between(10, 600_000),
        LOW,
        Width.SHORT,
        "Pause before the next try while the target is away, in milliseconds. Connect keeps the"
            + " records and the group membership meanwhile.");
    def.optional(
        ORIGIN_MARK,
        Type.STRING,
        "off",
        Words.of("off", "on"),
        MEDIUM,
        Width.SHORT,
        "Whether what the sink writes carries a mark at its origin, by which the feed of the other"
            + " direction leaves it out. off (default): it is sent as all else. on, CockroachDB:"
            + " disable_changefeed_replication is set on every connection, and the task stops if that"
            + " does not hold; no changefeed of the cluster then sends these rows, unless it was made"
            + " with ignore_disable_changefeed_replication. on, PostgreSQL: every session has a"
            + " replication origin whose name begins with belay_, for which"
            + " config/sql/postgresql/origin.sql grants the rights; a connector that reads the log"
            + " leaves these rows out by it (slot.stream.params=origin=none of Debezium, or"
            + " origin.filter of this sink). on, MySQL 8.3 and newer with gtid_mode=ON: every GTID has"
            + " the tag belay, for which config/sql/mysql/origin.sql grants the rights, and"
            + " origin.filter leaves it out. Other databases: refused.");
    DebeziumKeys.defineOrigins(def);
    SequenceKeys.define(def);
    DatabaseKeys.define(def);

    def.group(MAPPING);
    def.optional(
        TARGET_SCHEMA,
        Type.STRING,
        "",
        null,
        MEDIUM,
        Width.MEDIUM,
        "Schema of the target tables. Empty: the schema that the feed names (with"
            + " full_table_name), else the first one on the user's search path that has the table.");
    def.optional(
        TABLES_MAP,
        Type.LIST,
        List.of(),
        SinkKeys::checkPairs,
        MEDIUM,
        Width.LONG,
        "Pairs feed:target for tables whose names differ, for example"
            + " public.orders:migration_schema.orders. All others keep their name.");
    MappingKeys.define(def);
    def.optional(
        KEY_COLUMNS,
        Type.STRING,
        "",
        SinkKeys::checkKeyColumns,
        MEDIUM,
        Width.LONG,
        "Names of the parts of CockroachDB's primary key, in its order, where they cannot be known:"
            + " table=first,second;other=-,id. A dash stands for a part that the target lacks (hash"
            + " shard, region). Set it where a key has several parts of one type, integers above all,"
            + " and the feed is neither enriched, whose keys have names, nor has the option diff: a"
            + " delete carries only the key's values then, and is rejected while no row has shown"
            + " which is which. key_in_value does not name them. It is no cure for a feed with"
            + " key_column.");
    def.optional(
        FAMILY_COLUMNS,
        Type.STRING,
        "",
        SinkKeys::checkFamilyColumns,
        LOW,
        Width.LONG,
        "Columns of column families, by the target's names, for a feed with split_column_families:"
            + " table.family=first,second;table.other=id,third. Not needed (default) for a family of"
            + " which a row came, or a before image. Set it where the first record of a family may say"
            + " null: that a row is gone if the family has the key's columns, else that its columns are"
            + " NULL.");
    def.optional(
        TRIGGERS,
        Type.STRING,
        "refuse",
        Words.of("refuse", "allow"),
        MEDIUM,
        Width.SHORT,
        "What to do about user triggers on target tables, whose work CockroachDB has done already."
            + " refuse (default): validation says which, and the task stops at the first row of such a"
            + " table, or when it reads the catalog again. allow: they fire; they can test the session's"
            + " guard variable (belay.applying; on MySQL and MariaDB @belay_apply).");

    def.group(FEED);
    RegistryKeys.define(def);
    def.optional(
        ENVELOPE,
        Type.STRING,
        "wrapped",
        Words.of("wrapped", "enriched", "bare", "row", "key_only", "debezium"),
        HIGH,
        Width.SHORT,
        "The envelope option of the changefeed. wrapped (default) and enriched carry everything;"
            + " bare and row carry too little for some modes; key_only carries no row and is refused."
            + " debezium: the feed is no changefeed, but the events of Debezium's connector for"
            + " PostgreSQL, MySQL, MariaDB or Oracle; needs delivery.mode=immediate.");
    def.optional(
        TOPIC_PREFIX,
        Type.STRING,
        "",
        null,
        MEDIUM,
        Width.MEDIUM,
        "The topic_prefix of the changefeed's sink URI, which is cut off before the table is found.");
    def.optional(
        FULL_TABLE_NAME,
        Type.STRING,
        "auto",
        Words.of("auto", "true", "false"),
        MEDIUM,
        Width.SHORT,
        "Whether the changefeed has full_table_name, so that topics are database.schema.table. auto"
            + " (default): topics of three parts are. Set it where table names have dots.");
    def.optional(
        TOPIC_NAME,
        Type.STRING,
        "",
        null,
        LOW,
        Width.MEDIUM,
        "The topic_name of the changefeed's sink URI, if all tables share one topic. The feed then"
            + " needs topic_in_value, or envelope enriched with source, to say which table a row is of.");
    def.optional(
        SPLIT_FAMILIES,
        Type.BOOLEAN,
        false,
        null,
        LOW,
        Width.SHORT,
        "Whether the changefeed has split_column_families, so that topics are table.family. Needs"
            + " delivery.mode=immediate, since such feeds cannot have resolved times.");
    def.optional(
        OP_COLUMN,
        Type.STRING,
        "",
        null,
        LOW,
        Width.SHORT,
        "For envelope bare: the column in which the changefeed's query puts event_op(), without which"
            + " a delete cannot be told from an update to NULLs.");
    DebeziumKeys.define(def);

    def.group(DELIVERY);
    def.optional(
        DELIVERY_MODE,
        Type.STRING,
        "consistent",
        Words.of("consistent", "immediate", "best-effort"),
        HIGH,
        Width.SHORT,
        "consistent (default): whole source transactions, all tables as of one time; needs updated"
            + " and resolved on the feed, and one task. immediate: rows as they arrive. best-effort:"
            + " immediate while lag is above best.effort.window.ms, consistent again below a quarter.");
    def.optional(
        BEST_EFFORT_WINDOW,
        Type.LONG,
        60_000L,
        ConfigDef.Range.between(100, Long.MAX_VALUE / 2),
        LOW,
        Width.SHORT,
        "For best-effort: the lag above which rows are applied as they arrive, in milliseconds.");
    def.optional(
        BUFFER_BYTES,
        Type.LONG,
        64L << 20,
        ConfigDef.Range.between(1 << 10, 1L << 40),
        MEDIUM,
        Width.SHORT,
        "How many bytes of records (keys and values as in Kafka) may wait in memory for their"
            + " resolved time. Above half of it, partitions that are ahead are paused. Plan for about"
            + " six times as much heap.");
    def.optional(
        WINDOW_OVERSIZE,
        Type.STRING,
        "apply",
        Words.of("apply", "fail"),
        MEDIUM,
        Width.SHORT,
        "What to do when the buffer is full before a resolved time came (a large initial scan or"
            + " transaction), and spill.dir has no room for it or is not set. apply (default): in pieces, parents first; the target is no snapshot"
            + " until the frontier has passed them (metric snapshot). fail: the task stops.");
    def.optional(
        SPILL_DIR,
        Type.STRING,
        "",
        null,
        MEDIUM,
        Width.LONG,
        "For consistent: a folder on the worker for windows that are larger than"
            + " window.buffer.bytes. They are gathered there, and written to the target in one"
            + " transaction, so that it stays a snapshot. Empty (default): no disk is used. Each task makes"
            + " a folder of its own in it, which only its user can read (it holds row values), and"
            + " empties it when it starts and ends.");
    def.optional(
        SPILL_MAX_BYTES,
        Type.LONG,
        10L << 30,
        ConfigDef.Range.between(1 << 10, 1L << 50),
        LOW,
        Width.SHORT,
        "The largest window that goes to spill.dir, in bytes of its records; twice as much disk is"
            + " used while it is written. What is larger goes by window.oversize.");
    def.optional(
        BATCH_ROWS,
        Type.INT,
        10_000,
        ConfigDef.Range.between(1, 1_000_000),
        LOW,
        Width.SHORT,
        "Most rows in one statement.");
    def.optional(
        STALL_AFTER,
        Type.LONG,
        60_000L,
        ConfigDef.Range.between(100, 86_400_000),
        LOW,
        Width.SHORT,
        "After how long without a new resolved time on any partition, or on one since the task claimed"
            + " it while others have theirs, the log and the metric stall say so, in milliseconds. Set it above the feed's resolved interval and"
            + " min_checkpoint_frequency (30 s by default).");
    def.optional(
        REJECT_SCOPE,
        Type.STRING,
        "row",
        Words.of("row", "transaction"),
        MEDIUM,
        Width.SHORT,
        "What a rejected record takes along. row (default): nothing. transaction: all rows of its"
            + " source transaction that are in the same window. Rejected records stop the task unless"
            + " errors.tolerance=all.");
    def.optional(
        REPLAY_SUSPECT,
        Type.STRING,
        "fail",
        Words.of("fail", "warn"),
        MEDIUM,
        Width.SHORT,
        "What to do with a record at or below its partition's resolved time that was never seen: a"
            + " feed that resolved too early, or a second feed on the topic. fail (default): stop,"
            + " since dropping it loses a row. warn: drop it, count it, and say so.");
    def.optional(
        REPLAY_MEMORY,
        Type.INT,
        200_000,
        ConfigDef.Range.between(0, 100_000_000),
        LOW,
        Width.SHORT,
        "How many records are remembered to tell repeated ones from suspect ones (0: none is ever"
            + " suspect). Also how many rows written ahead of the resolved time are remembered, so"
            + " that they do not go backwards (or a 64th of window.buffer.bytes, if that is more); and"
            + " how many records of each partition a restart reads again if the feed has no resolved"
            + " times.");

    def.group(CONFLICTS);
    ConflictKeys.define(def);

    def.group(CHECKPOINT);
    def.optional(
        CHECKPOINT_CREATE,
        Type.STRING,
        "auto",
        Words.of("auto", "never"),
        MEDIUM,
        Width.SHORT,
        "Whether the task may create schema belay and its tables. never: a DBA has run the script in"
            + " config/sql/.");
    def.optional(
        CHECKPOINT_IDLE,
        Type.LONG,
        1_000L,
        ConfigDef.Range.between(10, 3_600_000),
        LOW,
        Width.SHORT,
        "How often a frontier that moves without rows is written at most, in milliseconds.");

    def.group(KAFKA);
    def.required(
        KAFKA_ADMIN_BOOTSTRAP,
        Type.STRING,
        new Brokers(),
        HIGH,
        Width.LONG,
        "Brokers of the cluster that has the topics. The task asks it for topic ids, partitions and"
            + " log ends, and waits where none of them answers or can be resolved. Every other setting"
            + " of the admin client (security.protocol, sasl.*, ssl.*) goes under kafka.admin. too.");
    return def.finished();
  }

  static Validator nonBlank() {
    return new Validator() {
      @Override
      public void ensureValid(String name, Object value) {
        // null: required and missing, which Connect reports by itself
        if (value != null && String.valueOf(value).isBlank()) {
          throw new ConfigException(name, value, "is empty");
        }
      }

      @Override
      public String toString() {
        return "not empty";
      }
    };
  }

  static void checkPairs(String name, Object value) {
    for (Object pair : (List<?>) value) {
      String[] sides = String.valueOf(pair).split(":", -1);
      if (sides.length != 2 || sides[0].isBlank() || sides[1].isBlank()) {
        throw new ConfigException(name, value, "each entry is feed:target");
      }
    }
  }

  private static void checkKeyColumns(String name, Object value) {
    for (String entry : String.valueOf(value).split(";")) {
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      if (equals <= 0 || entry.substring(equals + 1).isBlank()) {
        throw new ConfigException(
            name, value, "each entry is table=column,column with ; between entries");
      }
    }
  }

  private static void checkFamilyColumns(String name, Object value) {
    for (String entry : String.valueOf(value).split(";")) {
      int equals = entry.indexOf('=');
      if (!entry.isBlank()
          && (equals <= 0
              || entry.indexOf('.') < 0
              || entry.indexOf('.') > equals
              || entry.substring(equals + 1).isBlank())) {
        throw new ConfigException(
            name, value, "each entry is table.family=column,column with ; between entries");
      }
    }
  }
}
