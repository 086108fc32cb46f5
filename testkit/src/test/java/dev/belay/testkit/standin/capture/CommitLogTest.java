package dev.belay.testkit.standin.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.TableShape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommitLogTest {

  private static final TableShape SHAPE = new TableShape(1, "d", "s", "t", List.of(), List.of());

  private final CommitLog log = new CommitLog(3);

  private void commit(int time) {
    RowChange change =
        new RowChange(SHAPE, Optional.empty(), Optional.of(Row.of(Collections.emptyList())));
    log.append(new Entry(new Hlc(time, 0), time, false, List.of(change), List.of(), List.of()));
  }

  private List<Long> times(long from, long to) {
    return log.read(from, to, Integer.MAX_VALUE).stream().map(e -> e.time().wallNanos()).toList();
  }

  @Test
  void keepsTheLastRowsThoughNobodyHoldsThem() {
    for (int time = 10; time < 20; time++) {
      commit(time);
    }
    assertThat(log.oldest()).isEqualTo(7);
    assertThat(times(7, Long.MAX_VALUE)).containsExactly(17L, 18L, 19L);
    assertThatThrownBy(() -> log.read(6, 8, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsEverythingThatIsHeldUntilItIsReleased() {
    CommitLog.Hold hold = log.hold();
    for (int time = 10; time < 20; time++) {
      commit(time);
    }
    assertThat(times(0, 2)).containsExactly(10L, 11L);
    hold.moveTo(5);
    assertThat(log.oldest()).isEqualTo(5);
    assertThat(times(5, Long.MAX_VALUE)).startsWith(15L).endsWith(19L);
    hold.close();
    assertThat(log.oldest()).isEqualTo(7);
  }

  @Test
  void findsThePositionAfterATimeUnlessEntriesAreGone() {
    for (int time = 10; time < 20; time++) {
      commit(time);
    }
    assertThat(log.positionAfter(new Hlc(18, 0))).contains(9L);
    assertThat(log.positionAfter(new Hlc(99, 0))).contains(10L);
    assertThat(log.positionAfter(new Hlc(16, 0))).contains(7L);
    assertThat(log.positionAfter(new Hlc(15, 0))).isEmpty();
  }

  @Test
  void failureReachesReaders() {
    log.fail(new IllegalStateException("the stream broke"));
    assertThatThrownBy(() -> log.read(0, 1, 1)).hasMessage("the stream broke");
  }
}
