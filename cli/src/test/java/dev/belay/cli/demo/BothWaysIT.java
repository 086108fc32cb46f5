package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both directions at once (invariant I7 NoEcho): real Debezium reads PostgreSQL 18, the packaged
 * source connector watches the stand-in for CockroachDB, and two sinks write to both. A trigger
 * writes down who wrote each row, on both sides; the topics are counted.
 */
@EnabledIfSystemProperty(
    named = "belay.forward",
    matches = "true",
    disabledReason =
        "takes minutes: mvn -pl cli -am verify -Dit.test=BothWaysIT -Dbelay.forward=true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BothWaysIT {
  private static final int MANY = 10_000;
  private static final int BATCH = 500;

  /** Where the keys of those who work on the old database begin. */
  private static final long OLD = 1_000_000;

  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String DATABASE = "shop";
  private static final String ROLE = "belay";
  private static final List<String> TABLES = List.of("accounts", "employees");

  /** Runs as whoever made it, for sinks have no right to the table. */
  private static final List<String> AUDIT =
      List.of(
          "CREATE SCHEMA audit",
          "CREATE TABLE audit.writes (who text, rows bigint)",
          """
          CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
          BEGIN
            INSERT INTO audit.writes VALUES (session_user, 1);
            RETURN NULL;
          END $$""",
          "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON public.accounts"
              + " FOR EACH ROW EXECUTE FUNCTION audit.note()",
          "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON public.employees"
              + " FOR EACH ROW EXECUTE FUNCTION audit.note()");

  @TempDir static Path dir;
  private PostgresServer old;
  private StandIn standIn;
  private KafkaProcess kafka;
  private ConnectWorker worker;
  private int jmxPort;

  @BeforeAll
  void start() throws Exception {
    Path plugins = Path.of(System.getProperty("belay.cli.jar")).resolveSibling("plugins");
    old = PostgresServer.start(PostgresServer.Version.NEW, Map.of("wal_level", "logical"));
    old.createDatabase(DATABASE);
    standIn = StandIn.start();
    kafka = KafkaProcess.start(dir.resolve("kafka"));
    jmxPort = LoopbackPort.free();
    worker =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
            .plugin(List.of(plugins.resolve("belay-connector-sink-plugin.zip")))
            .plugin(List.of(plugins.resolve("belay-connector-source-crdb-plugin.zip")))
            .plugin(List.of(plugins.resolve("debezium-connector-postgres.tar.gz")))
            .properties(Map.of("exactly.once.source.support", "enabled"))
            .jvmOptions(
                List.of(
                    "-Dcom.sun.management.jmxremote.host=" + LoopbackPort.HOST,
                    "-Djava.rmi.server.hostname=" + LoopbackPort.HOST,
                    "-Dcom.sun.management.jmxremote.port=" + jmxPort,
                    "-Dcom.sun.management.jmxremote.rmi.port=" + jmxPort,
                    "-Dcom.sun.management.jmxremote.authenticate=false",
                    "-Dcom.sun.management.jmxremote.ssl=false"))
            .start();
    prepare();
    connect();
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {worker, kafka, standIn, old}) {
      if (part != null) {
        part.close();
      }
    }
  }

  private void prepare() throws SQLException, IOException {
    try (Connection connection = old.connect(DATABASE)) {
      Script.TABLES.run(connection);
      for (Script script : OldDatabase.POSTGRESQL.scripts()) {
        if (script != Script.TABLES) {
          script.run(connection);
        }
      }
      Script.of("/dev/belay/cli/demo/origin.sql", "\n\n").run(connection);
      Script.of("/dev/belay/cli/demo/debezium.sql", "\n\n").run(connection);
      execute(connection, AUDIT);
    }
    try (Connection connection = standIn.connect()) {
      Script.TABLES.run(connection);
      Script.of("/dev/belay/sink/target/cockroach/belay-schema.sql", "\n-- next\n").run(connection);
      Script.of("/dev/belay/cli/demo/role-cockroachdb.sql", "\n\n").run(connection);
    }
    try (Connection connection = standIn.server().connect(StandIn.DATABASE)) {
      execute(connection, AUDIT);
    }
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      TABLES.forEach(table -> topics.create(table, Failback.PARTITIONS));
    }
  }

  private void connect() throws Exception {
    worker.rest().create(Forward.SOURCE, debezium(true));
    worker.rest().awaitRunning(Forward.SOURCE, LIMIT);
    awaitSlot();
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      Forward.topics(TABLES).forEach(topic -> topics.create(topic, Failback.PARTITIONS));
    }
    Map<String, String> forward =
        Forward.connector(kafka.bootstrapServers(), standIn.url(), ROLE, TABLES);
    forward.putAll(Forward.bothWays());
    forward.put("triggers", "allow");
    worker.rest().create(Forward.CONNECTOR, forward);

    Map<String, String> feed =
        Failback.source(kafka.bootstrapServers(), standIn.url(), StandIn.USER, now(), Feed.KAFKA);
    feed.put("feed.tables", String.join(",", TABLES));
    feed.put("feed.bidirectional", "true");
    worker.rest().create(Failback.SOURCE, feed);
    Map<String, String> failback =
        Failback.connector(kafka.bootstrapServers(), old.jdbcUrl(DATABASE), ROLE, Mode.CONSISTENT);
    failback.put("topics", String.join(",", TABLES));
    failback.put("origin.mark", "on");
    failback.put("triggers", "allow");
    worker.rest().create(Failback.CONNECTOR, failback);
    for (String connector : List.of(Forward.CONNECTOR, Failback.SOURCE, Failback.CONNECTOR)) {
      worker.rest().awaitRunning(connector, LIMIT);
    }
    try (FeedGauge gauge = new FeedGauge(kafka.bootstrapServers(), TABLES, Failback.PARTITIONS)) {
      Deadline.in(LIMIT).await("the feed has begun", gauge::hasResolved);
    }
  }

  /**
   * @param first whether PostgreSQL itself leaves out what carries a mark
   */
  private Map<String, String> debezium(boolean first) throws IOException {
    Map<String, String> config = Forward.source(old.port(), DATABASE, TABLES, false);
    if (first) {
      config.put("slot.stream.params", "origin=none");
    }
    return config;
  }

  @Test
  @Order(1)
  void whatOneSideGotIsNotSentBackByEither() throws Exception {
    open(standIn.connect(), 0);
    open(old.connect(DATABASE), OLD);
    awaitEqual();

    assertThat(traffic()).isEqualTo(new Traffic(0, MANY, 0, MANY));
    assertThat(writtenByTheSink(old.connect(DATABASE))).isEqualTo(MANY);
    assertThat(writtenByTheSink(newServer())).isEqualTo(MANY);

    long rows = 0;
    for (int part = 0; part < 3; part++) {
      rows += work(standIn.connect(), 0, part);
      work(old.connect(DATABASE), OLD, part); // as many
      if (part == 0) {
        worker.kill9();
      } else if (part == 1) {
        worker.restart();
      }
    }
    awaitEqual();
    long each = MANY + rows + oneAfterTheOther();

    assertThat(traffic()).isEqualTo(new Traffic(0, each, 0, each));
    // fewer where several changes of a row were folded into one
    assertThat(writtenByTheSink(old.connect(DATABASE))).isBetween((long) MANY, each);
    assertThat(writtenByTheSink(newServer())).isBetween((long) MANY, each);
    assertThat(metric(Forward.CONNECTOR, "echoes-total")).isZero();
  }

  /** Both change a row in turns, each after it has seen what the other did. */
  private long oneAfterTheOther() throws Exception {
    int turns = 5;
    for (int turn = 0; turn < turns; turn++) {
      change(standIn.connect());
      awaitEqual();
      change(old.connect(DATABASE));
      awaitEqual();
    }
    try (Connection connection = old.connect(DATABASE)) {
      assertThat(number(connection, "SELECT changes FROM accounts WHERE id = 1"))
          .isEqualTo(2 * turns);
    }
    return turns;
  }

  private static void change(Connection opened) throws SQLException {
    try (Connection connection = opened) {
      execute(connection, List.of("UPDATE accounts SET changes = changes + 1 WHERE id = 1"));
    }
  }

  @Test
  @Order(2)
  void whatPostgreSqlDoesNotLeaveOutTheSinkDoes() throws Exception {
    long before = writtenByTheSink(newServer());
    long sent = traffic().feedChanges();
    worker.rest().put(Forward.SOURCE, debezium(false));
    worker.rest().awaitRunning(Forward.SOURCE, LIMIT);
    awaitSlot();

    open(standIn.connect(), 3 * OLD);
    awaitEqual();
    Deadline.in(LIMIT)
        .await(
            () -> "the echoes are counted: " + metric(Forward.CONNECTOR, "echoes-total"),
            () -> metric(Forward.CONNECTOR, "echoes-total") >= MANY);

    Traffic traffic = traffic();
    assertThat(traffic.forwardEchoes()).isEqualTo(MANY);
    assertThat(traffic.feedChanges()).isEqualTo(sent + MANY);
    assertThat(metric(Forward.CONNECTOR, "echoes-total")).isEqualTo(MANY);
    assertThat(writtenByTheSink(newServer())).isEqualTo(before);
  }

  /** New accounts. */
  private static void open(Connection opened, long after) throws SQLException {
    try (Connection connection = opened;
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO accounts VALUES (?, ?, 1.10, 0)")) {
      connection.setAutoCommit(false);
      for (int i = 1; i <= MANY; i++) {
        insert.setLong(1, after + i);
        insert.setString(2, "owner " + i);
        insert.addBatch();
        if (i % BATCH == 0) {
          insert.executeBatch();
          connection.commit();
        }
      }
    }
  }

  /**
   * Employees with their managers, accounts that change and that go, in small transactions.
   *
   * @return rows written
   */
  private static long work(Connection opened, long after, int part) throws SQLException {
    int transactions = 100;
    long rows = 0;
    try (Connection connection = opened) {
      connection.setAutoCommit(false);
      for (int i = 1; i <= transactions; i++) {
        long id = after + (long) part * transactions + i;
        String manager = id == after + 1 ? "NULL" : Long.toString(id - 1);
        try (Statement sql = connection.createStatement()) {
          rows +=
              sql.executeUpdate(
                  "INSERT INTO employees (id, name, email, manager_id, salary, hired, active)"
                      + " VALUES (%d, 'name', 'e%d', %s, 1.50, '2026-11-22', true)"
                          .formatted(id, id, manager));
          rows +=
              sql.executeUpdate("UPDATE employees SET salary = salary + 1 WHERE id = " + manager);
          rows +=
              sql.executeUpdate("UPDATE accounts SET changes = changes + 1 WHERE id = " + (id + 1));
          rows += sql.executeUpdate("DELETE FROM accounts WHERE id = " + (id + MANY / 2));
        }
        connection.commit();
      }
    }
    return rows;
  }

  private Traffic traffic() throws IOException {
    return Traffic.count(kafka.bootstrapServers(), TABLES, true);
  }

  private Connection newServer() throws SQLException {
    return standIn.server().connect(StandIn.DATABASE);
  }

  private static long writtenByTheSink(Connection opened) throws SQLException {
    try (Connection connection = opened) {
      return number(
          connection, "SELECT coalesce(sum(rows), 0) FROM audit.writes WHERE who = '" + ROLE + "'");
    }
  }

  private void awaitSlot() {
    Deadline.in(LIMIT)
        .await(
            "Debezium reads the log",
            () -> {
              try (Connection connection = old.connect(DATABASE)) {
                return number(
                        connection,
                        "SELECT count(*) FROM pg_replication_slots WHERE active"
                            + " AND slot_name = 'belay_forward'")
                    == 1;
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  /** However long it takes on a busy machine, as long as the sides come closer. */
  private void awaitEqual() {
    List<String> sums = sums();
    while (!sums.get(0).equals(sums.get(1))) {
      List<String> before = sums;
      Deadline.in(LIMIT)
          .await(() -> "one more row is there. " + state(), () -> !sums().equals(before));
      sums = sums();
    }
    Deadline.in(LIMIT).await(this::state, () -> differences().isEmpty());
  }

  /** Of either side, cheap: comparing all rows again and again would keep the machine from work. */
  private List<String> sums() {
    List<String> sums = new ArrayList<>();
    try (Connection one = standIn.connect();
        Connection other = old.connect(DATABASE)) {
      for (Connection connection : List.of(one, other)) {
        try (Statement statement = connection.createStatement();
            ResultSet row =
                statement.executeQuery(
                    "SELECT (SELECT count(*) || ' ' || coalesce(sum(changes), 0) FROM accounts)"
                        + " || ' ' || (SELECT count(*) || ' ' || coalesce(sum(salary), 0) FROM"
                        + " employees)")) {
          row.next();
          sums.add(row.getString(1));
        }
      }
      return sums;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String state() {
    StringBuilder state = new StringBuilder(differences().toString());
    state.append("\nbroker ").append(kafka.isAlive() ? "up" : "gone");
    for (String connector :
        List.of(Forward.SOURCE, Forward.CONNECTOR, Failback.SOURCE, Failback.CONNECTOR)) {
      state.append('\n').append(worker.rest().status(connector));
    }
    return state.toString();
  }

  private List<TableComparison> differences() {
    try (Connection one = standIn.connect();
        Connection other = old.connect(DATABASE)) {
      Comparer comparer = new Comparer(one, other, OldDatabase.POSTGRESQL);
      List<TableComparison> unequal = new ArrayList<>();
      for (String table : TABLES) {
        TableComparison comparison = comparer.compare(table, "id");
        if (!comparison.isEqual()) {
          unequal.add(comparison);
        }
      }
      return unequal;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private long metric(String connector, String name) {
    try (JMXConnector jmx =
        JMXConnectorFactory.connect(
            new JMXServiceURL(
                "service:jmx:rmi:///jndi/rmi://"
                    + LoopbackPort.HOST
                    + ":"
                    + jmxPort
                    + "/jmxrmi"))) {
      Object value =
          jmx.getMBeanServerConnection()
              .getAttribute(
                  new ObjectName("kafka.connect:type=plugins,connector=" + connector + ",task=0"),
                  name);
      return ((Number) value).longValue();
    } catch (IOException | JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private String now() throws SQLException {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT cluster_logical_timestamp()")) {
      row.next();
      return row.getString(1);
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
