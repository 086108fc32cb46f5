package dev.belay.source.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import dev.belay.source.feed.HlcTimestamp;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** What is watched, from when on, and in which form it is sent. */
final class FeedKeys {
  private FeedKeys() {}

  static void define(KeyDefinition def) {
    def.group("Feed");
    def.optional(
        SourceKeys.DELIVERY,
        Type.STRING,
        "kafka",
        Words.of("kafka", "sinkless"),
        HIGH,
        "How rows get into Kafka. kafka (default): CockroachDB writes to Kafka itself, by jobs that this"
            + " connector creates and watches. sinkless: the task reads the feed over its SQL connection"
            + " and produces the same records; for clusters that cannot reach Kafka.");
    def.optional(
        SourceKeys.FEED_ID,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "The feed's identity, which is written into its jobs. Empty (default): the connector's name."
            + " Two Connect clusters that watch one CockroachDB cluster need different ones.");
    def.optional(
        SourceKeys.TABLES,
        Type.LIST,
        List.of(),
        null,
        HIGH,
        "Tables to watch: table, schema.table or database.schema.table, of the database in the URL; parts"
            + " in double quotes where they are not plain lower-case names. Or choose by the filters.");
    def.optional(
        SourceKeys.SCHEMA_FILTER,
        Type.STRING,
        "",
        FeedKeys::checkPattern,
        MEDIUM,
        "Regular expression for the whole name of a schema, for example migration_schema. With it or"
            + " feed.table.filter, every matching table with a primary key is watched. Judged when the"
            + " connector starts.");
    def.optional(
        SourceKeys.TABLE_FILTER,
        Type.STRING,
        "",
        FeedKeys::checkPattern,
        MEDIUM,
        "Regular expression for the whole name of a table, for example employees|payments|orders.");
    def.optional(
        SourceKeys.TABLE_EXCLUSION,
        Type.STRING,
        "",
        FeedKeys::checkPattern,
        LOW,
        "Regular expression for the whole name of tables that are left out though a filter takes them.");
    def.optional(
        SourceKeys.ENVELOPE,
        Type.STRING,
        "wrapped",
        Words.of("wrapped", "enriched"),
        MEDIUM,
        "Shape of a message. wrapped (default): before and after. enriched: with op and source; larger."
            + " Both are read by the Belay sink.");
    def.optional(
        SourceKeys.DIFF,
        Type.BOOLEAN,
        false,
        null,
        MEDIUM,
        "Whether messages have the row as it was before; needed for some conflict policies, and costs the"
            + " cluster a second read.");
    def.optional(
        SourceKeys.FULL_TABLE_NAME,
        Type.BOOLEAN,
        true,
        null,
        MEDIUM,
        "Whether topics are named database.schema.table (default) or by the table alone. Cannot be changed"
            + " while the feed has jobs.");
    def.optional(
        SourceKeys.TOPIC_PREFIX,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Text before each topic's name. Default: none. With feed.sink.uri=external://NAME the URI of the"
            + " connection decides: set here what its topic_prefix is, so that the right topics are looked"
            + " at; it is not sent.");
    def.optional(
        SourceKeys.RESOLVED,
        Type.LONG,
        1_000L,
        ConfigDef.Range.between(100, 3_600_000),
        MEDIUM,
        "How often the feed tells that nothing older will follow, in milliseconds; also how often it"
            + " remembers its position. The target is never closer to the source than this.");
    def.optional(
        SourceKeys.INITIAL_SCAN,
        Type.STRING,
        "yes",
        Words.of("yes", "no"),
        MEDIUM,
        "Whether a table begins with all its rows. yes (default). no: only changes from feed.cursor, or"
            + " from now, on; for a target that is known to be equal then.");
    def.optional(
        SourceKeys.CURSOR,
        Type.STRING,
        "",
        FeedKeys::checkTime,
        MEDIUM,
        "The time after which changes are wanted where feed.initial.scan=no, as CockroachDB writes it:"
            + " nanoseconds, a dot, ten digits (SELECT cluster_logical_timestamp()). Empty: now. Only for"
            + " tables without an offset.");
    def.optional(
        SourceKeys.BIDIRECTIONAL,
        Type.BOOLEAN,
        false,
        null,
        MEDIUM,
        "Whether another flow writes into these tables at the same time. Then tables begin without a scan,"
            + " and schema changes send no rows again: both would overwrite newer rows on the other side.");
    def.optional(
        SourceKeys.SCHEMA_CHANGE,
        Type.STRING,
        "",
        Words.of("", "backfill", "nobackfill", "stop"),
        LOW,
        "What a schema change with new values for old rows does. backfill: the table is sent again"
            + " (default). nobackfill: it is not (default when bidirectional). stop: the feed stops.");
    def.optional(
        SourceKeys.GC_PROTECT,
        Type.LONG,
        259_200_000L,
        ConfigDef.Range.between(3_600_000, 31_536_000_000L),
        MEDIUM,
        "For how long a paused or lagging job holds back garbage collection, in milliseconds; 3 days"
            + " unless set. After that the cluster cancels the job, and the way back is lost."
            + " feed.option.gc_protect_expires_after wins over it.");
    def.optional(
        SourceKeys.AWAY,
        Type.LONG,
        14_400_000L,
        ConfigDef.Range.between(0, 31_536_000_000L),
        MEDIUM,
        "For how long you want to be able to be away, in milliseconds; 4 hours unless set. The preflight"
            + " holds gc.ttlseconds of the tables and feed.gc.protect.expires.after.ms against it: a"
            + " failed feed that nobody mends within that time must still be able to go on.");
    def.optional(
        SourceKeys.TABLES_PER_JOB,
        Type.INT,
        0,
        ConfigDef.Range.between(0, 10_000),
        LOW,
        "At most so many tables share a job; 0 (default): all that begin at one time. CockroachDB advises"
            + " fewer than 80 jobs in a cluster.");
    def.optional(
        SourceKeys.REVISION,
        Type.STRING,
        "",
        null,
        LOW,
        "Any text. When it changes, the jobs are replaced from where they are, without a gap: use it after"
            + " a change that the jobs do not show, such as a password in feed.sink.uri.");
    def.optional(
        SourceKeys.OVERRIDES_FILE,
        Type.STRING,
        "",
        null,
        LOW,
        "Path of a JSON file with overrides, read by the worker: host, port, sink_query_parameters,"
            + " ca_cert, client_cert, client_key (Base64 of PEM), and options. What is set there wins.");
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
}
