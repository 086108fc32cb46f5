package dev.belay.cli.playbooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The playbooks that have Debezium in them, as a person pastes them. */
@EnabledIfSystemProperty(
    named = "belay.forward",
    matches = "true",
    disabledReason =
        "takes minutes: mvn -pl cli -am verify -Dit.test=PlaybooksForwardIT -Dbelay.forward=true")
class PlaybooksForwardIT {
  private static final Logger LOG = LoggerFactory.getLogger(PlaybooksForwardIT.class);
  private static final List<String> FORWARD_TOPICS =
      Shoppers.TABLES.stream().map(table -> "forward.public." + table).toList();

  @TempDir Path dir;

  @BeforeAll
  static void tools() throws InterruptedException {
    Paste.assumeTools("bash", "curl", "jq", "awk");
  }

  /** Load, cutover, rollback, another try, and another cutover. */
  @Test
  void migrationIsTriedAgainWithoutAReload() throws Exception {
    try (Parts parts = Parts.start(dir, true);
        Connection old = parts.shop().old();
        Connection current = parts.shop().current()) {
      parts.post("config/forward/postgres.json");
      parts.awaitTopics(FORWARD_TOPICS);
      parts.post("config/forward/sink-postgres.json");
      parts.shop().awaitEqual();
      Shoppers.visit(old, 1);
      String rollback = failBack(parts, current, 2);

      Shoppers.visit(old, 4);
      Shoppers.visit(old, 5);
      long before = parts.shop().writtenToNew();
      try (Paste paste = parts.paste("retry-migration")) {
        paste.note("rollback", rollback);
        for (int step = 0; step <= 5; step++) {
          paste.step(step);
        }
        Shoppers.visit(old, 6);
        long start = System.nanoTime();
        Duration resumed = paste.step(6);
        parts.shop().awaitEqual();
        Duration caughtUp = Duration.ofNanos(System.nanoTime() - start);
        Shoppers.visit(old, 7);
        paste.step(7);
        assertThat(paste.left()).isEmpty();
        LOG.warn(
            "retry-migration: running {} ms after the first resume, caught up after {} ms; the slot"
                + " had kept {} bytes",
            resumed.toMillis(),
            caughtUp.toMillis(),
            paste.shown("bytes_kept"));
      }
      assertThat(parts.shop().differences()).isEmpty();
      // neither what was there at the cutover nor what the failback had brought is written again
      assertThat(parts.shop().writtenToNew()).isEqualTo(before + 4 * Shoppers.ROWS);

      try (Paste paste = parts.paste("failback-on-demand")) {
        paste.step(0);
        cutOver(parts, paste, current, 8);
      }
    }
  }

  /**
   * The whole of the page.
   *
   * @param visit the first of two to the new database
   * @return the time of the rollback
   */
  private static String failBack(Parts parts, Connection current, int visit) throws Exception {
    try (Paste paste = parts.paste("failback-on-demand")) {
      for (int step = 0; step <= 2; step++) {
        paste.step(step);
      }
      cutOver(parts, paste, current, visit);
      Shoppers.visit(current, visit + 1);
      paste.step(8);
      assertThat(parts.shop().differences()).isEmpty();
      paste.step(9);
      assertThat(paste.left()).isEmpty();
      assertThat(parts.shop().writtenToOld()).isEqualTo(2 * Shoppers.ROWS);
      return paste.shown("rollback");
    }
  }

  /** Steps 3 to 7. */
  private static void cutOver(Parts parts, Paste paste, Connection current, int visit)
      throws Exception {
    Duration drained = paste.step(3);
    assertThat(parts.shop().differences()).isEmpty();
    long before = parts.shop().writtenToOld();
    paste.step(4);
    Shoppers.visit(current, visit);
    paste.step(5);
    paste.step(6);
    paste.step(7);
    parts.shop().awaitEqual();
    assertThat(parts.shop().writtenToOld()).isEqualTo(before + Shoppers.ROWS);
    LOG.warn("cutover: forward drained and stopped in {} ms", drained.toMillis());
  }

  @Test
  void bothDatabasesTakeWrites() throws Exception {
    try (Parts parts = Parts.start(dir, true);
        Connection old = parts.shop().old();
        Connection current = parts.shop().current();
        Paste paste = parts.paste("bidirectional")) {
      Shoppers.fill(current);
      parts.createTopics(FORWARD_TOPICS);
      for (int step = 0; step <= 6; step++) {
        paste.step(step);
      }
      for (int visit = 1; visit <= 6; visit += 2) {
        Shoppers.visit(current, visit);
        Shoppers.visit(old, visit + 1);
      }
      rename(current, "the first");
      rename(old, "the last");
      parts.shop().awaitEqual();
      assertThat(Databases.text(current, "SELECT name FROM customers WHERE id = 50"))
          .isEqualTo("the last");
      paste.step(7);
      long start = System.nanoTime();
      paste.step(8);
      Duration drained = Duration.ofNanos(System.nanoTime() - start);
      assertThat(parts.shop().differences()).isEmpty();
      assertThat(paste.left()).isEmpty();
      assertThat(parts.shop().writtenToNew()).isEqualTo(3 * Shoppers.ROWS + 1);
      // the earlier name as well, if it was there before the later one
      assertThat(parts.shop().writtenToOld()).isBetween(3L * Shoppers.ROWS, 3L * Shoppers.ROWS + 1);
      LOG.warn("bidirectional: drained both ways and stopped in {} ms", drained.toMillis());
    }
  }

  private static void rename(Connection connection, String name) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute("UPDATE customers SET name = '" + name + "' WHERE id = 50");
    }
    connection.commit();
  }
}
