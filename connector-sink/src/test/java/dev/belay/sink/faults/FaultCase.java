package dev.belay.sink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.Wire;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bank in a feed of its own, a database of its own with audit and gates, and a connector of the
 * worker between them, with an observer beside it. The feed's seed is printed, and {@code
 * -Dbelay.seed=N} gives another one.
 */
abstract class FaultCase {
  @RegisterExtension static final Line LINE = new Line();

  static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Logger LOG = LoggerFactory.getLogger(FaultCase.class);
  private static final long SEED = Long.getLong("belay.seed", 1);

  Feed feed;
  TargetDatabase db;
  Bank bank;
  String connector;

  /** The connector's way to the target. */
  Wire wire;

  private DatabaseServer target;
  private BankObserver observer;
  private boolean consistent;
  private String test;
  private long seed;
  private int logBefore;

  @BeforeEach
  void makeBank(TestInfo info) throws Exception {
    test = info.getTestClass().orElseThrow().getSimpleName() + " " + info.getDisplayName();
    makeBank(SEED);
  }

  /** A new feed, database and bank, and a connector to come. */
  void makeBank(long load) throws Exception {
    LINE.mend();
    seed = load;
    target = target();
    feed = new Feed(LINE.kafka().bootstrapServers(), LINE.topics());
    connector = "faults-" + feed.prefix();
    db = TargetDatabase.on(target);
    wire = new Wire(target.port());
    Bank.makeTables(db);
    AuditTables.install(db, Bank.tables());
    Gate.build(db);
    bank = new Bank(feed, seed);
    bank.makeTopics();
    logBefore = workerLog().length();
  }

  @AfterEach
  void endConnector() throws Exception {
    if (observer != null) {
      closeObserver();
    }
    LINE.mend();
    if (LINE.worker().rest().connectors().contains(connector)) {
      LINE.worker().rest().delete(connector);
    }
    wire.close();
    feed.close();
  }

  /** The server that the connector writes to; the line's unless told otherwise. */
  DatabaseServer target() throws Exception {
    return LINE.database();
  }

  /** Where the connector connects. */
  String url() {
    return db.url().replace(":" + target.port() + "/", ":" + wire.port() + "/");
  }

  /** Opens the bank and returns when the connector has brought it to the target. */
  void start(String mode) {
    start(mode, Map.of());
  }

  /**
   * @param more settings of the connector; they win over those chosen here
   */
  void start(String mode, Map<String, String> more) {
    consistent = mode.equals("consistent");
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("topics", String.join(",", Bank.tables().stream().map(feed::topic).toList()));
    settings.put("feed.topic.prefix", feed.prefix());
    settings.put("kafka.admin.bootstrap.servers", LINE.kafka().bootstrapServers());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("consumer.override.metadata.max.age.ms", "500");
    settings.put("delivery.mode", mode);
    settings.put("target.connection.url", url());
    settings.put("target.connection.user", db.role());
    // a gate may have to read what is on the wire
    db.plainWire().forEach((name, value) -> settings.put("target.jdbc." + name, value));
    settings.put("target.lock.timeout.ms", "60000");
    settings.put("target.retry.backoff.ms", "50");
    settings.put("checkpoint.idle.interval.ms", "10");
    settings.put("triggers", "allow");
    settings.putAll(more);
    bank.open();
    LINE.worker().rest().create(connector, settings);
    if (consistent) {
      observer = new BankObserver(db);
    }
    awaitFrontier();
  }

  /**
   * Lets the sink come as far as a moment, and then something happen.
   *
   * @param strike what is mended afterwards by the caller
   */
  void strikeAt(Moment moment, Strike strike) throws Exception {
    awaitFrontier();
    strikeAtNext(moment, strike);
  }

  /** The same where something is under way already, which may be what comes to that moment. */
  void strikeAtNext(Moment moment, Strike strike) throws Exception {
    try (Gate gate = Gate.at(moment, db, wire)) {
      if (moment == Moment.CLAIMING) {
        LINE.worker().rest().restart(connector);
      } else {
        bank.transactions(4);
      }
      gate.awaitSink();
      if (moment == Moment.COMMITTED) {
        wire.goDead();
        gate.letPass();
      }
      strike.happen();
    }
  }

  /** A fault. */
  @FunctionalInterface
  interface Strike {
    void happen() throws Exception;
  }

  /** Waits until the target is where the bank is. */
  void awaitFrontier() {
    String now = Feed.hlc(bank.now());
    await("the frontier is " + now, () -> db.hasFrontier(connector, now));
  }

  /** Waits for something in the database, which may be away meanwhile. */
  void await(String what, BooleanSupplier condition) {
    Deadline.in(PATIENCE)
        .await(
            () -> what + "; the connector is " + LINE.worker().rest().status(connector),
            () -> {
              try {
                return condition.getAsBoolean();
              } catch (IllegalStateException away) {
                return false;
              }
            });
  }

  /** From now on the connector writes to this copy of the database. */
  void moveTo(TargetDatabase copy) {
    db = copy;
    if (observer != null) {
      observer.moveTo(copy);
    }
  }

  /** From now on rows go back on purpose: nobody looks at them. */
  void closeObserver() {
    observer.close();
    observer = null;
  }

  /** Waits until the worker says something that it had not said when this test began. */
  void awaitLog(String text) {
    await("the worker says " + text, () -> workerLog().substring(logBefore).contains(text));
  }

  private static String workerLog() {
    try {
      return Files.readString(LINE.worker().logFile(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every record took effect exactly once, and nobody ever saw half a transaction. */
  Audit.Account assertEveryRecordTookEffectOnce() {
    awaitFrontier();
    FeedLog log = FeedLog.read(LINE.kafka().bootstrapServers(), feed, Bank.tables());
    await("all positions are at the ends", () -> log.isCoveredBy(db, connector));
    Audit.Account account = Audit.of(log, AuditTables.read(db), Set.of(), consistent);
    LOG.info("{}, -Dbelay.seed={}: {}", test, seed, account);
    if (observer != null) {
      assertThat(observer.faults()).isEmpty();
      assertThat(observer.looks()).isPositive();
    }
    return account;
  }
}
