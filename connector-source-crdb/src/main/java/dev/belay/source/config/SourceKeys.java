package dev.belay.source.config;

import org.apache.kafka.common.config.ConfigDef;

/** The keys of the source connector; their texts, and what each takes, are in their groups. */
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
    KeyDefinition def = new KeyDefinition();
    ConnectionKeys.define(def);
    FeedKeys.define(def);
    KafkaSinkKeys.define(def);
    SupervisionKeys.define(def);
    SupervisionKeys.defineKafka(def);
    SinklessKeys.define(def);
    return def.finished();
  }
}
