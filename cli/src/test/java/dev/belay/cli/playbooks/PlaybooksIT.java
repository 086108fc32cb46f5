package dev.belay.cli.playbooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.connect.ConnectorStatus.State;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The playbooks as a person pastes them, as far as they need nobody but Belay. */
class PlaybooksIT {
  private static final Logger LOG = LoggerFactory.getLogger(PlaybooksIT.class);

  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String FEED = "shop-feed";

  @TempDir Path dir;

  @BeforeAll
  static void tools() throws InterruptedException {
    Paste.assumeTools("bash", "curl", "jq", "awk");
  }

  @Test
  void failbackOnDemandGoesToTheNewDatabaseAndBack() throws Exception {
    try (Parts parts = Parts.start(dir, false);
        Paste paste = parts.paste("failback-on-demand")) {
      try (Connection current = parts.shop().current()) {
        Shoppers.fill(current); // what a load or the forward direction would have brought
      }
      paste.step(0);
      paste.step(1);
      paste.step(2);
      parts.shop().awaitNoSessionOfTheSink();
      paste.leaveOut(3); // there is no forward direction here
      paste.step(4);
      assertThatTheTimeInTheFileIsRefused(parts);
      visit(parts.shop().current(), 1); // before anything is resumed
      paste.step(5);
      long start = System.nanoTime();
      Duration resumed = paste.step(6);
      parts.shop().awaitEqual();
      Duration caughtUp = Duration.ofNanos(System.nanoTime() - start);
      paste.step(7);
      visit(parts.shop().current(), 2);
      visit(parts.shop().current(), 3);
      Duration drained = paste.step(8); // right after the last write
      assertThat(parts.shop().differences()).isEmpty();
      assertThat(parts.shop().writtenToOld()).isEqualTo(3 * Shoppers.ROWS);
      paste.step(9);
      assertThat(paste.left()).isEmpty();

      visit(parts.shop().current(), 4); // no way leads back any more
      try (Connection old = parts.shop().old()) {
        Databases.execute(old, List.of("INSERT INTO orders (customer, total) VALUES (200, 1)"));
      }
      assertThat(parts.shop().writtenToOld()).isEqualTo(3 * Shoppers.ROWS);
      LOG.warn(
          "failback-on-demand: running {} ms after the first resume, caught up after {} ms; drained {}"
              + " ms after the last write",
          resumed.toMillis(),
          caughtUp.toMillis(),
          drained.toMillis());
    }
  }

  /** Whoever forgets the step that sets it loses nothing. */
  private static void assertThatTheTimeInTheFileIsRefused(Parts parts) {
    parts.rest().resume(FEED);
    assertThat(parts.rest().awaitTaskFailure(FEED, LIMIT))
        .contains("is older than the GC threshold");
    parts.rest().stop(FEED);
    parts.rest().awaitState(FEED, State.STOPPED, LIMIT);
  }

  @EnabledIfSystemProperty(
      named = "belay.playbooks",
      matches = "true",
      disabledReason =
          "a minute each: mvn -pl cli -am verify -Dit.test=PlaybooksIT -Dbelay.playbooks=true")
  @Test
  void standbyOfADualWriteBringsWhatTheApplicationNoLongerWrites() throws Exception {
    try (Parts parts = Parts.start(dir, false);
        Paste paste = parts.paste("dual-write");
        Connection current = parts.shop().current();
        Connection old = parts.shop().shopApp()) {
      Shoppers.fill(current);
      paste.step(0);
      paste.step(1);
      paste.step(2);
      parts.shop().awaitNoSessionOfTheSink();
      visitBoth(current, old, 1);
      paste.step(3);
      assertThat(parts.shop().differences()).isEmpty();

      visitBoth(current, old, 2);
      visitBoth(current, old, 3);
      for (int turn = 0; turn < 5; turn++) {
        for (Connection each : List.of(current, old)) {
          Shoppers.comeAgain(each, 50);
        }
      }
      assertThat(parts.shop().differences()).isEmpty();
      old.rollback(); // it ends its transaction, as whoever writes does
      paste.step(4);
      assertThatThrownBy(() -> Shoppers.comeAgain(old, 51))
          .hasMessageContaining("permission denied");
      old.rollback();
      Shoppers.visit(current, 4);
      paste.step(5);
      long start = System.nanoTime();
      Duration resumed = paste.step(6);
      parts.shop().awaitEqual();
      Duration caughtUp = Duration.ofNanos(System.nanoTime() - start);
      Shoppers.visit(current, 5);
      paste.step(7);
      assertThat(parts.shop().differences()).isEmpty();
      // of what the application wrote to both since step 3 nothing is written again
      assertThat(parts.shop().writtenToOld()).isEqualTo(2 * Shoppers.ROWS);
      paste.step(8);
      assertThat(paste.left()).isEmpty();

      visitBoth(current, old, 6);
      assertThat(parts.shop().differences()).isEmpty();
      assertThat(parts.shop().writtenToOld()).isEqualTo(2 * Shoppers.ROWS);
      LOG.warn(
          "dual-write: running {} ms after the first resume, caught up after {} ms",
          resumed.toMillis(),
          caughtUp.toMillis());
    }
  }

  @EnabledIfSystemProperty(
      named = "belay.playbooks",
      matches = "true",
      disabledReason =
          "a minute each: mvn -pl cli -am verify -Dit.test=PlaybooksIT -Dbelay.playbooks=true")
  @Test
  void oldDatabaseIsRepairedByHand() throws Exception {
    Paste.assumeTools("psql", "paste", "tac");
    try (Databases shop = Databases.start();
        Paste paste = shop.paste("manual-reconciliation", dir);
        Connection current = shop.current();
        Connection old = shop.old()) {
      Shoppers.fill(current);
      paste.step(0);
      paste.step(1);
      for (int visit = 1; visit <= 3; visit++) {
        Shoppers.visit(current, visit);
      }
      Shoppers.visit(old, 4); // somebody had kept the right to write
      long start = System.nanoTime();
      for (int step = 2; step <= 5; step++) {
        paste.step(step);
      }
      Duration repaired = Duration.ofNanos(System.nanoTime() - start);
      assertThat(paste.left()).isEmpty();
      assertThat(shop.differences()).isEmpty();
      LOG.warn(
          "manual-reconciliation: compared, repaired and compared again in {} ms",
          repaired.toMillis());
    }
  }

  private static void visitBoth(Connection current, Connection old, int visit) throws SQLException {
    Shoppers.visit(current, visit);
    Shoppers.visit(old, visit);
  }

  private static void visit(Connection opened, int visit) throws SQLException {
    try (Connection connection = opened) {
      Shoppers.visit(connection, visit);
    }
  }
}
