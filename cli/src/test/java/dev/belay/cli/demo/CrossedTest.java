package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrossedTest {
  private static final TableComparison EQUAL = new TableComparison("orders", 5, 5, 0, List.of());
  private static final TableComparison DIFFERENT =
      new TableComparison("accounts", 7, 7, 1, List.of("accounts id 3: [balance 1 became 2]"));

  @Test
  void isGoodIfAllRowsAreEqualAndEachSideSentWhatItsOwnUsersWrote() {
    Crossed both = crossed(EQUAL, new Traffic(0, 400, 390, 380));

    assertThat(both.isGood()).isTrue();
    assertThat(both.json().path("verdict").asText()).isEqualTo("equal");
    assertThat(both.json().path("echoesStopped").asLong()).isEqualTo(390);
    assertThat(both.text()).contains("EQUAL", "no echo was applied", "390").doesNotContain("NOT");
  }

  @Test
  void isNotGoodIfOneRowDiffers() {
    Crossed both = crossed(DIFFERENT, new Traffic(0, 400, 390, 380));

    assertThat(both.isGood()).isFalse();
    assertThat(both.json().path("verdict").asText()).isEqualTo("different");
    assertThat(both.text()).contains("NOT EQUAL", "accounts id 3");
  }

  @Test
  void isNotGoodIfASideSentMoreThanItsUsersWrote() {
    for (Traffic echo : List.of(new Traffic(0, 401, 0, 380), new Traffic(0, 400, 0, 391))) {
      Crossed both = crossed(EQUAL, echo);

      assertThat(both.isGood()).isFalse();
      assertThat(both.json().path("verdict").asText()).isEqualTo("echo");
      assertThat(both.text()).contains("ECHO: ");
    }
  }

  private static Crossed crossed(TableComparison table, Traffic traffic) {
    DemoSettings settings =
        new DemoSettings(
            Direction.BIDIRECTIONAL,
            Duration.ofSeconds(8),
            100,
            60,
            1,
            Mode.CONSISTENT,
            OldDatabase.POSTGRESQL,
            Feed.KAFKA,
            false,
            true,
            false,
            List.of());
    return new Crossed(
        settings,
        List.of(table),
        new Crossed.Work(300, 400),
        new Crossed.Work(290, 390),
        traffic,
        1,
        Duration.ofSeconds(8),
        Duration.ofSeconds(9),
        Duration.ofSeconds(20));
  }
}
