package dev.belay.cli.demo;

import dev.belay.testkit.connect.ConnectRestException;
import dev.belay.testkit.connect.ConnectorStatus;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The stories in which Debezium reads the old database, top to bottom. Forward: its users work, all
 * it has goes to the new database, which is empty. Bidirectional: both are equal and have users of
 * their own, who write different rows, and each side gets what the other's users wrote. In both the
 * worker is killed half-way, and in the end every row is compared and the topics are counted.
 */
final class Crossing implements Story {

  private static final String OLD_DATABASE = "shop";
  private static final String ROLE = "belay";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration POLL = Duration.ofMillis(50);

  /** How long the sides may stay as different as they are before that is the verdict. */
  private static final Duration STANDSTILL = Duration.ofSeconds(120);

  private final DemoSettings settings;
  private final Parts parts;
  private final Narrator narrator;
  private final Shop shop;
  private final Alarm alarm = new Alarm();
  private final Map<String, Map<String, String>> connectors = new LinkedHashMap<>();

  Crossing(DemoSettings settings, Parts parts, Narrator narrator) {
    this.settings = settings;
    this.parts = parts;
    this.narrator = narrator;
    this.shop = new Shop(settings.rows(), settings.seed(), sides() * Workload.CLERKS);
  }

  /** How many databases have users. */
  private int sides() {
    return settings.direction() == Direction.BIDIRECTIONAL ? 2 : 1;
  }

  @Override
  public Outcome run() throws IOException, SQLException, InterruptedException {
    startParts();
    prepareDatabases();
    prepareTopics();
    Workload onOld = workload(0, this::old);
    Optional<Workload> onNew =
        sides() == 2 ? Optional.of(workload(1, this::standIn)) : Optional.empty();
    // A snapshot is to be taken while users work; two equal sides are to be so until both ways are
    // open.
    Duration opened = narrator.elapsed();
    if (onNew.isEmpty()) {
      onOld.start();
    }
    connectForward();
    if (onNew.isPresent()) {
      connectBack();
      opened = narrator.elapsed();
      onOld.start();
      onNew.get().start();
    }
    Duration began = narrator.elapsed();
    narrator.say(
        (onNew.isPresent() ? "Both databases have users" : "The old database has users")
            + " for "
            + settings.duration().toSeconds()
            + " s: transfers, orders, payments, hires, dismissals");
    watch(began.plus(settings.duration().dividedBy(2)), onOld, onNew);
    killWorker();
    watch(began.plus(settings.duration()), onOld, onNew);
    onOld.stop();
    if (onNew.isPresent()) {
      onNew.get().stop();
    }
    Duration worked = narrator.elapsed().minus(opened);
    List<TableComparison> tables = converge();
    Duration applied = narrator.elapsed().minus(opened);
    awaitLogRead();
    narrator.say("Counting what the topics carry");
    Traffic traffic =
        Traffic.count(
            parts.kafka().bootstrapServers(), Shop.TABLES, settings.direction().isFromNew());
    alarm.pass(Duration.ZERO);
    return new Crossed(
        settings,
        tables,
        work(onOld),
        onNew.map(Crossing::work).orElse(Crossed.Work.NONE),
        traffic,
        1,
        worked,
        applied,
        narrator.elapsed());
  }

  private Workload workload(int side, Workload.Sessions sessions) {
    int rate = Math.max(1, settings.rate() / sides());
    return new Workload(
        shop, settings.seed(), rate, sessions, alarm, new Workload.Desk(side, sides()));
  }

  private static Crossed.Work work(Workload workload) {
    return new Crossed.Work(workload.committed(), workload.rows());
  }

  private void startParts() throws IOException, InterruptedException {
    narrator.say(
        "Starting Kafka, Kafka Connect with the packaged connectors and Debezium's, "
            + settings.target().title()
            + " (the old database) and the CockroachDB stand-in (the new one)");
    parts.start();
    narrator.say(
        "All are up: Kafka at "
            + parts.kafka().bootstrapServers()
            + ", Connect at "
            + parts.worker().restUrl());
  }

  private void prepareDatabases() throws SQLException, IOException {
    boolean both = sides() == 2;
    parts.target().createDatabase(OLD_DATABASE);
    try (Connection old = old();
        Connection standIn = standIn()) {
      Script.TABLES.run(standIn);
      Script.of("/dev/belay/sink/target/cockroach/belay-schema.sql", "\n-- next\n").run(standIn);
      Script.of("/dev/belay/cli/demo/role-cockroachdb.sql", "\n\n").run(standIn);
      for (Script script : settings.target().scripts()) {
        script.run(old);
      }
      Script.of("/dev/belay/cli/demo/origin.sql", "\n\n").run(old);
      Script.of("/dev/belay/cli/demo/debezium.sql", "\n\n").run(old);
      shop.fill(old);
      if (both) {
        shop.fill(standIn);
      }
    }
    narrator.say(
        "Both databases have "
            + String.join(", ", Shop.TABLES)
            + " with foreign keys; "
            + (both ? "each" : "the old one")
            + " has "
            + settings.rows()
            + (both ? " equal" : "")
            + " rows in each"
            + (both ? "" : ", the new one none"));
  }

  private void prepareTopics() {
    try (Topics topics = new Topics(parts.kafka().bootstrapServers())) {
      Forward.topics(Shop.TABLES).forEach(topic -> topics.create(topic, Failback.PARTITIONS));
      if (settings.direction().isFromNew()) {
        Shop.TABLES.forEach(table -> topics.create(table, Failback.PARTITIONS));
      }
    }
  }

  private void connectForward() throws IOException, SQLException, InterruptedException {
    boolean both = sides() == 2;
    Map<String, String> sink =
        Forward.connector(
            parts.kafka().bootstrapServers(), parts.standIn().url(), ROLE, Shop.TABLES);
    if (both) {
      sink.putAll(Forward.bothWays());
    }
    create(Forward.SOURCE, Forward.source(parts.target().port(), OLD_DATABASE, Shop.TABLES, !both));
    create(Forward.CONNECTOR, sink);
    Duration since = narrator.elapsed();
    while (number("SELECT count(*) FROM pg_replication_slots WHERE active") == 0) {
      alarm.pass(POLL);
      requireWithin(PATIENCE, since, "Debezium has not begun to read the log", Forward.SOURCE);
    }
    narrator.say("Debezium reads the log of the old database");
  }

  private void connectBack() throws SQLException, InterruptedException {
    String bootstrap = parts.kafka().bootstrapServers();
    Map<String, String> feed =
        Failback.source(bootstrap, parts.standIn().url(), StandIn.USER, now(), settings.feed());
    feed.put("feed.bidirectional", "true");
    Map<String, String> sink =
        Failback.connector(bootstrap, parts.target().jdbcUrl(OLD_DATABASE), ROLE, settings.mode());
    sink.put("origin.mark", "on");
    create(Failback.SOURCE, feed);
    create(Failback.CONNECTOR, sink);
    Duration since = narrator.elapsed();
    try (FeedGauge gauge = new FeedGauge(bootstrap, Shop.TABLES, Failback.PARTITIONS)) {
      while (!gauge.hasResolved()) {
        alarm.pass(POLL);
        requireWithin(PATIENCE, since, "No resolved time came", Failback.SOURCE);
      }
    }
    narrator.say("The changefeed of the new database has begun");
  }

  private void create(String name, Map<String, String> config) {
    narrator.say("Connector " + name + ": POST " + parts.worker().restUrl() + "connectors");
    narrator.show("\n" + Failback.json(name, config) + "\n");
    connectors.put(name, config);
    parts.worker().rest().create(name, config);
    parts.worker().rest().awaitRunning(name, PATIENCE);
  }

  private void requireWithin(Duration limit, Duration since, String what, String connector) {
    if (narrator.elapsed().minus(since).compareTo(limit) > 0) {
      throw new DemoFailure(
          what
              + " within "
              + limit.toSeconds()
              + " s. The connector is "
              + parts.worker().rest().status(connector));
    }
  }

  private void killWorker() throws IOException {
    narrator.say("Killing the Connect worker: kill -9 " + parts.worker().pid());
    parts.worker().kill9();
    parts.worker().restart();
    narrator.say("The worker is up again, process " + parts.worker().pid());
  }

  /** Shows both flows each second, until then. */
  private void watch(Duration end, Workload onOld, Optional<Workload> onNew)
      throws SQLException, InterruptedException {
    try (Connection old = old();
        Connection standIn = standIn()) {
      while (narrator.elapsed().compareTo(end) < 0) {
        Duration left = end.minus(narrator.elapsed());
        alarm.pass(left.compareTo(Duration.ofSeconds(1)) < 0 ? left : Duration.ofSeconds(1));
        requireHealthy();
        String forward =
            String.format(
                Locale.ROOT,
                "old database %,d transactions, %,d records forward",
                onOld.committed(),
                applied(standIn, Forward.CONNECTOR));
        narrator.progress(
            onNew.isEmpty()
                ? forward
                : forward
                    + String.format(
                        Locale.ROOT,
                        "; new database %,d transactions, %,d records back",
                        onNew.get().committed(),
                        applied(old, Failback.CONNECTOR)));
      }
    }
  }

  private static long applied(Connection target, String connector) throws SQLException {
    try (PreparedStatement query =
        target.prepareStatement(
            "SELECT coalesce(sum(applied_offset), 0) FROM belay.belay_checkpoint"
                + " WHERE connector = ?")) {
      query.setString(1, connector);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /**
   * @throws DemoFailure if a connector has failed; a worker that does not answer is on its way up
   */
  private void requireHealthy() {
    for (String name : connectors.keySet()) {
      try {
        parts
            .worker()
            .rest()
            .status(name)
            .flatMap(ConnectorStatus::failure)
            .ifPresent(
                trace -> {
                  throw new DemoFailure("The connector " + name + " failed:\n" + trace);
                });
      } catch (UncheckedIOException | ConnectRestException down) {
        return;
      }
    }
  }

  /** Compares until both sides are equal, or come no closer. */
  private List<TableComparison> converge() throws SQLException, InterruptedException {
    narrator.say(
        "The users have gone home; comparing all rows of both databases until all are there");
    List<TableComparison> tables = compare();
    Duration moved = narrator.elapsed();
    while (!tables.stream().allMatch(TableComparison::isEqual)
        && narrator.elapsed().minus(moved).compareTo(STANDSTILL) < 0) {
      alarm.pass(Duration.ofMillis(500));
      requireHealthy();
      List<TableComparison> now = compare();
      if (!now.equals(tables)) {
        moved = narrator.elapsed();
      }
      tables = now;
      narrator.progress(
          String.format(
              Locale.ROOT,
              "%,d rows differ yet",
              tables.stream().mapToLong(TableComparison::differences).sum()));
    }
    return tables;
  }

  private List<TableComparison> compare() throws SQLException {
    List<TableComparison> tables = new ArrayList<>();
    try (Connection standIn = standIn();
        Connection old = old()) {
      Comparer comparer = new Comparer(standIn, old, settings.target());
      for (String table : Shop.TABLES) {
        tables.add(comparer.compare(table, "id"));
      }
    }
    return tables;
  }

  /**
   * Until Debezium has told what was in the log when both sides were equal: echoes are the last.
   */
  private void awaitLogRead() throws SQLException, InterruptedException {
    narrator.say("Waiting until Debezium has read the log to this point");
    String here = text("SELECT pg_current_wal_lsn()::text");
    Duration since = narrator.elapsed();
    while (number(
            "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'belay_forward'"
                + " AND confirmed_flush_lsn >= '"
                + here
                + "'")
        == 0) {
      alarm.pass(POLL);
      requireWithin(PATIENCE, since, "Debezium has not read its log", Forward.SOURCE);
    }
  }

  @Override
  public String addresses() {
    String rest = parts.worker().restUrl().toString();
    List<String> lines =
        new ArrayList<>(
            List.of(
                "new database   "
                    + parts.standIn().url()
                    + " (the CockroachDB stand-in; user "
                    + StandIn.USER
                    + ")",
                "migrated from  "
                    + parts.target().jdbcUrl(OLD_DATABASE)
                    + " (user "
                    + parts.target().superuser()
                    + ")",
                "Kafka          " + parts.kafka().bootstrapServers(),
                "Connect        " + rest,
                "",
                "psql 'postgresql://"
                    + StandIn.USER
                    + "@127.0.0.1:"
                    + parts.standIn().port()
                    + "/"
                    + StandIn.DATABASE
                    + "'",
                settings.target().shell(parts.target(), OLD_DATABASE)));
    connectors.forEach(
        (name, config) -> {
          lines.add("curl -s " + rest + "connectors/" + name + "/status");
          lines.add("curl -s " + rest + "connectors/" + name + "/offsets");
        });
    lines.add("");
    connectors.forEach((name, config) -> lines.add(Failback.json(name, config)));
    return String.join("\n", lines);
  }

  private String now() throws SQLException {
    try (Connection connection = standIn();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT cluster_logical_timestamp()")) {
      row.next();
      return row.getString(1);
    }
  }

  private long number(String query) throws SQLException {
    return Long.parseLong(text(query));
  }

  private String text(String query) throws SQLException {
    try (Connection connection = old();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private Connection standIn() throws SQLException {
    return DriverManager.getConnection(parts.standIn().url(), StandIn.USER, "");
  }

  private Connection old() throws SQLException {
    return parts.target().connect(OLD_DATABASE);
  }
}
