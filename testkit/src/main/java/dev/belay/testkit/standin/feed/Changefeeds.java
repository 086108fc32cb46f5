package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.Misbehaviour;
import dev.belay.testkit.standin.access.Access;
import dev.belay.testkit.standin.access.Access.Scope;
import dev.belay.testkit.standin.access.Access.TableRef;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.encode.TopicNames;
import dev.belay.testkit.standin.feed.Sink.SinkUnavailable;
import dev.belay.testkit.standin.row.Family;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.HybridClock;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** All changefeed jobs of a cluster. The methods may be called from any thread. */
public final class Changefeeds implements AutoCloseable {

  // As CockroachDB's own: tens of microseconds since 2015, then the node. Above 2^53 on purpose.
  private static final long ID_EPOCH_MICROS = 1_420_070_400_000_000L;
  private static final int NODE_BITS = 15;

  private final Cluster cluster;
  private final HybridClock clock;
  private final Sink.Opener kafka;
  private final ExternalConnections connections = new ExternalConnections();
  private final Targets targets = new Targets();
  private final Access access;
  private final Rules rules;
  private final Garbage garbage;
  private final Licence licence = new Licence();
  private final JobHolds holds = new JobHolds();
  private final Map<Long, Changefeed> jobs = new LinkedHashMap<>();
  private final Set<SinklessFeed> sinkless = ConcurrentHashMap.newKeySet();
  private volatile Misbehaviour misbehaviour;
  private long lastId;

  /**
   * @param kafka opens the sink of a {@code kafka://} URI
   */
  public Changefeeds(
      Cluster cluster,
      HybridClock clock,
      Sink.Opener kafka,
      Misbehaviour misbehaviour,
      Rules rules) {
    this.cluster = cluster;
    this.clock = clock;
    this.kafka = kafka;
    this.misbehaviour = misbehaviour;
    this.access = rules.access();
    this.rules = rules;
    this.garbage = new Garbage(rules.timeToLive());
  }

  /** Whether this is a statement for {@link #create}. */
  public static boolean canCreate(Sql sql) {
    return CreateChangefeed.parse(sql).filter(s -> !s.isSinkless()).isPresent();
  }

  /** Whether this is a statement for {@link #open}. */
  public static boolean canOpen(Sql sql) {
    return CreateChangefeed.parse(sql).filter(CreateChangefeed::isSinkless).isPresent();
  }

  /** The sinks that have a name. */
  public ExternalConnections connections() {
    return connections;
  }

  /**
   * Makes a job and starts it.
   *
   * @param capture of the database in which the statement was given
   * @param notices takes what the user is told on the way
   * @return the job's id
   * @throws Refusal if the statement is wrong, not allowed, or not one of those done here
   */
  public long create(Sql sql, Capture capture, String user, Consumer<String> notices)
      throws SQLException {
    CreateChangefeed statement =
        CreateChangefeed.parse(sql)
            .orElseThrow(() -> Refusal.notInStandIn("this form of CREATE CHANGEFEED"));
    licence.check();
    FeedOptions options = FeedOptions.of(statement.options());
    SinkUri uri = SinkUri.parse(statement.sinkUri());
    List<TableShape> tables = targets.find(statement.tables(), capture, options.splitsFamilies());
    authorize(capture, user, tables, uri, notices);
    checkResolved(options, connections.resolve(uri));
    TopicNames names = names(uri, options);
    FeedPlan plan =
        new FeedPlan(
            nextId(),
            user,
            capture.database(),
            uri,
            statement.options(),
            options,
            watched(tables, names, options, capture),
            Description.of(
                statement.tables().stream().map(Targets::printed).toList(),
                uri,
                statement.options()));
    if (options.cursor().isPresent()) {
      checkCursor(options.cursor().get(), tables);
      Targets.requireThere(tables, options.cursor().get(), capture);
    }
    dial(plan);
    Changefeed job = Changefeed.create(plan, surroundings(capture));
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
    List<TableShape> tables = targets.find(statement.tables(), capture, options.splitsFamilies());
    requireSelect(capture, user, tables);
    if (options.cursor().isPresent()) {
      Targets.requireThere(tables, options.cursor().get(), capture);
    }
    TopicNames names = new TopicNames("", Optional.empty(), options.fullTableName());
    SinkUri nowhere = SinkUri.parse("kafka://nowhere"); // a plan has one; nobody opens it
    FeedPlan plan =
        new FeedPlan(
            ChangefeedEncoder.NO_JOB,
            user,
            capture.database(),
            nowhere,
            statement.options(),
            options,
            watched(tables, names, options, capture),
            "");
    Surroundings around =
        new Surroundings(
            capture, cluster, clock, any -> rows, () -> misbehaviour, holds, new Conditions());
    Changefeed work = Changefeed.create(plan, around);
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

  private void authorize(
      Capture capture, String user, List<TableShape> tables, SinkUri uri, Consumer<String> notices)
      throws SQLException {
    String connection = uri.isExternal() ? uri.address() : "";
    try (Connection database = capture.connect()) {
      String notice =
          access.checkCreate(
              database,
              user,
              tables.stream().map(table -> new TableRef(table.database(), table.id())).toList(),
              new Scope.ExternalConnection(connection),
              rules.connectionsOnly().getAsBoolean());
      if (!notice.isEmpty()) {
        notices.accept(notice);
      }
    }
  }

  /** A job that was altered, as the statement answers. */
  public record Altered(long id, String description) {}

  /**
   * Changes what a paused job does.
   *
   * @throws Refusal if the statement is wrong or not allowed, or the job is not paused
   */
  public Altered alter(Sql sql, String user) throws SQLException {
    AlterChangefeed statement = AlterChangefeed.parse(sql);
    Changefeed job;
    try {
      job = job(statement.job());
    } catch (Refusal e) {
      throw Refusal.uncoded(
          "could not load job with job id " + statement.job() + ": " + e.getMessage());
    }
    checkControl(job.plan(), user);
    job.requirePaused();
    FeedPlan old = job.plan();
    Capture capture = job.capture();
    Alteration alteration =
        Alteration.of(old, statement.commands(), name -> targets.find(name, capture));
    FeedOptions options = FeedOptions.of(alteration.given());
    checkResolved(options, connections.resolve(alteration.sink()));
    TopicNames names = names(alteration.sink(), options);
    FeedPlan altered =
        new FeedPlan(
            old.id(),
            old.user(),
            old.database(),
            alteration.sink(),
            alteration.given(),
            options,
            alteration.tables(table -> watched(table, names, options, capture)),
            alteration.description());
    authorize(capture, user, alteration.added(), altered.uri(), none -> {});
    dial(altered);
    job.alter(altered, alteration.scans());
    return new Altered(old.id(), altered.description());
  }

  private Surroundings surroundings(Capture capture) {
    return new Surroundings(
        capture, cluster, clock, this::open, () -> misbehaviour, holds, new Conditions());
  }

  private final class Conditions implements Surroundings.Obstacles {
    @Override
    public Optional<String> toStart(FeedPlan plan, Optional<Hlc> from) {
      return licence.problem().or(() -> from.flatMap(time -> gone(refs(plan), time)));
    }

    @Override
    public Optional<String> toGoOn(FeedPlan plan) {
      return plan.tables().stream()
          .flatMap(table -> targets.offline(plan.database(), table.id(), table.name()).stream())
          .findFirst();
    }
  }

  private void checkCursor(Hlc cursor, List<TableShape> tables) {
    for (TableShape table : tables) {
      Hlc threshold = threshold(new TableRef(table.database(), table.id()));
      if (!threshold.isBefore(cursor)) {
        throw Histories.tooOld(cursor, threshold);
      }
    }
  }

  private Optional<String> gone(List<TableRef> tables, Hlc time) {
    return tables.stream()
        .map(this::threshold)
        .filter(threshold -> !threshold.isBefore(time))
        .findFirst()
        .map(threshold -> Histories.gone(time, threshold));
  }

  private Hlc threshold(TableRef table) {
    Optional<Hlc> protection = Optional.ofNullable(protections().get(table));
    return garbage.threshold(table, protection, new Hlc(clock.wallNanos(), 0));
  }

  private Map<TableRef, Hlc> protections() {
    Map<TableRef, Hlc> protections = new HashMap<>();
    for (Changefeed job : all()) {
      job.protectedFrom()
          .ifPresent(
              from ->
                  refs(job.plan())
                      .forEach(
                          table -> protections.merge(table, from, (a, b) -> a.isAfter(b) ? b : a)));
    }
    return protections;
  }

  /** Collects the past of all tables up to now, but for what jobs protect. */
  public void collectHistory() {
    garbage.collect(new Hlc(clock.wallNanos(), 0), protections());
  }

  /** Makes the licence expire, or be valid again. */
  public void expireLicence(boolean expired) {
    licence.expire(expired);
  }

  private TopicNames names(SinkUri uri, FeedOptions options) {
    SinkUri sink = connections.resolve(uri);
    return new TopicNames(sink.topicPrefix(), sink.topicName(), options.fullTableName());
  }

  private static List<FeedPlan.Watched> watched(
      List<TableShape> tables, TopicNames names, FeedOptions options, Capture capture)
      throws SQLException {
    List<FeedPlan.Watched> watched = new ArrayList<>();
    for (TableShape table : tables) {
      watched.add(watched(table, names, options, capture));
    }
    return watched;
  }

  private static FeedPlan.Watched watched(
      TableShape table, TopicNames names, FeedOptions options, Capture capture)
      throws SQLException {
    List<Family> families = options.splitsFamilies() ? Targets.families(table, capture) : List.of();
    List<FeedPlan.Part> parts = new ArrayList<>();
    if (families.isEmpty()) {
      parts.add(new FeedPlan.Part(Optional.empty(), names.of(table)));
    }
    for (Family family : families) {
      parts.add(new FeedPlan.Part(Optional.of(family), names.of(table, family)));
    }
    return new FeedPlan.Watched(
        table.id(), table.name(), table.fullName(), Targets.printed(table), List.copyOf(parts));
  }

  /** What the Kafka sink cannot do, since a family may be added, and with it a topic. */
  private static void checkResolved(FeedOptions options, SinkUri sink) {
    if (options.splitsFamilies() && options.resolved().isPresent()) {
      throw Refusal.uncoded(
          "Resolved timestamps are not currently supported with split_column_families for this sink"
              + " as the set of topics to fan them out to may change. Instead, use TABLE tablename"
              + " FAMILY familyname to specify individual families to watch.");
    }
    if (options.splitsFamilies() && sink.topicName().isPresent()) {
      throw Refusal.notInStandIn("split_column_families with topic_name");
    }
  }

  private Sink open(FeedPlan plan) {
    SinkUri sink;
    try {
      sink = connections.resolve(plan.uri());
    } catch (Refusal dropped) {
      throw new SinkUnavailable(dropped.getMessage(), dropped);
    }
    return kafka.open(new Sink.Target(sink.address(), sink.security(), plan.options().kafka()));
  }

  private void dial(FeedPlan plan) {
    try (Sink sink = open(plan)) {
      sink.dial();
    } catch (SinkUnavailable e) {
      throw Refusal.uncoded(
          "kafka: client has run out of available brokers to talk to: " + e.getMessage());
    }
  }

  private synchronized long nextId() {
    long tensOfMicros = (clock.wallNanos() / 1_000L - ID_EPOCH_MICROS) / 10;
    lastId = Math.max(lastId + (1L << NODE_BITS), (tensOfMicros << NODE_BITS) | 1);
    return lastId;
  }

  /** All jobs, the oldest first. */
  public List<JobStatus> list() {
    return all().stream().map(Changefeed::status).toList();
  }

  /** The jobs that a user sees, the oldest first. */
  public List<JobStatus> list(String user) throws SQLException {
    List<JobStatus> seen = new ArrayList<>();
    for (Changefeed job : all()) {
      if (access.maySee(user, job.plan().user(), refs(job.plan()))) {
        seen.add(job.status());
      }
    }
    return seen;
  }

  /**
   * @throws Refusal if there is no such job, or the user may not say what becomes of it
   */
  public void checkControl(long id, String user) throws SQLException {
    checkControl(job(id).plan(), user);
  }

  private void checkControl(FeedPlan plan, String user) throws SQLException {
    access.checkControl(user, plan.id(), plan.user(), refs(plan));
  }

  private static List<TableRef> refs(FeedPlan plan) {
    return plan.tables().stream().map(t -> new TableRef(plan.database(), t.id())).toList();
  }

  private List<Changefeed> all() {
    synchronized (jobs) {
      return List.copyOf(jobs.values());
    }
  }

  public Optional<JobStatus> find(long id) {
    synchronized (jobs) {
      return Optional.ofNullable(jobs.get(id)).map(Changefeed::status);
    }
  }

  /**
   * Asks a job to pause; it does so soon after.
   *
   * @param reason empty for none
   */
  public void pause(long id, String reason) {
    job(id).pause(reason);
  }

  public void resume(long id) {
    job(id).resume();
  }

  /** Asks a job to end for good; it does so soon after. */
  public void cancel(long id) {
    job(id).cancel();
  }

  /** Lets jobs that get to a state stay there. */
  public void hold(JobState state) {
    holds.hold(state);
  }

  public void release(JobState state) {
    holds.release(state);
  }

  /** Makes a job fail for good. */
  public void fail(long id, String why) {
    job(id).order(new Changefeed.Order.Fail(why));
  }

  /** Makes a job's next runs fail with an error that is worth another try. */
  public void falter(long id, String message, int runs) {
    job(id).falter(message, runs);
  }

  /** Holds back a job's resolved times, or lets them go. */
  public void stall(long id, boolean stall) {
    job(id).stall(stall);
  }

  /** Takes a table offline: feeds on it fail, and none can be made. */
  public void takeOffline(Capture capture, String table, String reason) throws SQLException {
    targets.takeOffline(capture.database(), table(capture, table).id(), reason);
    capture.log().wake();
  }

  public void putOnline(Capture capture, String table) throws SQLException {
    targets.putOnline(capture.database(), table(capture, table).id());
  }

  private TableShape table(Capture capture, String name) throws SQLException {
    return targets
        .find(name, capture)
        .orElseThrow(() -> new Refusal("42P01", "relation \"" + name + "\" does not exist"));
  }

  /** Sends all rows of a table again, as after a schema change, with the time of this moment. */
  public void backfill(long id, String table) {
    Changefeed job = job(id);
    long tableId =
        job.plan().tables().stream()
            .filter(watched -> watched.name().equals(table))
            .findFirst()
            .orElseThrow(() -> new Refusal("42P01", "job " + id + " has no table " + table))
            .id();
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
          .orElseThrow(() -> Refusal.uncoded("job with ID " + id + " does not exist"));
    }
  }

  /** Stops all jobs and waits for their threads. */
  @Override
  public void close() {
    all().forEach(Changefeed::close);
    sinkless.forEach(SinklessFeed::close);
  }
}
