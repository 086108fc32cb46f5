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
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The playbooks as a person pastes them, as far as they need nobody but Belay. */
class PlaybooksIT {
  private static final Logger LOG = LoggerFactory.getLogger(PlaybooksIT.class);

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String FEED = "shop-feed";

  @TempDir Path dir;

  @BeforeAll
  static void tools() throws InterruptedException {
    Paste.assumeTools();
  }

  @Test
  void failbackOnDemandGoesToTheNewDatabaseAndBack() throws Exception {
    try (Parts parts = Parts.start(dir, false);
        Paste paste = parts.paste("failback-on-demand")) {
      try (Connection current = parts.current()) {
        Shoppers.fill(current); // what a load or the forward direction would have brought
      }
      paste.step(0);
      paste.step(1);
      paste.step(2);
      parts.awaitNoSessionOfTheSink();
      paste.leaveOut(3); // there is no forward direction here
      paste.step(4);
      assertThatTheTimeInTheFileIsRefused(parts);
      visit(parts.current(), 1); // before anything is resumed
      paste.step(5);
      long start = System.nanoTime();
      Duration resumed = paste.step(6);
      parts.awaitEqual();
      Duration caughtUp = Duration.ofNanos(System.nanoTime() - start);
      paste.step(7);
      visit(parts.current(), 2);
      visit(parts.current(), 3);
      Duration drained = paste.step(8); // right after the last write
      assertThat(parts.differences()).isEmpty();
      assertThat(parts.writtenToOld()).isEqualTo(3 * Shoppers.ROWS);
      paste.step(9);
      assertThat(paste.left()).isEmpty();

      visit(parts.current(), 4); // no way leads back any more
      try (Connection old = parts.old()) {
        Parts.execute(old, List.of("INSERT INTO orders (customer, total) VALUES (200, 1)"));
      }
      assertThat(parts.writtenToOld()).isEqualTo(3 * Shoppers.ROWS);
      LOG.info(
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

  @Test
  void standbyOfADualWriteBringsWhatTheApplicationNoLongerWrites() throws Exception {
    try (Parts parts = Parts.start(dir, false);
        Paste paste = parts.paste("dual-write");
        Connection current = parts.current();
        Connection old = parts.shopApp()) {
      Shoppers.fill(current);
      paste.step(0);
      paste.step(1);
      paste.step(2);
      parts.awaitNoSessionOfTheSink();
      visitBoth(current, old, 1);
      paste.step(3);
      assertThat(parts.differences()).isEmpty();

      visitBoth(current, old, 2);
      visitBoth(current, old, 3);
      for (int turn = 0; turn < 5; turn++) {
        for (Connection each : List.of(current, old)) {
          Shoppers.comeAgain(each, 50);
        }
      }
      assertThat(parts.differences()).isEmpty();
      old.rollback(); // it ends its transaction, as whoever writes does
      paste.step(4);
      assertThatThrownBy(() -> Shoppers.comeAgain(old, 51))
          .hasMessageContaining("permission denied");
      old.rollback();
      Shoppers.visit(current, 4);
      paste.step(5);
      long start = System.nanoTime();
      Duration resumed = paste.step(6);
      parts.awaitEqual();
      Duration caughtUp = Duration.ofNanos(System.nanoTime() - start);
      Shoppers.visit(current, 5);
      paste.step(7);
      assertThat(parts.differences()).isEmpty();
      // of what the application wrote to both since step 3 nothing is written again
      assertThat(parts.writtenToOld()).isEqualTo(2 * Shoppers.ROWS);
      paste.step(8);
      assertThat(paste.left()).isEmpty();

      visitBoth(current, old, 6);
      assertThat(parts.differences()).isEmpty();
      assertThat(parts.writtenToOld()).isEqualTo(2 * Shoppers.ROWS);
      LOG.info(
          "dual-write: running {} ms after the first resume, caught up after {} ms",
          resumed.toMillis(),
          caughtUp.toMillis());
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
