package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.Misbehaviour;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.encode.TopicNames;
import dev.belay.testkit.standin.feed.Sink.SinkUnavailable;
import dev.belay.testkit.standin.row.HybridClock;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** All changefeed jobs of a cluster. The methods may be called from any thread. */
public final class Changefeeds implements AutoCloseable {

  // As CockroachDB's own: tens of microseconds since 2015, then the node. Above 2^53 on purpose.
  private static final long ID_EPOCH_MICROS = 1_420_070_400_000_000L;
  private static final int NODE_BITS = 15;

  private final Cluster cluster;
  private final HybridClock clock;
  private final Sink.Opener kafka;
  private final Map<Long, Changefeed> jobs = new LinkedHashMap<>();
  private final Set<SinklessFeed> sinkless = ConcurrentHashMap.newKeySet();
  private volatile Misbehaviour misbehaviour;
  private long lastId;

  /**
   * @param kafka opens the sink of a {@code kafka://} URI
   */
  public Changefeeds(
      Cluster cluster, HybridClock clock, Sink.Opener kafka, Misbehaviour misbehaviour) {
    this.cluster = cluster;
    this.clock = clock;
    this.kafka = kafka;
    this.misbehaviour = misbehaviour;
  }

  /** Whether this is a statement for {@link #create}. */
  public static boolean canCreate(Sql sql) {
    return CreateChangefeed.parse(sql).filter(s -> !s.isSinkless()).isPresent();
  }

  /** Whether this is a statement for {@link #open}. */
  public static boolean canOpen(Sql sql) {
    return CreateChangefeed.parse(sql).filter(CreateChangefeed::isSinkless).isPresent();
  }

  /**
   * Makes a job and starts it.
   *
   * @param capture of the database in which the statement was given
   * @return the job's id
   * @throws Refusal if the statement is wrong or not one of those done here
   */
  public long create(Sql sql, Capture capture, String user) throws SQLException {
    CreateChangefeed statement =
        CreateChangefeed.parse(sql)
            .orElseThrow(() -> Refusal.notInStandIn("this form of CREATE CHANGEFEED"));
    FeedOptions options = FeedOptions.of(statement.options());
    SinkUri uri = SinkUri.parse(statement.sinkUri());
    Supplier<Sink> sinks = sinks(uri);
    TopicNames names = new TopicNames(uri.topicPrefix(), uri.topicName(), options.fullTableName());
    Changefeed.Plan plan =
        plan(nextId(), statement, user, uri, options, names, tables(statement, capture));
    dial(sinks);
    ChangefeedEncoder encoder = new ChangefeedEncoder(options.format(), cluster, plan.id());
    Changefeed job = Changefeed.create(plan, capture, encoder, clock, sinks, () -> misbehaviour);
    synchronized (jobs) {
      jobs.put(plan.id(), job);
    }
    job.start();
    return plan.id();
  }

  /**
   * Prepares a feed without a sink, from this moment or its cursor on.
   *
   * @param capture of the database in which the statement was given
   * @return the feed; close it when its client is done with it
   * @throws Refusal if the statement is wrong or not one of those done here
   */
  public SinklessFeed open(Sql sql, Capture capture, String user, RowStream rows)
      throws SQLException {
    CreateChangefeed statement =
        CreateChangefeed.parse(sql)
            .orElseThrow(() -> Refusal.notInStandIn("this form of CREATE CHANGEFEED"));
    FeedOptions options = FeedOptions.of(statement.options());
    List<TableShape> tables = tables(statement, capture);
    requireSelect(capture, user, tables);
    TopicNames names = new TopicNames("", Optional.empty(), options.fullTableName());
    SinkUri nowhere = SinkUri.parse("kafka://nowhere"); // a plan has one; nobody opens it
    Changefeed.Plan plan =
        plan(ChangefeedEncoder.NO_JOB, statement, user, nowhere, options, names, tables);
    ChangefeedEncoder encoder = new ChangefeedEncoder(options.format(), cluster, plan.id());
    Changefeed work =
        Changefeed.create(plan, capture, encoder, clock, () -> rows, () -> misbehaviour);
    work.letGo();
    SinklessFeed feed = new SinklessFeed(work, rows, sinkless::remove);
    sinkless.add(feed);
    return feed;
  }

  /** The feeds without a sink whose clients are there. */
  public Set<SinklessFeed> sinkless() {
    return Set.copyOf(sinkless);
  }

  private static void requireSelect(Capture capture, String user, List<TableShape> tables)
      throws SQLException {
    String sql = "SELECT has_table_privilege(?::name, ?::oid, 'SELECT')";
    try (Connection connection = capture.connect();
        PreparedStatement query = connection.prepareStatement(sql)) {
      for (TableShape table : tables) {
        query.setString(1, user);
        query.setLong(2, table.id());
        ResultSet row = query.executeQuery();
        row.next();
        if (!row.getBoolean(1)) {
          throw new Refusal(
              "42501",
              "user "
                  + user
                  + " requires the SELECT privilege on all target tables to be able to run a core"
                  + " changefeed");
        }
      }
    }
  }

  private Supplier<Sink> sinks(SinkUri uri) {
    if (!uri.scheme().equals("kafka")) {
      throw Refusal.notInStandIn("sink " + uri.scheme());
    }
    return () -> kafka.open(uri.address());
  }

  private static void dial(Supplier<Sink> sinks) {
    try (Sink sink = sinks.get()) {
      sink.dial();
    } catch (SinkUnavailable e) {
      throw new Refusal(
          "XXUUU", "kafka: client has run out of available brokers to talk to: " + e.getMessage());
    }
  }

  private static List<TableShape> tables(CreateChangefeed statement, Capture capture)
      throws SQLException {
    List<TableShape> tables = new ArrayList<>();
    try (Connection connection = capture.connect()) {
      Catalog catalog = new Catalog(connection, capture.database());
      for (String name : statement.tables()) {
        String local = withoutDatabase(name, capture.database());
        Catalog.Found found =
            catalog
                .find(local)
                .orElseThrow(
                    () -> new Refusal("42P01", "table \"" + plain(name) + "\" does not exist"));
        switch (found.kind()) {
          case TABLE -> {}
          case VIEW -> throw Refusal.invalid("CHANGEFEED cannot target views: " + plain(name));
          case SEQUENCE ->
              throw Refusal.invalid("CHANGEFEED cannot target sequences: " + plain(name));
          case OTHER -> throw Refusal.notInStandIn("a changefeed for " + plain(name));
        }
        if (!catalog.table(found.id()).orElseThrow().hasKey()) {
          addRowId(connection, local);
        }
        tables.add(catalog.table(found.id()).orElseThrow());
      }
    }
    return tables;
  }

  private static String withoutDatabase(String name, String database) {
    String[] parts = name.split("\\.(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");
    if (parts.length < 3) {
      return name;
    }
    if (!Sql.of(parts[0]).tokens().get(0).value().equals(database)) {
      throw Refusal.notInStandIn("a changefeed for a table of another database");
    }
    return parts[1] + "." + parts[2];
  }

  private static String plain(String name) {
    return name.replace("\"", "");
  }

  /** What CockroachDB gives every table without a primary key when it is made, hidden. */
  private static void addRowId(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER TABLE "
              + table
              + " ADD COLUMN rowid INT8 DEFAULT belay_standin.unique_rowid() PRIMARY KEY");
    }
  }

  private static Changefeed.Plan plan(
      long id,
      CreateChangefeed statement,
      String user,
      SinkUri uri,
      FeedOptions options,
      TopicNames names,
      List<TableShape> tables) {
    Map<Long, String> topics = new LinkedHashMap<>();
    Map<Long, String> tableNames = new LinkedHashMap<>();
    for (TableShape table : tables) {
      topics.put(table.id(), names.of(table));
      tableNames.put(table.id(), table.name());
    }
    List<String> fullNames = tables.stream().map(TableShape::fullName).toList();
    String description = description(statement, uri);
    return new Changefeed.Plan(id, description, user, uri, options, topics, tableNames, fullNames);
  }

  private static String description(CreateChangefeed statement, SinkUri uri) {
    List<String> options =
        statement.options().entrySet().stream()
            .map(e -> e.getKey() + e.getValue().map(v -> " = '" + v + "'").orElse(""))
            .sorted()
            .toList();
    String with = options.isEmpty() ? "" : " WITH OPTIONS (" + String.join(", ", options) + ")";
    return "CREATE CHANGEFEED FOR TABLE "
        + String.join(", TABLE ", statement.tables())
        + " INTO '"
        + uri.redacted()
        + "'"
        + with;
  }

  private synchronized long nextId() {
    long tensOfMicros = (clock.wallNanos() / 1_000L - ID_EPOCH_MICROS) / 10;
    lastId = Math.max(lastId + (1L << NODE_BITS), (tensOfMicros << NODE_BITS) | 1);
    return lastId;
  }

  /** All jobs, the oldest first. */
  public List<JobStatus> list() {
    synchronized (jobs) {
      return jobs.values().stream().map(Changefeed::status).toList();
    }
  }

  public Optional<JobStatus> find(long id) {
    synchronized (jobs) {
      return Optional.ofNullable(jobs.get(id)).map(Changefeed::status);
    }
  }

  /** Asks a job to pause; it does so soon after. */
  public void pause(long id) {
    job(id).pause();
  }

  public void resume(long id) {
    job(id).resume();
  }

  /** Asks a job to end for good; it does so soon after. */
  public void cancel(long id) {
    job(id).cancel();
  }

  /** Sends all rows of a table again, as after a schema change, with the time of this moment. */
  public void backfill(long id, String table) {
    Changefeed job = job(id);
    long tableId =
        job.plan().tableNames().entrySet().stream()
            .filter(entry -> entry.getValue().equals(table))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new Refusal("42P01", "job " + id + " has no table " + table));
    job.order(new Changefeed.Order.Backfill(tableId));
  }

  /** Makes a job tell a resolved time above the next row before it sends that row, once. */
  public void resolveEarly(long id) {
    job(id).order(new Changefeed.Order.ResolveEarly());
  }

  public void misbehave(Misbehaviour now) {
    misbehaviour = now;
  }

  private Changefeed job(long id) {
    synchronized (jobs) {
      return Optional.ofNullable(jobs.get(id))
          .orElseThrow(() -> new Refusal("XXUUU", "job with ID " + id + " does not exist"));
    }
  }

  /** Stops all jobs and waits for their threads. */
  @Override
  public void close() {
    List<Changefeed> all;
    synchronized (jobs) {
      all = List.copyOf(jobs.values());
    }
    all.forEach(Changefeed::close);
    sinkless.forEach(SinklessFeed::close);
  }
}
