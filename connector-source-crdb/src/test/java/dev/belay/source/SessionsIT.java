package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.SourceConfig;
import dev.belay.testkit.connect.ConnectRest.Validation;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By what name CockroachDB knows each of our sessions, and how long their statements may take. */
class SessionsIT extends SourceCase {
  private static final String TIMEOUT = "statement_timeout=7000";

  @AfterEach
  void letGo() {
    standIn().connections().clear();
  }

  private static HeldStatement hold(String text) {
    return standIn().connections().holdNext(text, Moment.BEFORE);
  }

  /** The server shows the connector's name and was told of the timeout, at a held statement. */
  private void namedAndLimited(HeldStatement statement) throws Exception {
    statement.awaitMet(LIMIT);
    assertThat(statement.seen().session().get("options")).contains(TIMEOUT);
    assertThat(sessions()).isPositive();
  }

  /** As SHOW SESSIONS has them, in the stand-in's server. */
  private int sessions() throws Exception {
    try (Connection server = standIn().server().connect();
        PreparedStatement statement =
            server.prepareStatement(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = ?")) {
      statement.setString(1, "belay " + name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private void createSinkless(Map<String, String> more) {
    Map<String, String> config = new HashMap<>(settings());
    // which have no meaning there
    config.keySet().removeAll(List.of("feed.sink.uri", "supervise.interval.ms"));
    config.put("source.statement.timeout.ms", "7000");
    config.put("feed.delivery", "sinkless");
    config.putAll(more);
    PARTS.worker().rest().create(name, config);
  }

  @Test
  void theSessionOfAValidation() throws Exception {
    Map<String, String> config = settings();
    config.put("name", name);
    config.put("source.statement.timeout.ms", "7000");
    HeldStatement statement = hold("kv.rangefeed.enabled");
    ExecutorService rest = Executors.newSingleThreadExecutor();
    try {
      Future<Validation> answer =
          rest.submit(
              () ->
                  PARTS
                      .worker()
                      .rest()
                      .validate("dev.belay.source.CockroachSourceConnector", config));
      namedAndLimited(statement);
      statement.release();
      assertThat(answer.get().errors()).isEmpty();
    } finally {
      rest.shutdownNow();
    }
  }

  @Test
  void theSessionOfASupervisor() throws Exception {
    HeldStatement made = hold("belay." + name + ".");
    create(Map.of("source.statement.timeout.ms", "7000"));
    namedAndLimited(made);
    made.release();
    awaitRunning();
    HeldStatement look = hold("SHOW CHANGEFEED JOBS");
    namedAndLimited(look);
    look.release();
  }

  @Test
  void theSessionOfAScan() throws Exception {
    sql("INSERT INTO " + name + " VALUES (2, 'second page')");
    HeldStatement page = hold(") > (");
    createSinkless(Map.of("scan.page.rows", "1"));
    namedAndLimited(page);
    page.release();
    awaitRow("second page");
  }

  /** A statement for ever: the timeout that its session begins with is taken off. */
  @Test
  void theSessionOfAFeed() throws Exception {
    HeldStatement off = hold("SET statement_timeout = 0");
    HeldStatement feed = hold("CREATE CHANGEFEED FOR");
    createSinkless(Map.of("feed.initial.scan", "no"));
    namedAndLimited(off);
    off.release();
    namedAndLimited(feed);
    feed.release();
    sql("INSERT INTO " + name + " VALUES (2, 'by the feed')");
    awaitRow("by the feed");
    // the session of short statements rests meanwhile: the one that is left is the feed's
    eventually(() -> assertThat(sessions()).isEqualTo(1));
    assertThat(standIn().sinklessFeeds())
        .anyMatch(open -> open.tables().equals(List.of("defaultdb.public." + name)));
  }

  @Test
  void theServerGivesUpAStatementThatTakesTooLong() {
    Map<String, String> settings = settings();
    settings.put("name", name);
    settings.put("source.statement.timeout.ms", "500");
    long begin = System.nanoTime();
    try (Cluster cluster =
        new Cluster(Addresses.of(new SourceConfig(settings)), new Secrets(List.of()))) {
      ClusterException given =
          catchThrowableOfType(
              ClusterException.class,
              () ->
                  cluster.ask(session -> session.createStatement().execute("SELECT pg_sleep(60)")));
      assertThat(given.state()).isEqualTo("57014");
      assertThat(given.isForGood()).isFalse();
    }
    // by the server, and not by the driver that waits for its answer ten seconds longer
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(9));
  }

  /** They are there for something else, such as the name of a cluster behind a proxy. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void optionsOfTheUserDoNotTakeTheLimitsAway(boolean inTheUrl) throws Exception {
    String options = "-c work_mem=5MB -c default_transaction_isolation=repeatable\\ read";
    Map<String, String> settings = settings();
    settings.put("name", name);
    settings.put("source.statement.timeout.ms", "7000");
    if (inTheUrl) {
      String url = settings.get("source.connection.url");
      settings.put(
          "source.connection.url",
          url
              + (url.contains("?") ? "&" : "?")
              + "options="
              + URLEncoder.encode(options, StandardCharsets.UTF_8).replace("+", "%20"));
    } else {
      settings.put("source.jdbc.options", options);
    }
    try (Cluster cluster =
        new Cluster(Addresses.of(new SourceConfig(settings)), new Secrets(List.of()))) {
      assertThat(shown(cluster, "work_mem")).isEqualTo("5MB");
      assertThat(shown(cluster, "statement_timeout")).isEqualTo("7s");
      assertThat(shown(cluster, "default_transaction_isolation")).isEqualTo("serializable");
    }
  }

  private static String shown(Cluster cluster, String setting) throws Exception {
    return cluster.ask(
        session -> {
          try (Statement statement = session.createStatement();
              ResultSet row = statement.executeQuery("SELECT current_setting('" + setting + "')")) {
            row.next();
            return row.getString(1);
          }
        });
  }
}
