package dev.belay.sink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worker, with its tasks, ends by kill -9. */
@Tag("any-target")
@Tag("when-asked")
class KilledWorkerIT extends FaultCase {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "CLAIMING, consistent",
    "BEFORE_APPLY, consistent",
    "WRITING, consistent",
    "COMMITTING, consistent",
    "COMMITTED, consistent",
    "COMMITTED, immediate"
  })
  void everyRecordTakesEffectOnceWhenTheWorkerIsKilled(Moment moment, String mode)
      throws Exception {
    start(mode);
    bank.transactions(10);
    strikeAt(moment, () -> LINE.worker().kill9());
    LINE.worker().restart();
    bank.transactions(10);
    assertEveryRecordTookEffectOnce();
  }

  /** Once while the window is gathered on disk, once while it is written from there. */
  @Test
  void everyRecordTakesEffectOnceWhenTheWorkerIsKilledInTheMiddleOfASpill(@TempDir Path disk)
      throws Exception {
    start("consistent", Spill.settings(disk));
    bank.largeTransaction(Spill.TRANSFERS);
    await("a part is on disk", () -> Spill.files(disk) > 0);
    LINE.worker().kill9();
    assertThat(Spill.files(disk)).isPositive();
    LINE.worker().restart();
    await("a part is on disk again", () -> Spill.files(disk) > 0);
    strikeAtNext(Moment.WRITING, () -> LINE.worker().kill9());
    LINE.worker().restart();
    bank.transactions(4);
    assertEveryRecordTookEffectOnce();
    await("the disk is empty", () -> Spill.files(disk) == 0);
  }
}
