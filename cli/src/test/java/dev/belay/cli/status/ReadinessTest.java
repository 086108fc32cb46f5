package dev.belay.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.Connector.Kind;
import dev.belay.cli.connect.Connector.Task;
import dev.belay.cli.status.SinkStatus.Direction;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Each thing that makes a rollback unready, beside a picture in which all is well. */
class ReadinessTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final TopicPartition PARTITION = new TopicPartition("shop.public.orders", 0);
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(60), Duration.ofMinutes(5), Duration.ofHours(1), false);

  private static HlcTimestamp ago(long seconds) {
    return new HlcTimestamp(NOW.minusSeconds(seconds).getEpochSecond() * 1_000_000_000L, 0);
  }

  private static Connector sink(String state, Task... tasks) {
    return new Connector("back", Map.of(), Kind.SINK, state, List.of(tasks));
  }

  private static Connector running() {
    return sink("RUNNING", new Task(0, "RUNNING", "a:1", ""));
  }

  private static Place place(HlcTimestamp frontier, HlcTimestamp snapshotFrom, long rejections) {
    return new Place(
        Map.of(
            PARTITION,
            new PartitionCheckpoint(PARTITION, "id", 1, 1, 10, 5, frontier, OffsetRanges.NONE)),
        new FrontierCheckpoint(1, 1, frontier, snapshotFrom),
        rejections,
        NOW);
  }

  private static Place good() {
    return place(ago(1), HlcTimestamp.NONE, 0);
  }

  private static SinkStatus flow(
      Connector connector, Optional<Place> place, long messages, OptionalDouble rate) {
    return new SinkStatus(
        connector,
        Direction.FAILBACK,
        "jdbc:postgresql://old/shop",
        place,
        Optional.of(new Backlog(messages, Optional.of(NOW.minusSeconds(1)), Optional.empty())),
        rate,
        Meters.NONE,
        List.of(),
        NOW);
  }

  private static FeedReport report(String state, long gcSecondsLeft) {
    return new FeedReport(
        "job 1",
        state,
        List.of("shop.public.orders"),
        OptionalLong.of(1),
        OptionalLong.of(gcSecondsLeft),
        "",
        "",
        Optional.of(NOW));
  }

  private static SourceStatus source(FeedReport... reports) {
    return new SourceStatus(
        new Connector(
            "feed",
            Map.of("connector.class", Connector.SOURCE),
            Kind.SOURCE,
            "RUNNING",
            List.of(new Task(0, "RUNNING", "a:1", ""))),
        List.of(reports),
        List.of());
  }

  private static List<String> reasons(SinkStatus sink, SourceStatus... sources) {
    return new Readiness(LIMITS)
        .reasons(new Picture(NOW, List.of(sink), List.of(sources), List.of())).stream()
            .map(Reason::text)
            .toList();
  }

  private static List<String> reasons(SinkStatus sink) {
    return reasons(sink, source(report("RUNNING", 100_000)));
  }

  private static SinkStatus well() {
    return flow(running(), Optional.of(good()), 5, OptionalDouble.of(10));
  }

  @Test
  void nothingIsSaidAgainstAPictureInWhichAllIsWell() {
    assertThat(reasons(well())).isEmpty();
  }

  @Test
  void noWayBackIsNotReady() {
    SinkStatus well = well();
    SinkStatus forward =
        new SinkStatus(
            well.connector(),
            Direction.FORWARD,
            well.target(),
            well.place(),
            well.backlog(),
            well.perSecond(),
            well.meters(),
            well.unseen(),
            well.at());
    assertThat(reasons(forward, source(report("RUNNING", 100_000))))
        .singleElement()
        .asString()
        .contains("There is no failback");
  }

  @Test
  void aFeedThatNobodyLooksAfterIsToldUnlessItIsMeantSo() {
    assertThat(reasons(well(), new SourceStatus[0]))
        .singleElement()
        .asString()
        .contains("--feed-by-hand");
    assertThat(
            new Readiness(new Limits(LIMITS.rpo(), LIMITS.rto(), LIMITS.gcWindow(), true))
                .reasons(new Picture(NOW, List.of(well()), List.of(), List.of())))
        .isEmpty();
  }

  @Test
  void whatDoesNotRunIsTold() {
    assertThat(reasons(flow(sink("STOPPED"), Optional.of(good()), 0, OptionalDouble.empty())))
        .containsExactly("It is STOPPED: nothing moves until it is resumed.");
    assertThat(
            reasons(
                flow(
                    sink("RUNNING", new Task(0, "FAILED", "a:1", "Mend it.")),
                    Optional.of(good()),
                    0,
                    OptionalDouble.empty())))
        .containsExactly("Its task 0 is FAILED: Mend it.");
    assertThat(reasons(flow(sink("RUNNING"), Optional.of(good()), 0, OptionalDouble.empty())))
        .containsExactly("It has no task yet.");
  }

  @Test
  void aFrontierThatIsFarBehindIsTold() {
    assertThat(
            reasons(
                flow(
                    running(),
                    Optional.of(place(ago(61), HlcTimestamp.NONE, 0)),
                    0,
                    OptionalDouble.of(1))))
        .singleElement()
        .asString()
        .contains("It is 1 min 1 s behind, which is more than --rpo 1 min allows");
  }

  @Test
  void aTargetThatIsNoSnapshotIsTold() {
    assertThat(
            reasons(
                flow(running(), Optional.of(place(ago(5), ago(2), 0)), 0, OptionalDouble.of(1))))
        .singleElement()
        .asString()
        .contains("UNVERIFIED");
    assertThat(
            reasons(
                flow(
                    running(),
                    Optional.of(place(HlcTimestamp.NONE, HlcTimestamp.NONE, 0)),
                    0,
                    OptionalDouble.of(1))))
        .singleElement()
        .asString()
        .contains("There is no frontier");
  }

  @Test
  void rejectedRecordsAreTold() {
    assertThat(
            reasons(
                flow(
                    running(),
                    Optional.of(place(ago(1), HlcTimestamp.NONE, 3)),
                    0,
                    OptionalDouble.of(1))))
        .singleElement()
        .asString()
        .contains("3 rejected records are open");
  }

  @Test
  void whatTakesTooLongIsTold() {
    assertThat(reasons(flow(running(), Optional.of(good()), 3_010, OptionalDouble.of(10))))
        .singleElement()
        .asString()
        .contains("takes 5 min 1 s");
  }

  @Test
  void whereNothingTakesEffectBetweenTwoResolvedTimesIsNothingToTell() {
    assertThat(reasons(flow(running(), Optional.of(good()), 100, OptionalDouble.of(0)))).isEmpty();
    assertThat(
            reasons(
                flow(
                    running(),
                    Optional.of(place(ago(100), HlcTimestamp.NONE, 0)),
                    100,
                    OptionalDouble.of(0))))
        .hasSize(2)
        .anyMatch(text -> text.contains("none took effect"));
  }

  @Test
  void feedsThatAreNotWellAreTold() {
    for (String state :
        List.of(
            "SCANNING",
            "STARTING",
            "STALLED",
            "RETRYING",
            "PAUSED",
            "NEEDS_ACTION",
            "COMPLETED",
            "ENDED",
            "UNREACHABLE")) {
      assertThat(reasons(well(), source(report(state, 100_000))))
          .containsExactly("Its job 1 is " + state + ".");
    }
    assertThat(reasons(well(), source(report("RUNNING", 3_599))))
        .singleElement()
        .asString()
        .contains("loses its past to garbage collection in 59 min 59 s");
  }
}
