package dev.belay.sink.faults;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.postgres.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random faults for as long as is wanted, {@code -Psoak -Dsoak.minutes=N}; not a test of {@code mvn
 * verify}, by its name. Each round is a new bank, connector and database with faults in a row, and
 * ends with the audit. Which load and which faults a round has is decided by its seed alone, which
 * is printed; {@code -Dbelay.seed=N} begins with that round. When a strike hits is decided by the
 * machine.
 */
class Soak extends FaultCase {
  private static final Logger LOG = LoggerFactory.getLogger(Soak.class);
  private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("soak.minutes", 5));

  /** Beyond its sessions in Kafka, and beyond the database's patience with its transaction. */
  private static final Duration LONG_SLEEP = Duration.ofSeconds(6);

  private static final int STRIKES_A_ROUND = 12;

  private enum Fault {
    WORKER_KILLED,
    WORKER_KILLED_AT_A_MOMENT,
    WORKER_FROZEN,
    DATABASE_KILLED,
    DATABASE_KILLED_AT_A_MOMENT,
    DATABASE_RESTARTED,
    DATABASE_IN_RECOVERY,
    BROKER_KILLED,
    BROKER_KILLED_AT_A_MOMENT,
    CONNECTION_CUT,
    CONNECTION_CUT_AT_A_MOMENT,
    CONNECTOR_RESTARTED,
    SESSIONS_ENDED,
    TOPICS_GROWN
  }

  private final Map<Fault, Integer> survived = new TreeMap<>();
  private int records;
  private int rounds;

  @Test
  void randomFaultsAreSurvived() throws Exception {
    Deadline end = Deadline.in(LENGTH);
    long seed = Long.getLong("belay.seed", System.currentTimeMillis());
    try {
      do {
        endConnector();
        makeBank(seed);
        round(seed++);
      } while (!end.hasPassed());
    } finally {
      LOG.info(
          "Survived {} rounds, {} records, {} faults: {}",
          rounds,
          records,
          survived.values().stream().mapToInt(Integer::intValue).sum(),
          survived);
    }
  }

  private void round(long seed) throws Exception {
    Random random = new Random(seed);
    String mode = random.nextInt(3) == 0 ? "immediate" : "consistent";
    List<Fault> struck = new ArrayList<>();
    LOG.info("Round {}, -Dbelay.seed={}, {}", rounds + 1, seed, mode);
    start(mode, Map.of("target.idle.in.transaction.timeout.ms", "5000"));
    try {
      for (int i = 0; i < STRIKES_A_ROUND; i++) {
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        struck.add(fault);
        bank.transactions(1 + random.nextInt(20));
        strike(fault, Moment.values()[random.nextInt(Moment.values().length)]);
        LINE.mend();
        bank.transactions(1 + random.nextInt(20));
        if (random.nextBoolean()) {
          awaitFrontier();
        }
      }
      records += (int) assertEveryRecordTookEffectOnce().records();
    } catch (Exception | AssertionError e) {
      throw new AssertionError("-Dbelay.seed=" + seed + ", after " + struck, e);
    }
    rounds++;
    struck.forEach(fault -> survived.merge(fault, 1, Integer::sum));
  }

  private void strike(Fault fault, Moment moment) throws Exception {
    switch (fault) {
      case WORKER_KILLED -> LINE.worker().kill9();
      case WORKER_KILLED_AT_A_MOMENT -> strikeAt(moment, LINE.worker()::kill9);
      case WORKER_FROZEN -> {
        strikeAt(Moment.WRITING, LINE.worker()::freeze);
        Deadline slept = Deadline.in(LONG_SLEEP);
        await("it has slept for long", slept::hasPassed);
      }
      case DATABASE_KILLED -> LINE.database().kill9();
      case DATABASE_KILLED_AT_A_MOMENT -> strikeAt(moment, LINE.database()::kill9);
      case DATABASE_RESTARTED -> LINE.database().restart();
      case DATABASE_IN_RECOVERY -> {
        // the others take no connection meanwhile, which is the fault before this one
        if (LINE.database() instanceof PostgresServer postgres) {
          postgres.restartInRecovery();
          bank.transactions(4);
          postgres.promote();
        }
      }
      case BROKER_KILLED -> LINE.kafka().kill9();
      case BROKER_KILLED_AT_A_MOMENT -> strikeAt(moment, LINE.kafka()::kill9);
      case CONNECTION_CUT -> wire.cut();
      case CONNECTION_CUT_AT_A_MOMENT -> strikeAt(moment, wire::cut);
      case CONNECTOR_RESTARTED -> LINE.worker().rest().restart(connector);
      case SESSIONS_ENDED -> db.endSessions();
      case TOPICS_GROWN -> {
        if (feed.partitions("account") < 6) {
          Bank.tables().forEach(table -> feed.grow(table, feed.partitions(table) + 1));
        }
      }
    }
    // what the dead wire has swallowed would else be waited for until its time is over
    wire.cut();
  }
}
