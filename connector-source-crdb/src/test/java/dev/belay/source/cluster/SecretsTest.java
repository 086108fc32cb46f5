package dev.belay.source.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private final Secrets secrets =
      new Secrets(List.of("p&ss'w ord", "p&ss'w ord and more", "ab", ""));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p&ss'w ord",
        "p%26ss%27w+ord",
        "p&ss''w ord",
        "cCZzcyd3IG9yZA==",
        "cCZzcyd3IG9yZA%3D%3D",
        "p&ss'w ord and more"
      })
  void aSecretIsTakenOutInEveryFormThatItTravelsIn(String form) {
    assertThat(secrets.hide("before " + form + " after")).isEqualTo("before [hidden] after");
  }

  @Test
  void whatIsNoSecretStays() {
    assertThat(secrets.hide("table about p&ss")).isEqualTo("table about p&ss");
  }
}
