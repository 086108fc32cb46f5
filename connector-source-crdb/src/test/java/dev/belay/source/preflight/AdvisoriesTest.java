package dev.belay.source.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.preflight.Advisories.Advisory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first and the last affected release of each advisory, and their neighbours. */
class AdvisoriesTest {

  @ParameterizedTest
  @CsvSource({
    "A-82309, v22.1.0, true",
    "A-82309, v22.1.1, false",
    "A-90146, v22.1.5, false",
    "A-90146, v22.1.6, true",
    "A-90146, v22.1.9, true",
    "A-90146, v22.1.10, false",
    "A-104309, v23.1.14, true",
    "A-104309, v23.1.15, false",
    "A-123371, v23.2.5, true",
    "A-123371, v23.2.6, false",
    "A-122372, v24.1.3, true",
    "A-122372, v24.1.4, false"
  })
  void anAdvisoryNamesTheReleasesThatItAffects(String name, String release, boolean affected) {
    String banner = "CockroachDB CCL " + release + " (x86_64-pc-linux-gnu)";
    assertThat(Advisories.of(banner).stream().map(Advisory::name).anyMatch(name::equals))
        .isEqualTo(affected);
  }
}
