package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What each driver is told. */
class DatabasesTest {

  @Test
  void aConnectionIsGivenUpInTimeAlsoWhenTheUserSetNothing() {
    assertThat(Databases.POSTGRESQL.limits(Duration.ofSeconds(10), Duration.ofSeconds(30)))
        .containsEntry("socketTimeout", "120")
        .containsEntry("connectTimeout", "10");
    assertThat(Databases.POSTGRESQL.limits(Duration.ofSeconds(10), Duration.ofMinutes(10)))
        .containsEntry("socketTimeout", "660");
  }

  @Test
  void timeLimitsOfTheDriverAreRoundedUpToItsSeconds() {
    assertThat(Databases.POSTGRESQL.limits(Duration.ofMillis(1_001), Duration.ofMillis(90_001)))
        .containsEntry("connectTimeout", "2")
        .containsEntry("loginTimeout", "2")
        .containsEntry("socketTimeout", "151");
    assertThat(Databases.POSTGRESQL.limits(Duration.ofMillis(100), Duration.ofSeconds(1)))
        .containsEntry("connectTimeout", "1");
  }
}
