package dev.belay.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.SequenceMove.Ahead;
import dev.belay.sink.plan.SequenceMove.Exhausted;
import dev.belay.sink.plan.SequenceMove.To;
import dev.belay.sink.shape.SequencePosition;
import dev.belay.sink.shape.SequenceShape;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Where a sequence goes. */
class SequenceMoveTest {
  private static final long MARGIN = 100;

  private static SequenceShape shape(long increment, long least, long greatest) {
    return new SequenceShape(
        TableName.of("public", "t_id_seq"),
        List.of(new SequenceShape.Column(TableName.of("public", "t"), "id", true)),
        increment,
        least,
        greatest,
        false,
        List.of());
  }

  private static SequenceMove move(SequenceShape shape, long last, boolean called, long row) {
    return SequenceMove.of(shape, new SequencePosition(last, called, OptionalLong.of(row)), MARGIN);
  }

  private static final SequenceShape USUAL = shape(1, 1, Integer.MAX_VALUE);

  @Test
  void nothingIsToBeDoneForATableWithoutRows() {
    assertThat(SequenceMove.of(USUAL, new SequencePosition(1, false, OptionalLong.empty()), MARGIN))
        .isEqualTo(new Ahead());
  }

  @Test
  void oneThatIsBehindIsMovedByTheMarginBeyondTheRows() {
    assertThat(move(USUAL, 1, false, 4711)).isEqualTo(new To(4811, false));
    assertThat(move(USUAL, 4711, true, 4711)).isEqualTo(new To(4811, false));
  }

  @Test
  void oneIsLeftUntilHalfOfTheMarginIsUsedUp() {
    assertThat(move(USUAL, 4761, true, 4711)).isEqualTo(new Ahead());
    assertThat(move(USUAL, 4760, true, 4711)).isEqualTo(new To(4811, false));
  }

  @Test
  void oneThatIsAheadIsNeverMovedBack() {
    assertThat(move(USUAL, 1_000_000, true, 4711)).isEqualTo(new Ahead());
    assertThat(move(USUAL, 1_000_000, false, 4711)).isEqualTo(new Ahead());
  }

  @Test
  void numberThatWasSetAndNotGivenIsTheNextOne() {
    // ALTER SEQUENCE ... RESTART 4711, with a row of that number
    assertThat(SequenceMove.of(USUAL, new SequencePosition(4711, false, OptionalLong.of(4711)), 0))
        .isEqualTo(new To(4711, false));
    assertThat(SequenceMove.of(USUAL, new SequencePosition(4712, false, OptionalLong.of(4711)), 0))
        .isEqualTo(new Ahead());
  }

  @Test
  void oneThatCountsByTwosStaysOddOrEven() {
    assertThat(move(shape(2, 1, 1_000_000), 1, true, 500)).isEqualTo(new To(599, false));
    assertThat(move(shape(2, 1, 1_000_000), 2, true, 500)).isEqualTo(new To(600, false));
  }

  @Test
  void oneThatCountsDownStaysBelow() {
    assertThat(move(shape(-1, -1_000_000, -1), -1, false, -500)).isEqualTo(new To(-600, false));
    assertThat(move(shape(-1, -1_000_000, -1), -601, true, -500)).isEqualTo(new Ahead());
  }

  @Test
  void marginThatDoesNotFitBeforeTheEndIsLeftOut() {
    assertThat(move(shape(1, 1, 1_000), 5, true, 950)).isEqualTo(new To(950, true));
    assertThat(move(shape(1, 1, 1_000), 950, true, 950)).isEqualTo(new Ahead());
  }

  @Test
  void oneWithNoNumberLeftIsExhausted() {
    assertThat(move(shape(1, 1, 1_000), 5, true, 1_000)).isEqualTo(new Exhausted());
    assertThat(move(shape(10, 1, 1_000), 1, true, 995)).isEqualTo(new Exhausted());
    assertThat(move(shape(1, 1, Long.MAX_VALUE), 5, true, Long.MAX_VALUE))
        .isEqualTo(new Exhausted());
  }

  @Property
  void nextNumberIsBeyondTheRowsAndOneThatItWouldHaveGivenAnyway(
      @ForAll @IntRange(min = 1, max = 9) int step,
      @ForAll @IntRange(min = 1, max = 2_000) int last,
      @ForAll boolean called,
      @ForAll @IntRange(min = 1, max = 2_000) int row,
      @ForAll @IntRange(min = 0, max = 300) int margin,
      @ForAll boolean down) {
    int sign = down ? -1 : 1;
    SequenceShape shape = down ? shape(-step, -2_000, -1) : shape(step, 1, 2_000);
    SequencePosition position =
        new SequencePosition(sign * last, called, OptionalLong.of(sign * row));
    long before = called ? last + step : last;
    SequenceMove move = SequenceMove.of(shape, position, margin);
    if (move instanceof To to) {
      long next = sign * to.last() + step;
      assertThat(next).isGreaterThan(row).isGreaterThan(before).isLessThanOrEqualTo(2_000);
      assertThat((next - before) % step).isZero();
      assertThat(next > row + margin).isEqualTo(!to.tight());
    } else if (move instanceof Ahead) {
      assertThat(before).isGreaterThan(row);
    } else {
      // a sequence that has given its last number has none left, wherever the rows are
      long reachable = Math.max(before, before + Math.floorDiv(row - before, step) * step + step);
      assertThat(reachable).isGreaterThan(2_000);
    }
  }
}
