package dev.belay.source.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import dev.belay.source.feed.HlcTimestamp;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The keys of the source connector, their texts, and what each takes by itself. */
public final class SourceKeys {
  public static final String URL = "source.connection.url";
  public static final String USER = "source.connection.user";
  public static final String PASSWORD = "source.connection.password";
  public static final String JDBC_PREFIX = "source.jdbc.";
  public static final String JDBC_SSL_PASSWORD = "source.jdbc.sslpassword";
  public static final String CONNECT_TIMEOUT = "source.connect.timeout.ms";
  public static final String STATEMENT_TIMEOUT = "source.statement.timeout.ms";
  public static final String ALLOW_INSECURE = "allow.insecure";
  public static final String DELIVERY = "feed.delivery";
  public static final String FEED_ID = "feed.id";
  public static final String TABLES = "feed.tables";
  public static final String SCHEMA_FILTER = "feed.schema.filter";
  public static final String TABLE_FILTER = "feed.table.filter";
  public static final String TABLE_EXCLUSION = "feed.table.exclusion.filter";
  public static final String ENVELOPE = "feed.envelope";
  public static final String DIFF = "feed.diff";
  public static final String FULL_TABLE_NAME = "feed.full.table.name";
  public static final String TOPIC_PREFIX = "feed.topic.prefix";
  public static final String RESOLVED = "feed.resolved.interval.ms";
  public static final String INITIAL_SCAN = "feed.initial.scan";
  public static final String CURSOR = "feed.cursor";
  public static final String BIDIRECTIONAL = "feed.bidirectional";
  public static final String SCHEMA_CHANGE = "feed.schema.change.policy";
  public static final String OPTION_PREFIX = "feed.option.";
  public static final String OVERRIDES_FILE = "feed.overrides.file";
  public static final String SINK_URI = "feed.sink.uri";
  public static final String SINK_PARAMETERS = "feed.sink.query.parameters";
  public static final String SINK_CA = "feed.sink.ca.cert";
  public static final String SINK_CERT = "feed.sink.client.cert";
  public static final String SINK_KEY = "feed.sink.client.key";
  public static final String SASL_MECHANISM = "feed.sink.sasl.mechanism";
  public static final String SASL_USER = "feed.sink.sasl.user";
  public static final String SASL_PASSWORD = "feed.sink.sasl.password";
  public static final String KAFKA_SINK_CONFIG = "feed.kafka.sink.config";
  public static final String GC_PROTECT = "feed.gc.protect.expires.after.ms";
  public static final String AWAY = "feed.away.max.ms";
  public static final String TABLES_PER_JOB = "feed.tables.per.job";
  public static final String REVISION = "feed.revision";
  public static final String INTERVAL = "supervise.interval.ms";
  public static final String RESUME_MAX = "resume.max.attempts";
  public static final String RESUME_BACKOFF = "resume.backoff.ms";
  public static final String RESUME_BACKOFF_MAX = "resume.backoff.max.ms";
  public static final String STALL_TIMEOUT = "stall.timeout.ms";
  public static final String STALL_ACTION = "stall.action";
  public static final String NEEDS_ACTION = "needs.action";
  public static final String STATUS_TOPIC = "status.topic";
  public static final String STATUS_INTERVAL = "status.interval.ms";
  public static final String STATUS_REPLICATION = "status.topic.replication.factor";
  public static final String KAFKA_ADMIN_PREFIX = "kafka.admin.";
  public static final String KAFKA_ADMIN_BOOTSTRAP = "kafka.admin.bootstrap.servers";
  public static final String TOPIC_PARTITIONS = "topic.partitions";
  public static final String TOPIC_REPLICATION = "topic.replication.factor";
  public static final String TRANSACTION_RECORDS = "transaction.max.records";
  public static final String TRANSACTION_BYTES = "transaction.max.bytes";
  public static final String BUFFER = "feed.buffer.bytes";
  public static final String SPILL_DIR = "spill.dir";
  public static final String SCAN_PAGE = "scan.page.rows";

  /** A task's share of the tables; the connector's own, nobody sets it. */
  public static final String SHARE = "task.share";

  private SourceKeys() {}

  /** A fresh definition. */
  public static ConfigDef definition() {
    Definition def = new Definition();
    connection(def);
    feed(def);
    kafkaSink(def);
    supervision(def);
    kafka(def);
    sinkless(def);
    return def.def;
  }

  private static void connection(Definition def) {
    def.group("CockroachDB");
    def.required(
        URL,
        Type.STRING,
        nonBlank(),
        HIGH,
        "JDBC URL of the database whose tables are watched, for example"
            + " jdbc:postgresql://crdb-1:26257,crdb-2:26257/shop?sslmode=verify-full. Several hosts are"
            + " tried in turn. Driver settings go here or under source.jdbc.");
    def.required(
        USER,
        Type.STRING,
        nonBlank(),
        HIGH,
        "User to connect as. It owns the changefeed jobs and needs CHANGEFEED on each table;"
            + " config/sql/cockroachdb/grants.sql has all that it needs.");
    def.optional(
        PASSWORD,
        Type.PASSWORD,
        "",
        null,
        HIGH,
        "Password of the user, or empty with client certificates (source.jdbc.sslcert). Use a config"
            + " provider, for example ${file:/etc/belay/secrets:password}.");
    def.optional(
        JDBC_SSL_PASSWORD,
        Type.PASSWORD,
        "",
        null,
        LOW,
        "Password of the key in source.jdbc.sslkey; by a config provider.");
    def.optional(
        CONNECT_TIMEOUT,
        Type.LONG,
        10_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        "How long to wait for a new connection, in milliseconds; rounded up to whole seconds.");
    def.optional(
        STATEMENT_TIMEOUT,
        Type.LONG,
        30_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        "After how long the cluster gives up a statement of ours, in milliseconds. Creating a feed over"
            + " many tables may need more.");
    def.optional(
        ALLOW_INSECURE,
        Type.BOOLEAN,
        false,
        null,
        MEDIUM,
        "Whether connections without TLS are allowed to hosts other than this one: ours to CockroachDB,"
            + " and CockroachDB's to Kafka. For a test only: rows and passwords can be read on the way.");
  }

  private static void feed(Definition def) {
    def.group("Feed");
    def.optional(
        DELIVERY,
        Type.STRING,
        "kafka",
        Words.of("kafka", "sinkless"),
        HIGH,
        "How rows get into Kafka. kafka (default): CockroachDB writes to Kafka itself, by jobs that this"
            + " connector creates and watches. sinkless: the task reads the feed over its SQL connection"
            + " and produces the same records; for clusters that cannot reach Kafka.");
    def.optional(
        FEED_ID,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "The feed's identity, which is written into its jobs. Empty (default): the connector's name."
            + " Two Connect clusters that watch one CockroachDB cluster need different ones.");
    def.optional(
        TABLES,
        Type.LIST,
        List.of(),
        null,
        HIGH,
        "Tables to watch: table, schema.table or database.schema.table, of the database in the URL; parts"
            + " in double quotes where they are not plain lower-case names. Or choose by the filters.");
    def.optional(
        SCHEMA_FILTER,
        Type.STRING,
        "",
        SourceKeys::checkPattern,
        MEDIUM,
        "Regular expression for the whole name of a schema, for example migration_schema. With it or"
            + " feed.table.filter, every matching table with a primary key is watched. Judged when the"
            + " connector starts.");
    def.optional(
        TABLE_FILTER,
        Type.STRING,
        "",
        SourceKeys::checkPattern,
        MEDIUM,
        "Regular expression for the whole name of a table, for example employees|payments|orders.");
    def.optional(
        TABLE_EXCLUSION,
        Type.STRING,
        "",
        SourceKeys::checkPattern,
        LOW,
        "Regular expression for the whole name of tables that are left out though a filter takes them.");
    def.optional(
        ENVELOPE,
        Type.STRING,
        "wrapped",
        Words.of("wrapped", "enriched"),
        MEDIUM,
        "Shape of a message. wrapped (default): before and after. enriched: with op and source; larger."
            + " Both are read by the Belay sink.");
    def.optional(
        DIFF,
        Type.BOOLEAN,
        false,
        null,
        MEDIUM,
        "Whether messages have the row as it was before; needed for some conflict policies, and costs the"
            + " cluster a second read.");
    def.optional(
        FULL_TABLE_NAME,
        Type.BOOLEAN,
        true,
        null,
        MEDIUM,
        "Whether topics are named database.schema.table (default) or by the table alone. Cannot be changed"
            + " while the feed has jobs.");
    def.optional(
        TOPIC_PREFIX,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Text before each topic's name. Default: none.");
    def.optional(
        RESOLVED,
        Type.LONG,
        1_000L,
        ConfigDef.Range.between(100, 3_600_000),
        MEDIUM,
        "How often the feed tells that nothing older will follow, in milliseconds; also how often it"
            + " remembers its position. The target is never closer to the source than this.");
    def.optional(
        INITIAL_SCAN,
        Type.STRING,
        "yes",
        Words.of("yes", "no"),
        MEDIUM,
        "Whether a table begins with all its rows. yes (default). no: only changes from feed.cursor, or"
            + " from now, on; for a target that is known to be equal then.");
    def.optional(
        CURSOR,
        Type.STRING,
        "",
        SourceKeys::checkTime,
        MEDIUM,
        "The time after which changes are wanted where feed.initial.scan=no, as CockroachDB writes it:"
            + " nanoseconds, a dot, ten digits (SELECT cluster_logical_timestamp()). Empty: now. Only for"
            + " tables without an offset.");
    def.optional(
        BIDIRECTIONAL,
        Type.BOOLEAN,
        false,
        null,
        MEDIUM,
        "Whether another flow writes into these tables at the same time. Then tables begin without a scan,"
            + " and schema changes send no rows again: both would overwrite newer rows on the other side.");
    def.optional(
        SCHEMA_CHANGE,
        Type.STRING,
        "",
        Words.of("", "backfill", "nobackfill", "stop"),
        LOW,
        "What a schema change with new values for old rows does. backfill: the table is sent again"
            + " (default). nobackfill: it is not (default when bidirectional). stop: the feed stops.");
    def.optional(
        GC_PROTECT,
        Type.LONG,
        259_200_000L,
        ConfigDef.Range.between(3_600_000, 31_536_000_000L),
        MEDIUM,
        "For how long a paused or lagging job holds back garbage collection, in milliseconds; 3 days"
            + " unless set. After that the cluster cancels the job, and the way back is lost.");
    def.optional(
        AWAY,
        Type.LONG,
        14_400_000L,
        ConfigDef.Range.between(0, 31_536_000_000L),
        MEDIUM,
        "For how long you want to be able to be away, in milliseconds; 4 hours unless set. The preflight"
            + " holds gc.ttlseconds of the tables and feed.gc.protect.expires.after.ms against it: a"
            + " failed feed that nobody mends within that time must still be able to go on.");
    def.optional(
        TABLES_PER_JOB,
        Type.INT,
        0,
        ConfigDef.Range.between(0, 10_000),
        LOW,
        "At most so many tables share a job; 0 (default): all that begin at one time. CockroachDB advises"
            + " fewer than 80 jobs in a cluster.");
    def.optional(
        REVISION,
        Type.STRING,
        "",
        null,
        LOW,
        "Any text. When it changes, the jobs are replaced from where they are, without a gap: use it after"
            + " a change that the jobs do not show, such as a password in feed.sink.uri.");
    def.optional(
        OVERRIDES_FILE,
        Type.STRING,
        "",
        null,
        LOW,
        "Path of a JSON file with overrides, read by the worker: host, port, sink_query_parameters,"
            + " ca_cert, client_cert, client_key (Base64 of PEM), and options. What is set there wins.");
  }

  private static void kafkaSink(Definition def) {
    def.group("CockroachDB to Kafka");
    def.optional(
        SINK_URI,
        Type.PASSWORD,
        "",
        null,
        HIGH,
        "Where CockroachDB finds Kafka: kafka://host:9093, several hosts with commas, or external://NAME"
            + " for CREATE EXTERNAL CONNECTION, which keeps brokers and secrets in the cluster. Needed for"
            + " feed.delivery=kafka.");
    def.optional(
        SINK_PARAMETERS,
        Type.PASSWORD,
        "",
        null,
        LOW,
        "Further parameters of the URI, URL-encoded and joined by &, for example"
            + " tls_enabled=true&sasl_handshake=false.");
    def.optional(
        SINK_CA,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Certificate of the authority that signed the brokers' certificates, PEM or its Base64; switches"
            + " TLS on. ${file:...} and ${directory:...} work.");
    def.optional(
        SINK_CERT,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Certificate that CockroachDB shows to the brokers, PEM or its Base64.");
    def.optional(
        SINK_KEY,
        Type.PASSWORD,
        "",
        null,
        MEDIUM,
        "Key of that certificate, PEM or its Base64; by a config provider.");
    def.optional(
        SASL_MECHANISM,
        Type.STRING,
        "",
        Words.of("", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
        MEDIUM,
        "How CockroachDB proves who it is to the brokers; empty: it does not. Others by"
            + " feed.sink.query.parameters.");
    def.optional(SASL_USER, Type.STRING, "", null, MEDIUM, "User for the brokers.");
    def.optional(SASL_PASSWORD, Type.PASSWORD, "", null, MEDIUM, "Password for the brokers.");
    def.optional(
        KAFKA_SINK_CONFIG,
        Type.STRING,
        "",
        SourceKeys::checkJson,
        LOW,
        "JSON that is merged into kafka_sink_config, for example {\"Compression\":\"ZSTD\"}. ClientID is"
            + " ours. RequiredAcks is ALL unless set here: CockroachDB's own default ONE loses rows when a"
            + " broker fails over.");
  }

  private static void supervision(Definition def) {
    def.group("Supervision");
    def.optional(
        INTERVAL,
        Type.LONG,
        5_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        "How often the jobs are looked at, in milliseconds.");
    def.optional(
        RESUME_MAX,
        Type.INT,
        10,
        ConfigDef.Range.between(0, 10_000),
        MEDIUM,
        "How often a job that an error stops is resumed or made again in a row before a person is asked;"
            + " the count begins anew when it moves on.");
    def.optional(
        RESUME_BACKOFF,
        Type.LONG,
        5_000L,
        ConfigDef.Range.between(10, 3_600_000),
        LOW,
        "Pause before the first such try, in milliseconds; doubled each time.");
    def.optional(
        RESUME_BACKOFF_MAX,
        Type.LONG,
        300_000L,
        ConfigDef.Range.between(10, 86_400_000),
        LOW,
        "The longest such pause, in milliseconds.");
    def.optional(
        STALL_TIMEOUT,
        Type.LONG,
        300_000L,
        ConfigDef.Range.between(1_000, 86_400_000),
        MEDIUM,
        "After how long without progress of the resolved time a running feed counts as STALLED, in"
            + " milliseconds. An initial scan has none, and is not judged.");
    def.optional(
        STALL_ACTION,
        Type.STRING,
        "report",
        Words.of("report", "fail"),
        MEDIUM,
        "What STALLED does. report (default): status, metric and one line in the log. fail: the task fails"
            + " as well, for those who watch task states only.");
    def.optional(
        NEEDS_ACTION,
        Type.STRING,
        "fail",
        Words.of("fail", "report"),
        MEDIUM,
        "What happens where only a person can go on. fail (default): the status says so and the task fails"
            + " with the remedy. report: the task stays and watches the other jobs.");
    def.optional(
        STATUS_TOPIC,
        Type.STRING,
        "belay-status",
        nonBlank(),
        MEDIUM,
        "Topic with one JSON record for each job, compacted; made if it is not there. Several connectors"
            + " may share it.");
    def.optional(
        STATUS_REPLICATION,
        Type.SHORT,
        (short) -1,
        ConfigDef.Range.between(-1, Short.MAX_VALUE),
        LOW,
        "Replicas of that topic when it is made; -1 (default): as the brokers say.");
    def.optional(
        STATUS_INTERVAL,
        Type.LONG,
        10_000L,
        ConfigDef.Range.between(100, 3_600_000),
        LOW,
        "How often the record is written though nothing but its times changed, in milliseconds.");
  }

  private static void kafka(Definition def) {
    def.group("Kafka");
    def.required(
        KAFKA_ADMIN_BOOTSTRAP,
        Type.STRING,
        nonBlank(),
        HIGH,
        "Brokers of the cluster that has the topics, for the task's own admin client: it makes topics, and"
            + " checks those that are there. Every other setting of that client (security.protocol, sasl.*,"
            + " ssl.*) goes under kafka.admin. too.");
  }

  private static void sinkless(Definition def) {
    def.group("Sinkless delivery");
    def.optional(
        TOPIC_PARTITIONS,
        Type.INT,
        -1,
        ConfigDef.Range.between(-1, 100_000),
        MEDIUM,
        "Partitions of a topic that the task makes. -1 (default): as the brokers say, which is what a"
            + " changefeed to Kafka gets. Topics that are there keep theirs. More partitions let a sink"
            + " use more tasks; adding them later moves keys to other partitions.");
    def.optional(
        TOPIC_REPLICATION,
        Type.SHORT,
        (short) -1,
        ConfigDef.Range.between(-1, Short.MAX_VALUE),
        MEDIUM,
        "Replicas of a topic that the task makes; -1 (default): as the brokers say.");
    def.optional(
        TRANSACTION_RECORDS,
        Type.INT,
        100_000,
        ConfigDef.Range.between(1, 10_000_000),
        LOW,
        "At most so many rows go into one transaction (100000). All rows up to a resolved time share one"
            + " if they fit; if they do not, they go in several, and a crash between those repeats rows,"
            + " which is counted. It must be written within the producer's transaction.timeout.ms.");
    def.optional(
        TRANSACTION_BYTES,
        Type.LONG,
        67_108_864L,
        ConfigDef.Range.between(1024, 2_147_483_647L),
        LOW,
        "The same in bytes of keys and values (64 MiB). A task holds so much in memory beside"
            + " feed.buffer.bytes.");
    def.optional(
        BUFFER,
        Type.LONG,
        67_108_864L,
        ConfigDef.Range.between(65_536, 1L << 40),
        MEDIUM,
        "Memory for rows that wait for their resolved time, in bytes (64 MiB), for each task. Beyond it"
            + " they go to spill.dir. Without one they are handed to Kafka early, with a warning: nothing"
            + " is lost and the order of each key is kept, but a crash repeats them.");
    def.optional(
        SPILL_DIR,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Folder for rows that wait and do not fit into memory, on each worker. Empty (default): none. It"
            + " holds row values: only the worker's user can read what is in it, and it is emptied when"
            + " a task starts and ends.");
    def.optional(
        SCAN_PAGE,
        Type.INT,
        10_000,
        ConfigDef.Range.between(1, 1_000_000),
        LOW,
        "Rows that the initial scan reads with one statement (10000), which go into one transaction.");
  }

  private static Validator nonBlank() {
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

  private static void checkPattern(String name, Object value) {
    try {
      Pattern.compile(String.valueOf(value));
    } catch (PatternSyntaxException e) {
      throw new ConfigException(name, value, "is no regular expression: " + e.getDescription());
    }
  }

  private static void checkTime(String name, Object value) {
    String text = String.valueOf(value);
    if (!text.isBlank() && HlcTimestamp.parse(text).isEmpty()) {
      throw new ConfigException(
          name, value, "is no time of CockroachDB, such as 1701102296662969433.0000000000");
    }
  }

  private static void checkJson(String name, Object value) {
    try {
      KafkaSinkConfig.parse(String.valueOf(value));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name, value, e.getMessage());
    }
  }

  /** Counts the order within a group. */
  private static final class Definition {
    private final ConfigDef def = new ConfigDef();
    private String group = "";
    private int order;

    void group(String name) {
      group = name;
      order = 0;
    }

    void required(String key, Type type, Validator valid, Importance importance, String text) {
      optional(key, type, ConfigDef.NO_DEFAULT_VALUE, valid, importance, text);
    }

    void optional(
        String key,
        Type type,
        Object standard,
        Validator valid,
        Importance importance,
        String text) {
      String words = key.replace('.', ' ').replace(" ms", " (ms)");
      String displayed = Character.toUpperCase(words.charAt(0)) + words.substring(1);
      String whole =
          DeliveryKeys.OF_JOBS.contains(key)
              ? text + " Refused with feed.delivery=sinkless, which has no use for it."
              : text;
      def.define(
          key, type, standard, valid, importance, whole, group, order++, Width.LONG, displayed);
    }
  }
}
