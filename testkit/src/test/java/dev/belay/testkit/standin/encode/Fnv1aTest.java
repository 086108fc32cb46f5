package dev.belay.testkit.standin.encode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Fnv1aTest {

  @Test
  void hashesThePublishedTestVectors() {
    assertThat(Fnv1a.hash("".getBytes(UTF_8))).isEqualTo(0x811c9dc5);
    assertThat(Fnv1a.hash("a".getBytes(UTF_8))).isEqualTo(0xe40c292c);
    assertThat(Fnv1a.hash("foobar".getBytes(UTF_8))).isEqualTo(0xbf9cf968);
  }

  @Test
  void takesTheRemainderOfTheSignedHashAndDropsItsSign() {
    // 0xbf9cf968 is -1080231576 as a signed number; unsigned the remainder by 7 would be another.
    assertThat(Fnv1a.partition("foobar".getBytes(UTF_8), 7)).isEqualTo(1080231576 % 7);
    assertThat(3214735720L % 7).isNotEqualTo(1080231576 % 7);
  }

  @Test
  void staysBelowTheNumberOfPartitions() {
    for (int key = 0; key < 1000; key++) {
      assertThat(Fnv1a.partition(("[" + key + "]").getBytes(UTF_8), 5)).isBetween(0, 4);
    }
  }
}
