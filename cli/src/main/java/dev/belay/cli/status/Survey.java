package dev.belay.cli.status;

import dev.belay.cli.connect.ConnectClient;
import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.FeedTopics;
import dev.belay.cli.connect.KnownConfig;
import dev.belay.cli.connect.KnownConfig.MissingSecretException;
import dev.belay.cli.status.SinkStatus.Direction;
import dev.belay.cli.verify.Dialect;
import dev.belay.cli.verify.Endpoint;
import dev.belay.cli.verify.Told;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.target.CheckpointSql;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;

/**
 * Looks at everything once: connectors in Connect, checkpoints in the targets, topics in Kafka.
 * What cannot be seen is said and hides nothing else. One thread.
 */
final class Survey {
  private static final String KAFKA = "kafka.admin.";
  private static final int REPORTS_MISSED = 4;
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final ConnectClient connect;
  private final Wish wish;

  /**
   * What to look at.
   *
   * @param connectors names; empty for all that are Belay's or Debezium's
   * @param given settings of the person's own, by the connector's name
   * @param kafka settings of the person's own for Kafka's clients
   * @param jmx addresses of workers
   */
  record Wish(
      Set<String> connectors,
      Map<String, Map<String, String>> given,
      Map<String, String> kafka,
      List<String> jmx) {}

  Survey(ConnectClient connect, Wish wish) {
    this.connect = connect;
    this.wish = wish;
  }

  /**
   * Looks.
   *
   * @param before an earlier look, for rates
   * @throws IOException if Connect does not answer
   */
  Picture look(Optional<Picture> before) throws IOException, InterruptedException {
    Map<String, Meters> meters = new HashMap<>();
    List<String> unseen = new ArrayList<>();
    for (String address : wish.jmx()) {
      try {
        Meters.read(address, meters);
      } catch (IOException e) {
        unseen.add(e.getMessage());
      }
    }
    List<SinkStatus> sinks = new ArrayList<>();
    List<SourceStatus> sources = new ArrayList<>();
    Set<String> missing = new TreeSet<>(wish.connectors());
    for (Connector connector : connect.connectors()) {
      missing.remove(connector.name());
      if (!isWanted(connector)) {
        continue;
      }
      if (connector.isOf(Connector.SINK)) {
        sinks.add(sink(connector, meters, before));
      } else {
        sources.add(source(connector));
      }
    }
    unseen.addAll(notLedBack(sources, sinks));
    missing.forEach(
        name ->
            unseen.add(
                "There is no connector " + name + " in Kafka Connect at " + connect.address()));
    return new Picture(Instant.now(), sinks, sources, unseen);
  }

  /** Tables that a feed sends and no sink brings to an old database. */
  private List<String> notLedBack(List<SourceStatus> sources, List<SinkStatus> sinks) {
    List<String> gaps = new ArrayList<>();
    for (SourceStatus source : sources) {
      for (FeedReport report : source.reports()) {
        for (String text : report.tables()) {
          TableName.parse(text, "")
              .filter(table -> sinks.stream().noneMatch(sink -> leadsBack(sink, source, table)))
              .ifPresent(
                  table ->
                      gaps.add(
                          "The feed of "
                              + source.connector().name()
                              + " has table "
                              + table
                              + ", which no sink here brings to an old database."));
        }
      }
    }
    return gaps;
  }

  private boolean leadsBack(SinkStatus sink, SourceStatus source, TableName table) {
    try {
      return sink.direction() == Direction.FAILBACK
          && FeedTopics.reads(
              new SinkConfig(config(sink.connector()).settings()),
              sink.place()
                  .map(
                      place ->
                          place.partitions().keySet().stream()
                              .map(TopicPartition::topic)
                              .collect(Collectors.toSet()))
                  .orElse(Set.of()),
              table,
              new SourceConfig(config(source.connector()).settings()));
    } catch (ConfigException e) {
      // told with the connector itself
      return true;
    }
  }

  private boolean isWanted(Connector connector) {
    boolean isKnown =
        connector.isOf(Connector.SINK)
            || connector.isOf(Connector.SOURCE)
            || connector.isDebeziumSource();
    return isKnown && (wish.connectors().isEmpty() || wish.connectors().contains(connector.name()));
  }

  private KnownConfig config(Connector connector) {
    return new KnownConfig(
        connector.config(), wish.given().getOrDefault(connector.name(), Map.of()));
  }

  private SinkStatus sink(
      Connector connector, Map<String, Meters> meters, Optional<Picture> before) {
    List<String> unseen = new ArrayList<>();
    KnownConfig config = config(connector);
    Endpoint target = Endpoint.ofSink(config.settings());
    Optional<Place> place = place(connector.name(), config, target, unseen);
    Optional<Backlog> backlog = place.flatMap(known -> backlog(config, known, unseen));
    return new SinkStatus(
        connector,
        target.url().startsWith("jdbc:cockroachdb:") ? Direction.FORWARD : Direction.FAILBACK,
        target.toString(),
        place,
        backlog,
        perSecond(connector.name(), place, before),
        meters.getOrDefault(connector.name(), Meters.NONE),
        unseen,
        Instant.now());
  }

  private static OptionalDouble perSecond(
      String connector, Optional<Place> place, Optional<Picture> before) {
    Optional<Place> earlier =
        before.stream()
            .flatMap(picture -> picture.sinks().stream())
            .filter(sink -> sink.connector().name().equals(connector))
            .findFirst()
            .flatMap(SinkStatus::place);
    if (place.isEmpty() || earlier.isEmpty()) {
      return OptionalDouble.empty();
    }
    double seconds = Duration.between(earlier.get().at(), place.get().at()).toNanos() / 1e9;
    long records = place.get().applied() - earlier.get().applied();
    // positions that were moved back by hand are no rate
    return seconds <= 0 || records < 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(records / seconds);
  }

  private static Optional<Place> place(
      String connector, KnownConfig config, Endpoint target, List<String> unseen) {
    try {
      config.require("target.");
      Optional<Dialect> dialect = target.dialect();
      if (dialect.isEmpty()) {
        unseen.add("Its checkpoint cannot be read: " + target + " is of no database known here.");
        return Optional.empty();
      }
      try (Connection session = target.open()) {
        CheckpointSql sql = dialect.get().catalog().checkpointSql();
        Checkpoints found = new CheckpointStore(sql, connector).read(session);
        Map<TopicPartition, PartitionCheckpoint> read = new HashMap<>(found.partitions());
        // topics that were taken out of the connector leave their rows
        read.keySet().removeIf(each -> !isSubscribed(config, each.topic()));
        long open = rejections(session, sql, connector);
        session.rollback();
        if (read.isEmpty()) {
          unseen.add("It has no checkpoint yet: nothing of it is in " + target + ".");
          return Optional.empty();
        }
        return Optional.of(new Place(read, found.frontier(), open, Instant.now()));
      }
    } catch (MissingSecretException | StopException e) {
      unseen.add(e.getMessage());
    } catch (SQLException e) {
      unseen.add(
          isMissingTable(e)
              ? "It has no checkpoint yet: " + target + " has no checkpoint tables, or hides them."
              : "Its target " + target + " cannot be read: " + Told.of(e));
    }
    return Optional.empty();
  }

  private static boolean isSubscribed(KnownConfig config, String topic) {
    try {
      return new SinkConfig(config.settings()).isSubscribed(topic);
    } catch (ConfigException e) {
      return true;
    }
  }

  /** No such schema or table, in PostgreSQL's words and in MySQL's. */
  private static boolean isMissingTable(SQLException e) {
    return Set.of("42P01", "3F000", "42S02").contains(String.valueOf(e.getSQLState()));
  }

  private static long rejections(Connection session, CheckpointSql sql, String connector)
      throws SQLException {
    try (PreparedStatement query = session.prepareStatement(sql.readRejections())) {
      query.setString(1, connector);
      try (ResultSet rows = query.executeQuery()) {
        long open = 0;
        while (rows.next()) {
          open += rows.getLong("records");
        }
        return open;
      }
    }
  }

  private Optional<Backlog> backlog(KnownConfig config, Place place, List<String> unseen) {
    try (KafkaLook kafka = new KafkaLook(config.under(KAFKA), wish.kafka())) {
      return Optional.of(kafka.backlog(place.partitions().values()));
    } catch (MissingSecretException e) {
      unseen.add(e.getMessage());
    } catch (KafkaException e) {
      unseen.add("What waits in Kafka is unknown: " + told(e));
    }
    return Optional.empty();
  }

  private SourceStatus source(Connector connector) {
    List<String> unseen = new ArrayList<>();
    if (!connector.isOf(Connector.SOURCE)) {
      return new SourceStatus(connector, List.of(), unseen);
    }
    KnownConfig known = config(connector);
    try {
      SourceConfig config = new SourceConfig(known.settings());
      List<FeedReport> reports;
      try (KafkaLook kafka = new KafkaLook(known.under(KAFKA), wish.kafka())) {
        reports = StatusTopic.of(kafka, config.statusTopic(), connector.name());
      }
      int tasks = connector.tasks().size();
      List<FeedReport> live =
          reports.stream()
              // of tasks that are no more
              .filter(
                  report ->
                      !report.of().startsWith("task ")
                          || Integer.parseInt(report.of().substring("task ".length())) < tasks)
              .toList();
      Duration silence = config.statusInterval().multipliedBy(REPORTS_MISSED).plus(GRACE);
      Instant now = Instant.now();
      for (FeedReport report : live) {
        report
            .at()
            .filter(last -> Duration.between(last, now).compareTo(silence) > 0)
            .ifPresent(
                last ->
                    unseen.add(
                        "Its "
                            + report.of()
                            + " has said nothing for "
                            + Words.of(Duration.between(last, now))
                            + ": what is told of it is what it said last."));
      }
      if (live.isEmpty() && connector.isRunning()) {
        unseen.add("It has said nothing in " + config.statusTopic() + " yet.");
      }
      return new SourceStatus(connector, live, unseen);
    } catch (MissingSecretException e) {
      unseen.add(e.getMessage());
    } catch (ConfigException e) {
      unseen.add("Its configuration cannot be read: " + e.getMessage());
    } catch (KafkaException e) {
      unseen.add("Its status topic cannot be read: " + told(e));
    }
    return new SourceStatus(connector, List.of(), unseen);
  }

  /** Kafka's own words; they name brokers and topics. */
  static String told(KafkaException e) {
    Throwable last = e;
    while (last.getCause() != null && last.getCause() instanceof KafkaException) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }
}
