package dev.belay.sink;

import dev.belay.sink.apply.Independence;
import dev.belay.sink.apply.Triggers;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.ConflictKeys;
import dev.belay.sink.config.ConflictRules;
import dev.belay.sink.config.DatabaseKeys;
import dev.belay.sink.config.FeedRules;
import dev.belay.sink.config.KeySpelling;
import dev.belay.sink.config.RegistryKeys;
import dev.belay.sink.config.RegistrySettings;
import dev.belay.sink.config.SequenceKeys;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.decode.FeedTopics;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.plan.ConflictPolicies;
import dev.belay.sink.plan.KeyColumns;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.Sequences;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import dev.belay.sink.topics.TopicSurvey;
import dev.belay.sink.topics.TopicWatch;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a configuration gets wrong beyond each field's own rule: contradictions between fields,
 * reported on each of them, and whether Kafka answers and the target takes the user. No server is
 * asked while the URL is at fault. Never throws.
 */
final class Validation {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(Validation.class);
  private static final String ISOLATION = "consumer.override.isolation.level";

  private final Config config;
  private final Map<String, String> given;
  private final Map<String, ConfigValue> values = new HashMap<>();

  Validation(Config config, Map<String, String> given) {
    this.config = config;
    this.given = given;
    config.configValues().forEach(v -> values.put(v.name(), v));
  }

  Config run() {
    keysAreSpelledRight();
    Optional<SinkConfig> read = read();
    if (read.isPresent()) {
      feedFits(read.get());
      convertersFit(read.get());
      isolationFits();
      toleranceFits();
      spillFits();
      registryAnswers(read.get());
      passwordIsHidden(read.get().url());
      conflictsFit(read.get());
      database(read.get())
          .filter(database -> driverFits(database, read.get()))
          .ifPresent(database -> serversAnswer(database, read.get()));
    }
    return config;
  }

  private void keysAreSpelledRight() {
    KeySpelling.slips(given.keySet())
        .forEach(
            (key, meant) ->
                error(
                    meant,
                    "Key "
                        + key
                        + " is unknown and would do nothing; did you mean "
                        + meant
                        + "?"));
  }

  private Optional<SinkConfig> read() {
    try {
      return Optional.of(new SinkConfig(given));
    } catch (ConfigException alreadyOnItsField) {
      return Optional.empty();
    }
  }

  private void feedFits(SinkConfig sink) {
    for (FeedRules.Refusal refusal : FeedRules.refusals(sink)) {
      refusal.keys().forEach(key -> error(key, refusal.text()));
    }
  }

  private void conflictsFit(SinkConfig sink) {
    boolean compares =
        Databases.of(sink.url()).map(known -> known.target().comparesRows()).orElse(true);
    for (FeedRules.Refusal refusal : ConflictRules.refusals(sink, compares)) {
      refusal.keys().forEach(key -> error(key, refusal.text()));
    }
    for (FeedRules.Refusal refusal : new ConflictTables(sink).refusals()) {
      refusal.keys().forEach(key -> error(key, refusal.text()));
    }
  }

  private void convertersFit(SinkConfig sink) {
    for (String which : List.of("key.converter", "value.converter")) {
      String converter = given.get(which);
      if (sink.isStruct()) {
        structsFit(which, Optional.ofNullable(converter).orElse(""));
        nullsFit(sink, which, Optional.ofNullable(converter).orElse(""));
      } else if (converter != null && converter.endsWith("JsonConverter")) {
        error(
            which,
            "JsonConverter turns DECIMAL into double, or refuses what is not in its own envelope."
                + " Set "
                + which
                + "=org.apache.kafka.connect.converters.ByteArrayConverter; the connector reads the"
                + " JSON itself, exactly.");
      }
    }
  }

  private void structsFit(String which, String converter) {
    if (converter.endsWith("ByteArrayConverter") || converter.endsWith("StringConverter")) {
      error(
          which,
          "Passes records on as they are, and feed.format=struct expects what a converter with"
              + " schemas makes of them. Set the converter of the feed's schema registry, or"
              + " feed.format to the format that the changefeed was created with.");
    } else if (converter.endsWith("JsonConverter")
        && "false".equals(given.get(which + ".schemas.enable"))) {
      error(
          which,
          "JsonConverter without schemas turns DECIMAL into double. Set "
              + which
              + "=org.apache.kafka.connect.converters.ByteArrayConverter and feed.format=json; the"
              + " connector reads the JSON itself, exactly.");
    }
  }

  /** Debezium tells defaults of columns, which no changefeed does. */
  private void nullsFit(SinkConfig sink, String which, String converter) {
    if (sink.isDebezium()
        && converter.endsWith("JsonConverter")
        && !"false".equals(given.get(which + ".replace.null.with.default"))) {
      error(
          which,
          "JsonConverter puts a column's default where the source has NULL. Set "
              + which
              + ".replace.null.with.default=false, here and on Debezium's connector.");
    }
  }

  private void isolationFits() {
    String isolation = Optional.ofNullable(given.get(ISOLATION)).orElse("");
    if (!isolation.equals("read_committed")) {
      error(
          ISOLATION,
          (isolation.isEmpty() ? "Is not set" : "Is " + isolation)
              + ", so records of a producer's aborted transactions would be applied: a worker's"
              + " consumers read them unless told otherwise. Set "
              + ISOLATION
              + "=read_committed.");
    }
  }

  private void toleranceFits() {
    boolean queue = !given.getOrDefault("errors.deadletterqueue.topic.name", "").isBlank();
    boolean all = given.getOrDefault("errors.tolerance", "none").equalsIgnoreCase("all");
    if (queue && !all) {
      String text =
          "A dead letter queue is named, and errors.tolerance=none stops the task at the first"
              + " rejected record, so nothing would ever get there. Set errors.tolerance=all.";
      error("errors.deadletterqueue.topic.name", text);
      error("errors.tolerance", text);
    }
    if (all && !queue) {
      error(
          "errors.tolerance",
          "all without errors.deadletterqueue.topic.name loses rejected records. Name a topic.");
    }
  }

  private void spillFits() {
    String dir = given.getOrDefault(SinkKeys.SPILL_DIR, "");
    if (dir.isBlank()) {
      return;
    }
    Path folder;
    try {
      folder = Path.of(dir);
    } catch (InvalidPathException e) {
      error(SinkKeys.SPILL_DIR, "Is no path: " + e.getReason() + ".");
      return;
    }
    if (!folder.isAbsolute()) {
      error(
          SinkKeys.SPILL_DIR,
          "Is no absolute path: a relative one is another folder on each worker, by where that was"
              + " started. Begin it with the root.");
      return;
    }
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      error(
          SinkKeys.SPILL_DIR,
          "The worker that validates this cannot write to it: "
              + there
              + (Files.isDirectory(there) ? " is not this user's" : " is no folder")
              + ". Each worker that may get the task needs the folder, or the right to make it.");
    }
  }

  private void registryAnswers(SinkConfig sink) {
    if (!sink.isAvro() || sink.registry().urls().isEmpty()) {
      return;
    }
    RegistrySettings registry = sink.registry();
    Map<String, String> objections = Registries.objections(registry);
    objections.forEach(this::error);
    if (!objections.isEmpty()) {
      return;
    }
    try {
      Registries.of(registry).objection().ifPresent(text -> error(RegistryKeys.URL, capital(text)));
    } catch (StopException e) {
      error(RegistryKeys.URL, e.getMessage());
    }
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private void passwordIsHidden(String url) {
    if (Databases.of(url).filter(database -> database.showsPassword(url)).isPresent()) {
      error(
          SinkKeys.TARGET_URL,
          "Has a password in it, which everybody can read who may read the connector's"
              + " configuration. Put it into target.connection.password.");
    }
    if (given.containsKey(SinkKeys.TARGET_JDBC_PREFIX + "password")) {
      // on a field of ours: Connect would show one that it does not know together with its value
      error(
          SinkKeys.TARGET_PASSWORD,
          "target.jdbc.password is set, which Connect does not know for a secret. Put it into"
              + " target.connection.password.");
    }
  }

  private Optional<Databases> database(SinkConfig sink) {
    if (!isSound(SinkKeys.TARGET_URL)) {
      return Optional.empty();
    }
    Optional<Databases> database = Databases.of(sink.url());
    if (database.isEmpty()) {
      error(SinkKeys.TARGET_URL, "No database of this plugin; it knows " + Databases.known() + ".");
    }
    database
        .flatMap(known -> known.markObjection(sink.marksOrigin()))
        .ifPresent(objection -> error(SinkKeys.ORIGIN_MARK, objection));
    database
        .filter(known -> sink.looksAtSequences() && known.target().sequences().isEmpty())
        .ifPresent(known -> error(SequenceKeys.SYNC, known.target().whyNoSequences()));
    return database;
  }

  private boolean driverFits(Databases database, SinkConfig sink) {
    List<String> objections = new ArrayList<>();
    database.driverIsMissing().ifPresent(objections::add);
    objections.addAll(database.objections(sink.url(), sink.driverProperties()));
    objections.forEach(objection -> error(SinkKeys.TARGET_URL, objection));
    return objections.isEmpty();
  }

  private void serversAnswer(Databases database, SinkConfig sink) {
    List<String> topics = isSound(SinkKeys.KAFKA_ADMIN_BOOTSTRAP) ? topics(sink) : sink.topics();
    // tried as the task will be: what cannot be marked is told on its own key
    Target target = database.target(sink);
    try (Connection connection = connect(database, sink)) {
      target.prepare(
          connection, new SessionLimits(Duration.ofSeconds(10), PATIENCE, "belay validation"));
      target.whyUnmarked(connection).ifPresent(reason -> error(SinkKeys.ORIGIN_MARK, reason));
      timesFit(sink, target, connection);
      recommendTables(target.tables(connection));
      tablesFit(topics, sink, target, connection);
      sequencesFit(topics, sink, target, connection);
      connection.rollback();
    } catch (DriverSettingException e) {
      error(SinkKeys.TARGET_URL, e.getMessage());
    } catch (SQLException e) {
      String text = target.name() + " does not take the connection: " + target.judge(e).describe();
      error(SinkKeys.TARGET_URL, text);
      error(SinkKeys.TARGET_USER, text);
    }
  }

  /** By what the policy newest compares, where no column tells. */
  private void timesFit(SinkConfig sink, Target target, Connection connection) throws SQLException {
    Set<String> keys = new ConflictTables(sink).comparingTimes();
    if (!keys.isEmpty()) {
      target.whyNoCommitTimes(connection).ifPresent(text -> keys.forEach(key -> error(key, text)));
    }
  }

  private static Connection connect(Databases database, SinkConfig sink)
      throws SQLException, DriverSettingException {
    try {
      return database.connect(sink.url(), sink.driverProperties(), PATIENCE, PATIENCE);
    } catch (SQLException e) {
      // data exceptions are about values, and before a connection there are none but settings
      TargetFault fault = database.target().judge(e);
      if (fault.verdict() == Verdict.POISON) {
        throw new DriverSettingException(fault.code());
      }
      throw e;
    }
  }

  /** The driver cannot read one of its settings. */
  private static final class DriverSettingException extends Exception {
    private static final long serialVersionUID = 1;

    DriverSettingException(String code) {
      super(
          "A setting of the driver, in target.connection.url or under target.jdbc., is not accepted ("
              + code
              + "): its value is not of the setting's type. Correct it, or leave it out.",
          null,
          false,
          false);
    }
  }

  /**
   * The topics by name, or those that a pattern takes at present; those that come later are judged
   * as they come. Asks Kafka in either case, so that brokers which do not answer are found now.
   */
  private List<String> topics(SinkConfig sink) {
    Optional<Pattern> pattern;
    try {
      pattern = sink.topicsRegex();
    } catch (PatternSyntaxException reportedByConnect) {
      return List.of();
    }
    Map<String, Object> admin = sink.admin();
    // the task's own client may live in this worker: its meters have its id
    admin.merge("client.id", "-validation", (id, suffix) -> String.valueOf(id) + suffix);
    try (TopicWatch topics = new TopicWatch(() -> Admin.create(admin), sink.topics(), pattern)) {
      TopicSurvey survey = topics.surveyWithin(PATIENCE);
      if (!survey.missing().isEmpty()) {
        // no error: a changefeed makes its topics when it starts, which may be later
        LOG.info("Topics that Kafka does not have yet: {}", survey.missing());
      }
      return pattern.isEmpty() ? sink.topics() : List.copyOf(survey.topics().keySet());
    } catch (TopicWatch.KafkaAwayException | StopException e) {
      error(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, e.getMessage());
    }
    return sink.topics();
  }

  /** The tables of topics, as far as the topics' names tell. */
  private void tablesFit(List<String> topics, SinkConfig sink, Target target, Connection connection)
      throws SQLException {
    String field = sink.topics().isEmpty() ? "topics.regex" : "topics";
    TableMap map = new TableMap(sink.tablesMap(), sink.targetSchema());
    KeyColumns keyColumns = new KeyColumns(sink.keyColumns());
    Map<String, List<TableShape>> namedKeys = new TreeMap<>();
    for (String topic : topics) {
      Optional<TableName> feed = FeedTopics.table(Decoders.format(sink), topic);
      if (feed.isEmpty() || sink.transactionTopic().equals(Optional.of(topic))) {
        continue;
      }
      TableName name = map.target(feed.get());
      TableShape shape = target.describe(connection, List.of(name)).get(name);
      if (shape == null) {
        error(
            field,
            "Topic "
                + topic
                + " needs target table "
                + name
                + ", which "
                + target.whyAbsent(connection, name)
                + ".");
        continue;
      }
      tableFits(shape, field, sink, target, connection);
      deletesAreNoted(feed.get(), shape, sink, target, connection);
      keyColumns
          .entry(feed.get())
          .ifPresent(key -> namedKeys.computeIfAbsent(key, k -> new ArrayList<>()).add(shape));
    }
    namedKeys.forEach((key, shapes) -> keyColumnsFit(key, keyColumns.byTable().get(key), shapes));
  }

  /** Whether the user may read and move the sequences that are known now. */
  private void sequencesFit(
      List<String> topics, SinkConfig sink, Target target, Connection connection)
      throws SQLException {
    Optional<Sequences> sequences = target.sequences();
    if (!sink.looksAtSequences() || sequences.isEmpty()) {
      return;
    }
    TableMap map = new TableMap(sink.tablesMap(), sink.targetSchema());
    List<TableName> tables =
        topics.stream()
            .flatMap(topic -> FeedTopics.table(Decoders.format(sink), topic).stream())
            .map(map::target)
            .distinct()
            .toList();
    List<String> grants =
        sequences.get().of(connection, tables).stream()
            .filter(sequence -> !sequence.missing().isEmpty())
            .map(
                sequence ->
                    sequences.get().grant(sequence)
                        + " (lacks "
                        + String.join(", ", sequence.missing())
                        + ")")
            .toList();
    if (!grants.isEmpty()) {
      error(
          SequenceKeys.SYNC,
          "The user of target.connection.user may not read and move all sequences. Give it the rights,"
              + " one by one or by "
              + target.scripts()
              + ", or set sequences.sync=off: "
              + String.join("; ", grants)
              + ".");
    }
  }

  private void tableFits(
      TableShape shape, String field, SinkConfig sink, Target target, Connection connection)
      throws SQLException {
    if (shape.key().isEmpty()) {
      error(
          field,
          "Target table "
              + shape
              + " has no primary key, so its rows cannot be told apart. Add the primary key that"
              + " CockroachDB has.");
    }
    List<String> triggers = target.triggers(connection, shape.name());
    if (sink.refuseTriggers() && !triggers.isEmpty()) {
      error(SinkKeys.TRIGGERS, Triggers.refusal(target, shape.name(), triggers));
    }
    if (sink.refuseTriggers()) {
      target
          .hiddenTriggers(connection, shape.name())
          .ifPresent(text -> error(SinkKeys.TRIGGERS, text));
    }
    target
        .circleObjection(connection, shape)
        .ifPresent(text -> error(DatabaseKeys.MYSQL_CYCLE_CHECKS, text));
    if (sink.tasksMax() > 1) {
      Independence.refusal(shape).ifPresent(text -> error("tasks.max", text));
    }
  }

  /** Where deletes are compared by their time, the trigger that remembers them is there. */
  private void deletesAreNoted(
      TableName feed, TableShape shape, SinkConfig sink, Target target, Connection connection)
      throws SQLException {
    ConflictPolicies policies = ConflictTables.policies(sink);
    if (policies.timesDeletes(feed) && !target.notesDeletes(connection, shape.name())) {
      error(ConflictKeys.TOMBSTONE_RETENTION, Triggers.noTombstones(target, shape.name()));
    }
  }

  /**
   * @param shapes the tables that the entry is for: several where schemas have tables of one name
   */
  private void keyColumnsFit(String entry, List<String> columns, List<TableShape> shapes) {
    for (String column : columns) {
      if (!column.equals(KeyColumns.NOT_IN_TARGET)
          && shapes.stream().noneMatch(shape -> shape.column(column).isPresent())) {
        error(
            SinkKeys.KEY_COLUMNS,
            "Names column "
                + column
                + " of table "
                + entry
                + ", and target table "
                + shapes.stream().map(TableShape::toString).collect(Collectors.joining(", "))
                + " has no such column. Correct it, or write - for a part that the target lacks.");
      }
    }
  }

  private void recommendTables(List<TableName> tables) {
    ConfigValue map = values.get(SinkKeys.TABLES_MAP);
    if (map != null) {
      map.recommendedValues(tables.stream().map(t -> (Object) (t.name() + ":" + t)).toList());
    }
  }

  private boolean isSound(String field) {
    return values.get(field).errorMessages().isEmpty();
  }

  private void error(String field, String message) {
    ConfigValue value = values.get(field);
    if (value == null) {
      // A field of Connect's own: it shows beside ours. Without a value, since Connect wants one of
      // its own type (a Class, a List), and answers with error 500 to any other.
      value = new ConfigValue(field);
      config.configValues().add(value);
      values.put(field, value);
    }
    value.addErrorMessage(message);
    value.visible(true);
  }
}
