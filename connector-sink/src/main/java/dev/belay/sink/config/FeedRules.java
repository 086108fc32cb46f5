package dev.belay.sink.config;

import static dev.belay.sink.config.FeedRules.Fit.LIMITED;
import static dev.belay.sink.config.FeedRules.Fit.NEEDED;
import static dev.belay.sink.config.FeedRules.Fit.NEVER;
import static dev.belay.sink.config.FeedRules.Fit.REFUSED;
import static dev.belay.sink.config.FeedRules.Fit.REJECTED;
import static dev.belay.sink.config.FeedRules.Fit.STOPS;
import static dev.belay.sink.config.FeedRules.Fit.YES;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a changefeed's options, and the connector's that speak of them, allow in each delivery mode.
 * The one table of it: validation refuses by it, and the reference page prints it.
 */
public final class FeedRules {

  /** How a mode takes an option. */
  public enum Fit {
    YES("yes", "Works."),
    NEEDED("needed", "The feed must have it. The note says what happens without."),
    LIMITED("limited", "Works, within what the note says."),
    REFUSED("refused", "Validation refuses the connector, on the keys named in the note."),
    STOPS("stops", "The task stops at the first record that shows it; nothing is lost."),
    REJECTED(
        "rejected",
        "Each such record is rejected: to the dead letter queue, or the task stops at the first."),
    NEVER("never", "Not supported, and not always noticed.");

    private final String word;
    private final String meaning;

    Fit(String word, String meaning) {
      this.word = word;
      this.meaning = meaning;
    }

    /** As the page shows it. */
    public String word() {
      return word;
    }

    public String meaning() {
      return meaning;
    }
  }

  /**
   * One option.
   *
   * @param option as a person would write it
   * @param chosen whether a connector's configuration says so; never, if only records can show it
   * @param keys where validation reports a refusal
   * @param note why, and what to change; {@code {mode}} stands for the mode
   */
  public record Rule(
      String option,
      Fit consistent,
      Fit immediate,
      Fit bestEffort,
      Predicate<SinkConfig> chosen,
      List<String> keys,
      String note) {

    public Fit in(DeliveryMode mode) {
      return switch (mode) {
        case CONSISTENT -> consistent;
        case IMMEDIATE -> immediate;
        case BEST_EFFORT -> bestEffort;
      };
    }

    /** The note for a person who reads about all modes. */
    public String text() {
      return note.replace(
          MODE,
          Arrays.stream(DeliveryMode.values())
              .filter(mode -> in(mode) == REFUSED)
              .map(DeliveryMode::word)
              .collect(Collectors.joining(" or ")));
    }
  }

  /**
   * What a configuration may not have.
   *
   * @param keys where to report it
   */
  public record Refusal(List<String> keys, String text) {}

  private static final String MODE = "{mode}";
  private static final Predicate<SinkConfig> ONLY_RECORDS_SHOW_IT = config -> false;

  /** The value of {@link SinkKeys#ENVELOPE}. */
  public static final List<Rule> ENVELOPES =
      List.of(
          configured(
              "envelope=wrapped",
              YES,
              YES,
              YES,
              envelope("wrapped"),
              List.of(),
              "The default. A delete names its row by the Kafka key alone, unless the feed has diff."),
          configured(
              "envelope=enriched",
              YES,
              YES,
              YES,
              envelope("enriched"),
              List.of(),
              "Needs enriched_properties='source' beside updated, since the commit time is"
                  + " source.ts_hlc. 'source,schema' is read as well, and makes messages larger."),
          configured(
              "envelope=bare, with event_op() in a column",
              YES,
              YES,
              YES,
              envelope("bare").and(config -> !config.opColumn().isEmpty()),
              List.of(),
              "Name the column in feed.op.column; it is taken out of the row."),
          configured(
              "envelope=bare, without event_op()",
              REFUSED,
              REFUSED,
              REFUSED,
              envelope("bare").and(config -> config.opColumn().isEmpty()),
              List.of(SinkKeys.OP_COLUMN),
              "With feed.envelope=bare a delete looks like an update to NULLs. Project event_op() in"
                  + " the changefeed's query (SELECT *, event_op() AS op ...) and name its column in"
                  + " feed.op.column, or create the changefeed with envelope=wrapped."),
          configured(
              "envelope=row",
              REFUSED,
              LIMITED,
              REFUSED,
              envelope("row"),
              List.of(SinkKeys.ENVELOPE, SinkKeys.DELIVERY_MODE),
              "A delete of envelope=row is a null value without a commit time, so delivery.mode={mode}"
                  + " cannot place it. Create the changefeed with envelope=wrapped. In"
                  + " delivery.mode=immediate inserts and updates are applied, and the first delete"
                  + " stops the task."),
          configured(
              "envelope=key_only",
              REFUSED,
              REFUSED,
              REFUSED,
              envelope("key_only"),
              List.of(SinkKeys.ENVELOPE),
              "key_only carries no row, so there is nothing to apply. Create the changefeed with"
                  + " envelope=wrapped."),
          configured(
              "envelope=debezium",
              REFUSED,
              LIMITED,
              REFUSED,
              config -> config.isDebezium() && config.transactionTopic().isEmpty(),
              List.of(SinkKeys.ENVELOPE, SinkKeys.DELIVERY_MODE),
              "Debezium's connectors send no resolved times, so delivery.mode={mode} would never apply"
                  + " a row. Set feed.transaction.topic with consistent, or set delivery.mode=immediate."
                  + " There, rows are applied as they arrive, and what Debezium sends again after a"
                  + " restart is told by its place in the source's log, for as many rows as"
                  + " replay.memory.records."),
          configured(
              "envelope=debezium with feed.transaction.topic",
              YES,
              REFUSED,
              REFUSED,
              config -> config.isDebezium() && config.transactionTopic().isPresent(),
              List.of(DebeziumKeys.TRANSACTION_TOPIC, SinkKeys.DELIVERY_MODE),
              "Transactions are counted with delivery.mode=consistent only. With it, each is applied"
                  + " as a whole: when its end has come, and as many events of each subscribed table as"
                  + " that says. Set delivery.mode=consistent, or take feed.transaction.topic away."),
          configured(
              "feed.transaction.topic that is none of the connector's topics",
              REFUSED,
              REFUSED,
              REFUSED,
              config ->
                  config
                      .transactionTopic()
                      .filter(topic -> !config.isDebezium() || !config.isSubscribed(topic))
                      .isPresent(),
              List.of(DebeziumKeys.TRANSACTION_TOPIC),
              "The ends of transactions are read as any other record. Set feed.envelope=debezium, and add"
                  + " the topic to topics or topics.regex; or take feed.transaction.topic away."),
          configured(
              "envelope=debezium with reject.scope=transaction",
              REFUSED,
              REFUSED,
              REFUSED,
              config -> config.isDebezium() && config.rejectWholeTransactions(),
              List.of(SinkKeys.REJECT_SCOPE),
              "A transaction is told by one commit time on all its rows, and Debezium gives each row a"
                  + " place of its own. Set reject.scope=row; set feed.envelope to another only if the feed"
                  + " is a changefeed."),
          configured(
              "origin.filter without envelope=debezium",
              REFUSED,
              REFUSED,
              REFUSED,
              config -> !config.isDebezium() && !config.originFilter().isEmpty(),
              List.of(DebeziumKeys.ORIGIN_FILTER),
              "CockroachDB's changefeeds do not say who wrote a row; what the sink writes there with"
                  + " origin.mark=on is in no changefeed to begin with. Take origin.filter away, or set"
                  + " feed.envelope=debezium if the feed is of a Debezium connector."),
          configured(
              "feed.schemaless=text without envelope=debezium and format=json",
              REFUSED,
              REFUSED,
              REFUSED,
              config ->
                  config.isSchemaless()
                      && (!config.isDebezium() || config.isAvro() || config.isStruct()),
              List.of(DebeziumKeys.SCHEMALESS),
              "Only JSON of a Debezium connector comes without the schema that it was made by. Set"
                  + " feed.envelope=debezium and feed.format=json, or take feed.schemaless away."),
          configured(
              "envelope=debezium with format=avro",
              REFUSED,
              REFUSED,
              REFUSED,
              config -> config.isDebezium() && config.isAvro(),
              List.of(RegistryKeys.FORMAT),
              "feed.format=avro reads Avro of CockroachDB's changefeeds. For Avro of Debezium's"
                  + " connectors set feed.format=struct, and key.converter and value.converter to the"
                  + " Avro converter that they have."));

  /** Options of the changefeed, and of the connector. */
  public static final List<Rule> OPTIONS =
      List.of(
          shown(
              "updated",
              NEEDED,
              NEEDED,
              NEEDED,
              "The commit time of each row. Without it the versions of a row cannot be told apart, and"
                  + " the task stops at the first change."),
          shown(
              "resolved",
              NEEDED,
              LIMITED,
              NEEDED,
              "The times at which nothing older will follow. Without them consistent and best-effort"
                  + " have no frontier: consistent applies nothing until window.buffer.bytes is full,"
                  + " and then in pieces or not at all (window.oversize); best-effort applies rows as"
                  + " they arrive, for ever. In immediate mode nothing is ever final without them: what"
                  + " keeps rows from going backwards is bounded by replay.memory.records, and an older"
                  + " repetition takes a row back (the log warns); rows that wait for another one wait"
                  + " without end. Give every feed resolved."),
          shown(
              "min_checkpoint_frequency",
              YES,
              YES,
              YES,
              "Resolved times come no more often than this, 30 s unless set: the frontier cannot be"
                  + " closer than that."),
          shown(
              "diff",
              YES,
              YES,
              YES,
              "Not needed. With it a delete names its row by the before image, so that key.columns is"
                  + " not needed either. For envelope wrapped and enriched. Without it, set key.columns"
                  + " where the key of a wrapped feed has several integers, or other parts of one type."),
          shown(
              "key_in_value",
              YES,
              YES,
              YES,
              "Not needed. A key inside the value that differs from the Kafka key rejects the record. In"
                  + " envelope wrapped it has no names, so it does not replace key.columns."),
          shown(
              "mvcc_timestamp",
              YES,
              YES,
              YES,
              "Tells rows of a scan from changes: one at or below the resolved time is a repetition, and"
                  + " no suspect. The source connector sets it where a job scans."),
          shown(
              "full_table_name",
              YES,
              YES,
              YES,
              "Recommended: without it two schemas with a table of one name share a topic. Set"
                  + " feed.full.table.name where table names have dots."),
          shown(
              "topic_prefix, topic_name with topic_in_value",
              YES,
              YES,
              YES,
              "Set feed.topic.prefix, feed.topic.name. Envelope enriched with source needs no"
                  + " topic_in_value."),
          configured(
              "topic_name with envelope=row",
              REFUSED,
              REFUSED,
              REFUSED,
              envelope("row").and(config -> !config.topicName().isEmpty()),
              List.of(SinkKeys.TOPIC_NAME, SinkKeys.ENVELOPE),
              "All tables share one topic, and a value of envelope=row does not name its table. Create"
                  + " the changefeed without topic_name, or with envelope=wrapped and topic_in_value."),
          configured(
              "split_column_families, or a FAMILY of a table",
              REFUSED,
              LIMITED,
              REFUSED,
              SinkConfig::splitColumnFamilies,
              List.of(SinkKeys.SPLIT_FAMILIES, SinkKeys.DELIVERY_MODE),
              "A changefeed with split_column_families has no resolved times, which"
                  + " delivery.mode={mode} needs. Use delivery.mode=immediate, within what is said of"
                  + " feeds without resolved, and subscribe to the topics of all families of a table. A"
                  + " row is there if the family with the key's columns says so. A record of another"
                  + " family only changes it, and waits where there is none. Null of such a family empties"
                  + " its columns (family.columns); where one of them is NOT NULL in the target, it can"
                  + " only mean a row that is gone, and does nothing."),
          configured(
              "split_column_families with tasks.max above 1",
              REFUSED,
              REFUSED,
              REFUSED,
              config -> config.splitColumnFamilies() && config.tasksMax() > 1,
              List.of(SinkKeys.SPLIT_FAMILIES, "tasks.max"),
              "The column families of a row come by topics of their own, and several tasks would write"
                  + " one row without knowing of each other. Set tasks.max=1."),
          configured(
              "split_column_families with delete.mode other than delete",
              REFUSED,
              REFUSED,
              REFUSED,
              config ->
                  config.splitColumnFamilies()
                      && (config.ignoresDeletes() || config.deleteMark().isPresent()),
              List.of(SinkKeys.SPLIT_FAMILIES, MappingKeys.DELETE_MODE),
              "Null of a column family can mean that the row is gone or that its columns are NULL, and"
                  + " only the first is a delete. Set feed.split.column.families=false with a feed of whole"
                  + " rows, or delete.mode=delete."),
          configured(
              "split_column_families with columns.unknown=<column>",
              REFUSED,
              REFUSED,
              REFUSED,
              config ->
                  config.splitColumnFamilies()
                      && !config.unknownColumns().equals("fail")
                      && !config.unknownColumns().equals("ignore"),
              List.of(SinkKeys.SPLIT_FAMILIES, MappingKeys.COLUMNS_UNKNOWN),
              "Each column family would write the whole JSON column over what another wrote. Set"
                  + " feed.split.column.families=false with a feed of whole rows, or columns.unknown to"
                  + " ignore or fail."),
          shown(
              "initial_scan='only'",
              STOPS,
              STOPS,
              STOPS,
              "CockroachDB takes neither updated nor resolved with it. Use initial_scan='yes'."),
          configured(
              "format=avro with confluent_schema_registry",
              YES,
              YES,
              YES,
              config -> false,
              List.of(),
              "Set feed.format=avro and feed.schema.registry.url. Keys have names, so key.columns is not"
                  + " needed. GEOMETRY and GEOGRAPHY come with their reference system, which must be the"
                  + " target column's. Give all feeds of a topic one registry: a key"
                  + " whose schema gets another id may go to another partition."),
          configured(
              "format=avro, without feed.schema.registry.url",
              REFUSED,
              REFUSED,
              REFUSED,
              config -> config.isAvro() && config.registry().urls().isEmpty(),
              List.of(RegistryKeys.FORMAT, RegistryKeys.URL),
              "Records of feed.format=avro name their schemas by id, which only the changefeed's schema"
                  + " registry knows. Set feed.schema.registry.url."),
          shown(
              "format=avro, read by a converter of Connect",
              YES,
              YES,
              YES,
              "Set feed.format=struct. What the converter leaves out of its schemas is told from the"
                  + " target's column: JSON, bit strings, and times, which come as counts. Times in text and"
                  + " JSON columns come as numbers. With ByteArrayConverter and"
                  + " feed.format=avro nothing is left out."),
          shown(
              "format=csv, protobuf",
              REJECTED,
              REJECTED,
              REJECTED,
              "csv carries neither deletes nor times, and protobuf is for previews of the database's."
                  + " Create the changefeed with format=json or format=avro."),
          shown(
              "unordered, key_column",
              NEVER,
              NEVER,
              NEVER,
              "The Kafka key is then not the primary key. With key_in_value each record whose keys"
                  + " differ is rejected. Without it rows are written by their own columns, and a delete"
                  + " of a feed without diff has nothing but the Kafka key: it is rejected once a row of"
                  + " the table has shown that its key says something else, and before that it can be"
                  + " taken for another row's if the value fits the key's type, as integers do;"
                  + " key.columns does not prevent that. Create the changefeed without them."),
          configured(
              "tasks.max above 1",
              REFUSED,
              LIMITED,
              REFUSED,
              config -> config.tasksMax() > 1,
              List.of("tasks.max", SinkKeys.DELIVERY_MODE),
              "delivery.mode={mode} needs one task, since only one can know the frontier of all"
                  + " partitions. Set tasks.max=1 and split the load by connectors for groups of tables"
                  + " that share no foreign key, or use delivery.mode=immediate. There, several tasks"
                  + " are for tables with neither foreign keys nor unique values besides the key, and"
                  + " stop at others; the metrics then show no frontier; and partitions that are added"
                  + " stop the connector."));

  private FeedRules() {}

  /** What a configuration may not have in its mode. */
  public static List<Refusal> refusals(SinkConfig config) {
    DeliveryMode mode = config.mode();
    return Stream.concat(ENVELOPES.stream(), OPTIONS.stream())
        .filter(rule -> rule.in(mode) == REFUSED && rule.chosen().test(config))
        .map(rule -> new Refusal(rule.keys(), rule.note().replace(MODE, mode.word())))
        .toList();
  }

  private static Predicate<SinkConfig> envelope(String word) {
    return config -> config.envelope().equals(word);
  }

  private static Rule configured(
      String option,
      Fit consistent,
      Fit immediate,
      Fit bestEffort,
      Predicate<SinkConfig> chosen,
      List<String> keys,
      String note) {
    return new Rule(option, consistent, immediate, bestEffort, chosen, keys, note);
  }

  private static Rule shown(
      String option, Fit consistent, Fit immediate, Fit bestEffort, String note) {
    return new Rule(
        option, consistent, immediate, bestEffort, ONLY_RECORDS_SHOW_IT, List.of(), note);
  }
}
