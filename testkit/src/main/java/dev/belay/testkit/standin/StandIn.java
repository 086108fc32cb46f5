package dev.belay.testkit.standin;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.Trees;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.access.Access;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.feed.Changefeeds;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.feed.KafkaSink;
import dev.belay.testkit.standin.feed.Rules;
import dev.belay.testkit.standin.feed.Sink;
import dev.belay.testkit.standin.feed.SinklessFeed;
import dev.belay.testkit.standin.proxy.Answers;
import dev.belay.testkit.standin.proxy.ClusterSettings;
import dev.belay.testkit.standin.proxy.ConnectionFaults;
import dev.belay.testkit.standin.proxy.InformationSchema;
import dev.belay.testkit.standin.proxy.JsonFunctions;
import dev.belay.testkit.standin.proxy.Logins;
import dev.belay.testkit.standin.proxy.Proxy;
import dev.belay.testkit.standin.proxy.Tls;
import dev.belay.testkit.standin.proxy.Zones;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.HybridClock;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for a CockroachDB cluster: an embedded PostgreSQL 18 whose committed transactions
 * become changefeeds to Kafka, behind a proxy that answers the statements for them. Starts with an
 * empty database {@value #DATABASE}; no password is asked. May be used from any thread; {@link
 * #close} ends its jobs and its server, and the data with it.
 *
 * <p>What it has of CockroachDB beside PostgreSQL's SQL: {@code CREATE CHANGEFEED FOR ... INTO} a
 * Kafka or an external connection, and without a sink, with {@code EXPERIMENTAL CHANGEFEED FOR} as
 * its old form; {@code ALTER CHANGEFEED}, {@code SHOW CHANGEFEED JOBS}, {@code PAUSE}, {@code
 * RESUME} and {@code CANCEL JOB}, the grants, role options and listings that go with them; {@code
 * AS OF SYSTEM TIME} (limits: {@link dev.belay.testkit.standin.capture.PastTables}); {@code
 * json_build_object} and its like, in CockroachDB's bytes; {@code CONFIGURE ZONE}, cluster
 * settings, {@code cluster_logical_timestamp()}, {@code crdb_internal_mvcc_timestamp}, {@code
 * disable_changefeed_replication}, {@code crdb_sql_type} in {@code information_schema.columns}, the
 * {@code crdb_version} that a session is greeted with, {@code UPSERT}, and the names of its types.
 * Texts and SQLSTATEs of refusals are CockroachDB's; where one could not be verified, the class
 * that has it says so.
 */
public final class StandIn implements AutoCloseable {

  /** The database that is there from the start. */
  public static final String DATABASE = "defaultdb";

  /** A user who may do everything. */
  public static final String USER = "root";

  private static final Map<String, String> SETTINGS =
      Map.of(
          "wal_level", "logical",
          "track_commit_timestamp", "on",
          "max_wal_senders", "64",
          "max_replication_slots", "64",
          "max_active_replication_origins", "500",
          "max_connections", "300",
          // A stopped debugger must not end the capture.
          "wal_sender_timeout", "0");

  private final PostgresServer postgres;
  private final HybridClock clock = new HybridClock(Clock.systemUTC());
  private final int rowsKept;
  private final Cluster cluster;
  private final Map<String, Capture> captures = new ConcurrentHashMap<>();
  private final Changefeeds changefeeds;
  private final Zones zones = new Zones();
  private final ConnectionFaults faults = new ConnectionFaults();
  private final Path answersDir;
  private final Answers answers;
  private final Proxy proxy;

  private StandIn(Builder builder) throws IOException, SQLException {
    this.rowsKept = builder.rowsKept;
    this.cluster = cluster(builder.version);
    this.answersDir = Files.createTempDirectory("belay-standin-");
    this.answers = new Answers(answersDir);
    this.postgres =
        PostgresServer.start(PostgresServer.Version.NEW, Logins.settings(SETTINGS, answersDir));
    Access access = new Access(postgres::connect);
    ClusterSettings settings = new ClusterSettings(cluster);
    this.changefeeds =
        new Changefeeds(
            cluster,
            clock,
            builder.sinks(),
            builder.misbehaviour,
            new Rules(access, settings::insistsOnConnections, zones::timeToLive));
    try {
      try (Connection connection = postgres.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE ROLE " + USER + " SUPERUSER LOGIN");
        statement.execute("CREATE ROLE " + Logins.HAVE_PASSWORDS);
      }
      postgres.createDatabase(DATABASE);
      capture(DATABASE);
      this.proxy =
          Proxy.start(
              builder.port,
              new Proxy.Rooms(
                  postgres.port(),
                  this::capture,
                  changefeeds,
                  settings,
                  cluster,
                  access,
                  zones,
                  answers,
                  builder.tls,
                  faults));
    } catch (IOException | SQLException | RuntimeException e) {
      closeServer();
      throw e;
    }
  }

  private static Cluster cluster(String version) {
    return new Cluster(UUID.randomUUID().toString(), "", version, "1", "127.0.0.1", "");
  }

  /** Starts one with the usual settings. */
  public static StandIn start() throws IOException, SQLException {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Settings before the start. */
  public static final class Builder {
    private Misbehaviour misbehaviour = Misbehaviour.NONE;
    private Duration partitionRefresh = Duration.ofSeconds(2);
    private int rowsKept = 100_000;
    private int port;
    private String version = "v26.2.0";
    private Optional<Tls> tls = Optional.empty();
    private Optional<Sink.Opener> sinks = Optional.empty();

    private Builder() {}

    /** How changefeeds misbehave from the start; well, if not told. */
    public Builder misbehaviour(Misbehaviour wanted) {
      misbehaviour = wanted;
      return this;
    }

    /**
     * How long the number of partitions of a topic is believed; 2 seconds, where CockroachDB takes
     * up to a minute. New partitions get no resolved messages meanwhile.
     */
    public Builder partitionRefresh(Duration wanted) {
      partitionRefresh = wanted;
      return this;
    }

    /** How many changed rows are kept for feeds with a {@code cursor} in the past; 100,000. */
    public Builder rowsKept(int wanted) {
      rowsKept = wanted;
      return this;
    }

    /** Takes encrypted connections only, as a secure cluster does. */
    public Builder tls(Tls wanted) {
      tls = Optional.of(wanted);
      return this;
    }

    /** What it says to be, {@code v26.2.0} if not told; columns of some listings follow it. */
    public Builder version(String wanted) {
      if (!wanted.matches("v\\d+\\.\\d+\\.\\d+")) {
        throw new IllegalArgumentException("not a version as v26.2.0: " + wanted);
      }
      version = wanted;
      return this;
    }

    /** Where clients connect, on the loopback interface; a free port if not told. */
    public Builder port(int wanted) {
      port = wanted;
      return this;
    }

    /** Takes messages instead of Kafka: for tests of the stand-in itself. */
    Builder sinks(Sink.Opener wanted) {
      sinks = Optional.of(wanted);
      return this;
    }

    private Sink.Opener sinks() {
      return sinks.orElse(target -> new KafkaSink(target, partitionRefresh, Clock.systemUTC()));
    }

    public StandIn start() throws IOException, SQLException {
      return new StandIn(this);
    }
  }

  /** The PostgreSQL behind it, for tests that must do what CockroachDB has no words for. */
  public PostgresServer server() {
    return postgres;
  }

  /** JDBC URL of a database; user is {@value #USER}, the password anything. */
  public String url(String database) {
    return "jdbc:postgresql://" + LoopbackPort.HOST + ":" + proxy.port() + "/" + database;
  }

  /** JDBC URL of {@value #DATABASE}. */
  public String url() {
    return url(DATABASE);
  }

  public int port() {
    return proxy.port();
  }

  /** Makes an empty database whose changes are captured from now on. */
  public void createDatabase(String name) throws SQLException {
    postgres.createDatabase(name);
    capture(name);
  }

  private Capture capture(String database) throws SQLException {
    synchronized (captures) {
      Capture known = captures.get(database);
      if (known == null) {
        String url = postgres.jdbcUrl(database);
        known = Capture.open(database, url, postgres.superuser(), clock, rowsKept);
        try (Connection connection = known.connect()) {
          answers.install(connection, cluster);
          JsonFunctions.install(connection);
          InformationSchema.install(connection);
        }
        captures.put(database, known);
      }
      return known;
    }
  }

  /** Runs one statement in {@value #DATABASE}. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A new session of {@value #USER} in {@value #DATABASE}. */
  public Connection connect() throws SQLException {
    return connect(DATABASE);
  }

  /** A new session of {@value #USER}. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), USER, "");
  }

  /**
   * Makes a changefeed on tables of {@value #DATABASE}, as the statement would over a session.
   *
   * @param sql {@code CREATE CHANGEFEED FOR ... INTO 'kafka://...' WITH ...}
   * @return the job's id
   * @throws Refusal if the statement is wrong
   */
  public long createChangefeed(String sql) throws SQLException {
    return changefeeds.create(Sql.of(sql), capture(DATABASE), USER, none -> {});
  }

  /** All jobs, the oldest first. */
  public List<JobStatus> jobs() {
    return changefeeds.list();
  }

  public Optional<JobStatus> job(long id) {
    return changefeeds.find(id);
  }

  /**
   * The changefeeds without a sink whose clients are there, in no order: to fail them, to cut their
   * clients off, to make them misbehave.
   */
  public Set<SinklessFeed> sinklessFeeds() {
    return changefeeds.sinkless();
  }

  /** Asks a job to pause; wait for its state. */
  public void pause(long jobId) {
    changefeeds.pause(jobId, "");
  }

  /** Lets a paused job go on from its last checkpoint. */
  public void resume(long jobId) {
    changefeeds.resume(jobId);
  }

  /** Asks a job to end for good; wait for its state. */
  public void cancel(long jobId) {
    changefeeds.cancel(jobId);
  }

  /**
   * Lets every job that gets to a state stay in it until {@link #releaseJobs}: PENDING,
   * PAUSE_REQUESTED, CANCEL_REQUESTED or REVERTING, which pass by in no time otherwise.
   */
  public void holdJobs(JobState state) {
    changefeeds.hold(state);
  }

  public void releaseJobs(JobState state) {
    changefeeds.release(state);
  }

  /** Makes a running job fail with an error that is not worth another try. */
  public void failJob(long jobId, String error) {
    changefeeds.fail(jobId, error);
  }

  /**
   * Makes a running job fail with an error that is worth another try, and again until it has failed
   * so many times; it tries twice a second. {@code running_status} shows the error meanwhile.
   */
  public void falterJob(long jobId, String error, int times) {
    changefeeds.falter(jobId, error, times);
  }

  /**
   * Makes a job send rows but no resolved times, and its high-water mark stand still, while it says
   * that it is running.
   */
  public void stallJob(long jobId) {
    changefeeds.stall(jobId, true);
  }

  public void releaseStalledJob(long jobId) {
    changefeeds.stall(jobId, false);
  }

  /**
   * Takes a table of {@value #DATABASE} offline as {@code IMPORT INTO} does: jobs on it fail, and
   * none can be made until {@link #imported}.
   */
  public void importing(String table) throws SQLException {
    changefeeds.takeOffline(capture(DATABASE), table, "importing");
  }

  public void imported(String table) throws SQLException {
    changefeeds.putOnline(capture(DATABASE), table);
  }

  /**
   * Collects the past of all tables up to now at once, whatever their {@code gc.ttlseconds}:
   * cursors before this moment are refused, but for those which a job that has not ended protects.
   */
  public void collectHistory() {
    changefeeds.collectHistory();
  }

  /** Lets the licence for changefeeds expire, which is told to new and to resumed jobs. */
  public void licence(boolean expired) {
    changefeeds.expireLicence(expired);
  }

  /**
   * The time of this moment: whatever is committed is at or below it, whatever commits from now on
   * is above it.
   */
  public Hlc now() throws SQLException {
    return capture(DATABASE).fence().time();
  }

  /** What was committed in {@value #DATABASE} up to now, the oldest first, as far as it is kept. */
  public List<Entry> commits() throws SQLException {
    return commits(DATABASE);
  }

  /** What was committed in a database up to now, the oldest first, as far as it is kept. */
  public List<Entry> commits(String database) throws SQLException {
    Capture capture = capture(database);
    long end = capture.fence().position();
    return capture.log().read(capture.log().oldest(), end, Integer.MAX_VALUE);
  }

  /** Changes how all changefeeds behave from their next round of resolved messages on. */
  public void misbehave(Misbehaviour misbehaviour) {
    changefeeds.misbehave(misbehaviour);
  }

  /** Makes a job send a whole table again with {@code updated} of this moment, once. */
  public void backfill(long jobId, String table) {
    changefeeds.backfill(jobId, table);
  }

  /**
   * Makes a job break the resolved promise once: before the next row it sends, it tells every
   * partition a resolved time above that row. Real changefeeds do this only in the releases with
   * advisory A-104309.
   */
  public void resolveEarly(long jobId) {
    changefeeds.resolveEarly(jobId);
  }

  /** What becomes of clients' connections: cut, refused, slow, and statements that fail. */
  public ConnectionFaults connections() {
    return faults;
  }

  @Override
  public void close() {
    try {
      proxy.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      closeServer();
    }
  }

  private void closeServer() {
    changefeeds.close();
    captures.values().forEach(Capture::close);
    postgres.close();
    try {
      Trees.delete(answersDir);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
