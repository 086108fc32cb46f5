package dev.belay.cli.demo;

import dev.belay.cli.verify.VerifyCommand;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * The story, top to bottom: two databases that are equal, as after a migration; users work on the
 * new one; the sink keeps the other one in step, is killed, and comes back; in the end every row is
 * compared.
 */
final class Demo implements Story {

  private static final String TARGET_DATABASE = "shop";
  private static final String SINK_ROLE = "belay";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration POLL = Duration.ofMillis(50);

  private final DemoSettings settings;
  private final Parts parts;
  private final Narrator narrator;
  private final Shop shop;
  private final Alarm alarm = new Alarm();
  private Map<String, String> source = Map.of();
  private Map<String, String> connector = Map.of();

  Demo(DemoSettings settings, Parts parts, Narrator narrator) {
    this.settings = settings;
    this.parts = parts;
    this.narrator = narrator;
    this.shop = new Shop(settings.rows(), settings.seed(), Workload.CLERKS);
  }

  @Override
  public Verdict run() throws IOException, SQLException, InterruptedException {
    startParts();
    prepareDatabases();
    prepareTopics();
    createFeed();
    createConnector();
    try (TargetGauge gauge = gauge()) {
      long rowsBefore = gauge.read().rowsWritten();
      Observer observer =
          new Observer(Failback.CONNECTOR, shop.sumOfBalances(), this::target, alarm);
      Workload workload =
          new Workload(
              shop, settings.seed(), settings.rate(), this::standIn, alarm, Workload.Desk.ONLY);
      Progress progress =
          new Progress(
              workload,
              gauge(),
              parts.worker().rest(),
              parts.kafka().bootstrapServers(),
              narrator,
              Clock.systemUTC(),
              alarm);
      observer.start();
      Duration began = narrator.elapsed();
      workload.start();
      progress.start();
      narrator.say(
          "The workload runs for "
              + settings.duration().toSeconds()
              + " s: transfers, orders, payments, hires, dismissals; an observer reads the target"
              + " without pause");
      alarm.pass(settings.duration().dividedBy(2));
      killWorker();
      Optional<Boolean> equalInUse =
          settings.mode().claimsSnapshots() ? Optional.of(verifyInUse()) : Optional.empty();
      alarm.pass(began.plus(settings.duration()).minus(narrator.elapsed()));
      workload.stop();
      Duration worked = narrator.elapsed().minus(began);
      drain(gauge);
      Duration applied = narrator.elapsed().minus(began);
      progress.stop();
      Observer.Seen seen = observer.stop();
      alarm.pass(Duration.ZERO);
      List<TableComparison> tables = compare();
      return new Verdict(
          settings,
          tables,
          seen,
          equalInUse,
          1,
          workload.committed(),
          worked,
          gauge.read().rowsWritten() - rowsBefore,
          applied,
          narrator.elapsed());
    }
  }

  private void startParts() throws IOException, InterruptedException {
    narrator.say(
        "Starting Kafka, Kafka Connect with the packaged connectors, "
            + settings.target().title()
            + " (the database migrated from) and the CockroachDB stand-in (the new one)");
    parts.start();
    narrator.say(
        "All are up: Kafka at "
            + parts.kafka().bootstrapServers()
            + ", Connect at "
            + parts.worker().restUrl());
  }

  /** Both sides get the same tables and rows: the moment after a migration. */
  private void prepareDatabases() throws SQLException, IOException {
    parts.target().createDatabase(TARGET_DATABASE);
    try (Connection target = target();
        Connection standIn = standIn()) {
      Script.TABLES.run(standIn);
      for (Script script : settings.target().scripts()) {
        script.run(target);
      }
      shop.fill(standIn);
      settings.target().fill(shop, standIn, target);
      target.setAutoCommit(true);
      try (Statement after = target.createStatement()) {
        for (String sql : settings.target().afterFill()) {
          after.execute(sql);
        }
      }
    }
    narrator.say(
        "Both databases have "
            + String.join(", ", Shop.TABLES)
            + " with foreign keys and "
            + settings.rows()
            + " equal rows each; the sink's role "
            + SINK_ROLE
            + " owns nothing");
  }

  private void prepareTopics() {
    try (Topics topics = new Topics(parts.kafka().bootstrapServers())) {
      Shop.TABLES.forEach(table -> topics.create(table, Failback.PARTITIONS));
    }
  }

  /** Waits until the feed has begun: what is written from then on is the demo's. */
  private void createFeed() throws SQLException, InterruptedException {
    source =
        Failback.source(
            parts.kafka().bootstrapServers(),
            parts.standIn().url(),
            StandIn.USER,
            now().toString(),
            settings.feed());
    narrator.say("Creating the changefeed: POST " + parts.worker().restUrl() + "connectors");
    narrator.show("\n" + Failback.json(Failback.SOURCE, source) + "\n");
    parts.worker().rest().create(Failback.SOURCE, source);
    parts.worker().rest().awaitRunning(Failback.SOURCE, PATIENCE);
    Duration since = narrator.elapsed();
    try (FeedGauge gauge =
        new FeedGauge(parts.kafka().bootstrapServers(), Shop.TABLES, Failback.PARTITIONS)) {
      while (!gauge.hasResolved()) {
        alarm.pass(POLL);
        if (narrator.elapsed().minus(since).compareTo(PATIENCE) > 0) {
          throw new DemoFailure(
              "No resolved time came within "
                  + PATIENCE.toSeconds()
                  + " s. The connector is "
                  + parts.worker().rest().status(Failback.SOURCE));
        }
      }
    }
    narrator.say("The feed has begun: a resolved time is in every partition");
  }

  private void createConnector() {
    connector =
        Failback.connector(
            parts.kafka().bootstrapServers(),
            parts.target().jdbcUrl(TARGET_DATABASE),
            SINK_ROLE,
            settings.mode());
    narrator.say("Failing back: POST " + parts.worker().restUrl() + "connectors");
    narrator.show("\n" + Failback.json(Failback.CONNECTOR, connector) + "\n");
    parts.worker().rest().create(Failback.CONNECTOR, connector);
    parts.worker().rest().awaitRunning(Failback.CONNECTOR, PATIENCE);
    narrator.say("The connector is running");
  }

  private void killWorker() throws IOException {
    narrator.say("Killing the Connect worker: kill -9 " + parts.worker().pid());
    parts.worker().kill9();
    parts.worker().restart();
    narrator.say("The worker is up again, process " + parts.worker().pid());
  }

  /** As a person would type it: both sides as of one time, while the workload goes on. */
  private boolean verifyInUse() {
    List<String> arguments =
        List.of(
            "--source",
            parts.standIn().url().replaceFirst("^jdbc:postgresql:", "jdbc:cockroachdb:"),
            "--source-user",
            StandIn.USER,
            "--target",
            parts.target().jdbcUrl(TARGET_DATABASE),
            "--target-user",
            SINK_ROLE,
            "--connector",
            Failback.CONNECTOR,
            "--method",
            "exact",
            "--tables",
            String.join(",", Shop.TABLES));
    narrator.say(
        "Comparing both databases while the workload goes on: belay verify "
            + String.join(" ", arguments));
    StringWriter said = new StringWriter();
    PrintWriter both = new PrintWriter(said, true);
    int code =
        new CommandLine(new VerifyCommand())
            .setOut(both)
            .setErr(both)
            .execute(arguments.toArray(new String[0]));
    narrator.show(said.toString());
    return code == 0;
  }

  /** Waits until the target has the last commit. */
  private void drain(TargetGauge gauge) throws SQLException, InterruptedException {
    HlcTimestamp last = now();
    narrator.say("The workload has ended; waiting until the target has all up to " + last);
    Optional<HlcTimestamp> reached = gauge.read().frontier();
    Duration moved = narrator.elapsed();
    while (reached.isEmpty() || last.isAfter(reached.get())) {
      alarm.pass(POLL);
      Optional<HlcTimestamp> before = reached;
      reached = gauge.read().frontier();
      if (!reached.equals(before)) {
        moved = narrator.elapsed();
      } else if (narrator.elapsed().minus(moved).compareTo(PATIENCE) > 0) {
        throw new DemoFailure(
            "The target's frontier has not moved for "
                + PATIENCE.toSeconds()
                + " s; it is "
                + reached.map(HlcTimestamp::toString).orElse("not there")
                + ". The connector is "
                + parts.worker().rest().status(Failback.CONNECTOR));
      }
    }
  }

  private List<TableComparison> compare() throws SQLException {
    narrator.say("Comparing all rows of both databases");
    List<TableComparison> tables = new ArrayList<>();
    try (Connection standIn = standIn();
        Connection target = target()) {
      Comparer comparer = new Comparer(standIn, target, settings.target());
      for (String table : Shop.TABLES) {
        tables.add(comparer.compare(table, "id"));
      }
    }
    return tables;
  }

  @Override
  public String addresses() {
    String rest = parts.worker().restUrl().toString();
    String status = rest + "connectors/" + Failback.CONNECTOR;
    return String.join(
        "\n",
        "new database   " + parts.standIn().url() + " (the CockroachDB stand-in; user root)",
        "migrated from  "
            + parts.target().jdbcUrl(TARGET_DATABASE)
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
        settings.target().shell(parts.target(), TARGET_DATABASE),
        "curl -s " + status + "/status",
        "curl -s " + status + "/offsets",
        "curl -s -X PUT " + status + "/pause   # and /resume",
        "curl -s " + rest + "connectors/" + Failback.SOURCE + "/offsets   # how far the feed is",
        "",
        Failback.json(Failback.SOURCE, source),
        Failback.json(Failback.CONNECTOR, connector));
  }

  private HlcTimestamp now() throws SQLException {
    try (Connection connection = standIn();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT cluster_logical_timestamp()")) {
      row.next();
      return HlcTimestamp.parse(row.getString(1)).orElseThrow();
    }
  }

  private TargetGauge gauge() throws SQLException {
    return new TargetGauge(settings.target(), target(), Failback.CONNECTOR);
  }

  private Connection standIn() throws SQLException {
    return DriverManager.getConnection(parts.standIn().url(), StandIn.USER, "");
  }

  private Connection target() throws SQLException {
    return parts.target().connect(TARGET_DATABASE);
  }
}
