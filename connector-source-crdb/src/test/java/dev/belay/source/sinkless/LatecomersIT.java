package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables that are younger than where the others are. */
class LatecomersIT {
  private static final String FEED = "CREATE CHANGEFEED";
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterEach
  void letGo() {
    parts.cluster.connections().clear();
    parts.rest().connectors().forEach(parts.rest()::delete);
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  private static String topic(String table) {
    return "defaultdb.public." + table;
  }

  private static void write(int seed, String... tables) throws Exception {
    try (Connection session = parts.cluster.connect()) {
      Parts.work(session, new Random(seed), 40, tables);
    }
  }

  private static void assertScanned(Contents contents, HlcTimestamp end, String... tables)
      throws Exception {
    for (String table : tables) {
      TopicsAgainstLog.Findings found =
          TopicsAgainstLog.of(parts.cluster, end).scanned(contents, topic(table), table);
      assertThat(found.differences()).as(table).isEmpty();
      assertThat(found.repeats()).as(table).isZero();
      assertThat(found.messages()).as(table).isPositive();
    }
  }

  /** Leaves the old table where it is, makes a young one, and holds the old one's feed back. */
  private HeldStatement late(String name, Map<String, String> with) throws Exception {
    write(2, name + "_old");
    parts.rest().stop(name);
    parts.rest().awaitState(name, State.STOPPED, Parts.LIMIT);
    parts.table(name + "_young");
    write(3, name + "_old", name + "_young");
    HeldStatement old = parts.cluster.connections().holdNext(FEED, Moment.BEFORE);
    parts.rest().put(name, with);
    parts.rest().resume(name);
    old.awaitMet(Parts.LIMIT);
    return old;
  }

  @Test
  void aTableThatIsAddedWhileTheOthersLagIsScannedAndWaitsForThem() throws Exception {
    parts.table("late_old");
    write(1, "late_old");
    parts.create("late", "late_old", Map.of());
    Contents.until(parts.bootstrap(), parts.now(), topic("late_old"));
    HeldStatement old = late("late", parts.settings("late_old,late_young", Map.of()));

    JsonNode status =
        parts.status("late", record -> record.path("waiting").toString().contains("late_young"));
    assertThat(status.path("waiting")).hasSize(1);
    assertThat(status.path("state").asText()).isEqualTo("RUNNING");
    assertThat(status.path("tables")).hasSize(2);
    write(4, "late_old", "late_young");
    old.release();

    HlcTimestamp end = parts.now();
    Contents found = Contents.until(parts.bootstrap(), end, topic("late_old"), topic("late_young"));
    assertScanned(found, end, "late_old", "late_young");
    parts.status(
        "late",
        record ->
            !record.has("waiting")
                && record.path("tables").size() == 2
                && record.path("cursor").asText().compareTo(end.toString()) >= 0);
    assertThat(parts.rest().status("late").orElseThrow().isRunning()).isTrue();
    parts.rest().delete("late");
  }

  /** From the feed of the old table nothing comes, while the young one is read page by page. */
  @Test
  void aScanDoesNotHideAFeedThatStandsStill() throws Exception {
    parts.table("still_old");
    write(1, "still_old");
    parts.create("still", "still_old", Map.of());
    Contents.until(parts.bootstrap(), parts.now(), topic("still_old"));
    HeldStatement page = parts.cluster.connections().holdNext(") > (", Moment.AFTER);
    HeldStatement old =
        late(
            "still",
            parts.settings(
                "still_old,still_young",
                Map.of("stall.timeout.ms", "4000", "scan.page.rows", "1")));
    page.awaitMet(Parts.LIMIT);
    // more than the timeout, and far less than the silence of a session, which is twice as long
    long since = System.nanoTime();
    await().until(() -> System.nanoTime() - since > Duration.ofMillis(4200).toNanos());
    // the feed is asked before each page; the poll that gets the third one tells of both
    HeldStatement second = parts.cluster.connections().holdNext(") > (", Moment.AFTER);
    page.release();
    second.awaitMet(Parts.LIMIT);
    HeldStatement third = parts.cluster.connections().holdNext(") > (", Moment.AFTER);
    second.release();
    third.awaitMet(Parts.LIMIT);
    JsonNode status =
        parts.status("still", record -> record.path("state").asText().equals("STALLED"));
    assertThat(status.path("error").asText()).contains("has not moved for 4 seconds");
    third.release();
    old.release();
    HlcTimestamp end = parts.now();
    Contents found =
        Contents.until(parts.bootstrap(), end, topic("still_old"), topic("still_young"));
    assertScanned(found, end, "still_old", "still_young");
    parts.rest().delete("still");
  }

  /**
   * A page of the young one takes longer than it may, each time; that is not the old one's fault.
   */
  @Test
  void aScanThatFailsDoesNotStopTheFeedOfTheOthers() throws Exception {
    parts.table("fails_old");
    write(1, "fails_old");
    parts.create("fails", "fails_old", Map.of());
    Contents.until(parts.bootstrap(), parts.now(), topic("fails_old"));
    parts.table("fails_young");
    write(2, "fails_young");
    parts
        .cluster
        .connections()
        .failNext("json_build_array(", "57014", "canceling: statement timeout", 1000);
    parts
        .rest()
        .put(
            "fails",
            parts.settings(
                "fails_old,fails_young",
                Map.of(
                    "resume.max.attempts", "2",
                    "resume.backoff.ms", "100",
                    "resume.backoff.max.ms", "200",
                    "needs.action", "report")));
    JsonNode status =
        parts.status("fails", record -> record.path("state").asText().equals("NEEDS_ACTION"));
    assertThat(status.path("remedy").asText()).contains("scan.page.rows");
    write(3, "fails_old");
    HlcTimestamp meanwhile = parts.now();
    Contents.until(parts.bootstrap(), meanwhile, topic("fails_old"));
    parts.cluster.connections().clear();
    HlcTimestamp end = parts.now();
    Contents found =
        Contents.until(parts.bootstrap(), end, topic("fails_old"), topic("fails_young"));
    assertScanned(found, end, "fails_old", "fails_young");
    parts.rest().delete("fails");
  }

  @Test
  void aTableThatWaitsWhenTheWorkerDiesWaitsOn() throws Exception {
    parts.table("died_old");
    write(1, "died_old");
    Map<String, String> settings =
        new HashMap<>(parts.settings("", Map.of("feed.table.filter", "died_.*")));
    settings.remove("feed.tables");
    parts.rest().create("died", settings);
    parts.rest().awaitRunning("died", Parts.LIMIT);
    Contents.until(parts.bootstrap(), parts.now(), topic("died_old"));
    HeldStatement old = late("died", settings);
    parts.status("died", record -> record.path("waiting").toString().contains("died_young"));
    // its rows and where it begins are in Kafka
    parts.worker.kill9();
    old.cut();
    write(4, "died_old", "died_young");
    HeldStatement again = parts.cluster.connections().holdNext(FEED, Moment.BEFORE);
    parts.worker.restart();
    again.awaitMet(Parts.LIMIT);
    write(5, "died_old", "died_young");
    again.release();

    HlcTimestamp end = parts.now();
    Contents found = Contents.until(parts.bootstrap(), end, topic("died_old"), topic("died_young"));
    assertScanned(found, end, "died_old", "died_young");
    parts.rest().delete("died");
  }

  @Test
  void aTableThatIsYoungerThanTheFixedCursorBeginsWithItsRows() throws Exception {
    parts.table("fixed_old");
    write(1, "fixed_old");
    HlcTimestamp cursor = parts.now();
    write(2, "fixed_old");
    parts.table("fixed_young");
    write(3, "fixed_old", "fixed_young");
    parts.create(
        "fixed",
        "fixed_old,fixed_young",
        Map.of("feed.initial.scan", "no", "feed.cursor", cursor.toString()));
    write(4, "fixed_old", "fixed_young");

    HlcTimestamp end = parts.now();
    Contents found =
        Contents.until(parts.bootstrap(), end, topic("fixed_old"), topic("fixed_young"));
    assertScanned(found, end, "fixed_young");
    TopicsAgainstLog.Findings old =
        TopicsAgainstLog.of(parts.cluster, end)
            .from(cursor, found, topic("fixed_old"), "fixed_old");
    assertThat(old.differences()).isEmpty();
    assertThat(old.repeats()).isZero();
    parts.rest().delete("fixed");
  }

  @Test
  void inBothDirectionsSuchATableIsForAPerson() throws Exception {
    parts.table("both_old");
    HlcTimestamp cursor = parts.now();
    parts.table("both_young");
    parts
        .rest()
        .create(
            "both",
            parts.settings(
                "both_old,both_young",
                Map.of("feed.bidirectional", "true", "feed.cursor", cursor.toString())));
    assertThat(parts.rest().awaitTaskFailure("both", Parts.LIMIT))
        .contains("both_young was not there at feed.cursor");
    parts.rest().delete("both");
  }
}
