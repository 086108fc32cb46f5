package dev.belay.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OffsetRangesTest {
  private static final int SEEDS = 1_000;

  private static Set<Long> offsets(Random random) {
    Set<Long> offsets = new HashSet<>();
    for (int i = random.nextInt(61); i > 0; i--) {
      offsets.add((long) random.nextInt(61));
    }
    return offsets;
  }

  @Test
  void textFormReadsBackAsTheSameOffsets() {
    Seeds.each(SEEDS, random -> textFormReadsBackAsTheSameOffsets(offsets(random)));
  }

  private static void textFormReadsBackAsTheSameOffsets(Set<Long> offsets) {
    OffsetRanges ranges = OffsetRanges.of(offsets.stream().sorted().toList());
    assertThat(OffsetRanges.parse(ranges.toString())).isEqualTo(ranges);
  }

  @Test
  void containsWhatItWasMadeOfAndNothingElse() {
    Seeds.each(SEEDS, random -> containsWhatItWasMadeOfAndNothingElse(offsets(random)));
  }

  private static void containsWhatItWasMadeOfAndNothingElse(Set<Long> offsets) {
    OffsetRanges ranges = OffsetRanges.of(offsets.stream().sorted().toList());
    for (long offset = 0; offset <= 60; offset++) {
      assertThat(ranges.contains(offset)).isEqualTo(offsets.contains(offset));
    }
  }

  @Test
  void restOfTheOffsetsBeginsWhereItIsCut() {
    Seeds.each(
        SEEDS, random -> restOfTheOffsetsBeginsWhereItIsCut(offsets(random), random.nextInt(61)));
  }

  private static void restOfTheOffsetsBeginsWhereItIsCut(Set<Long> offsets, long cut) {
    OffsetRanges ranges = OffsetRanges.of(offsets.stream().sorted().toList());
    assertThat(ranges.from(cut).boxed().toList())
        .isEqualTo(offsets.stream().filter(o -> o >= cut).sorted().toList());
  }

  @Test
  void neighboursAreOneRange() {
    assertThat(OffsetRanges.of(List.of(5L, 9L, 10L, 11L)).toString()).isEqualTo("5,9-11");
  }
}
