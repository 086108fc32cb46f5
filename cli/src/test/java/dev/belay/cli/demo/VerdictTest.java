package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final TableComparison EQUAL = new TableComparison("orders", 5, 5, 0, List.of());
  private static final TableComparison DIFFERENT =
      new TableComparison("accounts", 7, 7, 1, List.of("accounts id 3: [balance 1 became 2]"));
  private static final Observer.Seen RIGHT = new Observer.Seen(100, 10, 0, Optional.empty());
  private static final Observer.Seen WRONG =
      new Observer.Seen(100, 10, 2, Optional.of("at frontier 7: balances add up to 1"));
  private static final Observer.Seen NOTHING = new Observer.Seen(100, 0, 0, Optional.empty());

  @Test
  void isGoodIfAllRowsAreEqualAndEverySnapshotWasRight() {
    Verdict verdict = verdict(Mode.CONSISTENT, List.of(EQUAL), RIGHT);

    assertThat(verdict.isGood()).isTrue();
    assertThat(verdict.json().path("verdict").asText()).isEqualTo("equal");
    assertThat(verdict.text()).contains("EQUAL").doesNotContain("NOT");
  }

  @Test
  void isNotGoodIfOneRowDiffers() {
    for (Mode mode : Mode.values()) {
      Verdict verdict = verdict(mode, List.of(EQUAL, DIFFERENT), RIGHT);

      assertThat(verdict.isGood()).as(mode.word()).isFalse();
      assertThat(verdict.json().path("verdict").asText()).isEqualTo("different");
      assertThat(verdict.json().path("differences").asLong()).isEqualTo(1);
      assertThat(verdict.text()).contains("NOT EQUAL").contains("accounts id 3");
    }
  }

  @Test
  void isNotGoodIfASnapshotWasWrongWhereTheModePromisesThem() {
    Verdict consistent = verdict(Mode.CONSISTENT, List.of(EQUAL), WRONG);
    assertThat(consistent.isGood()).isFalse();
    assertThat(consistent.json().path("verdict").asText()).isEqualTo("inconsistent");
    assertThat(consistent.text()).contains("NOT CONSISTENT").contains("at frontier 7");

    Verdict immediate = verdict(Mode.IMMEDIATE, List.of(EQUAL), WRONG);
    assertThat(immediate.isGood()).isTrue();
    assertThat(immediate.json().path("snapshotsClaimed").asBoolean(true)).isFalse();
    assertThat(immediate.text()).contains("mode immediate promises no more");
  }

  @Test
  void isNotGoodIfTheObserverSawNoFrontier() {
    assertThat(verdict(Mode.CONSISTENT, List.of(EQUAL), NOTHING).isGood()).isFalse();
  }

  @Test
  void isNotGoodIfBothDifferedWhileTheyWereUsed() {
    Verdict verdict = verdict(Mode.CONSISTENT, List.of(EQUAL), RIGHT, false);

    assertThat(verdict.isGood()).isFalse();
    assertThat(verdict.text())
        .contains("NOT CONSISTENT")
        .contains("NOT shown to be equal while both");
    assertThat(verdict.json().path("equalInUse").asBoolean(true)).isFalse();
  }

  private static Verdict verdict(Mode mode, List<TableComparison> tables, Observer.Seen seen) {
    return verdict(mode, tables, seen, true);
  }

  private static Verdict verdict(
      Mode mode, List<TableComparison> tables, Observer.Seen seen, boolean equalInUse) {
    DemoSettings settings =
        new DemoSettings(
            Direction.FAILBACK,
            Duration.ofSeconds(8),
            100,
            60,
            1,
            mode,
            OldDatabase.POSTGRESQL,
            Feed.KAFKA,
            false,
            true,
            false,
            List.of(List.of(Path.of("sink.zip"))));
    return new Verdict(
        settings,
        tables,
        seen,
        mode.claimsSnapshots() ? Optional.of(equalInUse) : Optional.empty(),
        1,
        800,
        Duration.ofSeconds(8),
        2_000,
        Duration.ofSeconds(9),
        Duration.ofSeconds(20));
  }
}
