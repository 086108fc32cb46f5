package dev.belay.sink.faults;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The database ends by kill -9, and recovers from its log. */
@Tag("any-target")
class KilledDatabaseIT extends FaultCase {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "CLAIMING, consistent",
    "BEFORE_APPLY, consistent",
    "WRITING, consistent",
    "COMMITTING, consistent",
    "COMMITTED, consistent",
    "WRITING, immediate",
    "COMMITTED, immediate"
  })
  void everyRecordTakesEffectOnceWhenTheDatabaseIsKilled(Moment moment, String mode)
      throws Exception {
    start(mode);
    bank.transactions(10);
    strikeAt(moment, () -> LINE.database().kill9());
    LINE.database().restart();
    bank.transactions(10);
    assertEveryRecordTookEffectOnce();
  }

  @Test
  @Tag("when-asked")
  void everyRecordTakesEffectOnceWhenTheDatabaseIsKilledInTheMiddleOfASpill(@TempDir Path disk)
      throws Exception {
    start("consistent", Spill.settings(disk));
    bank.largeTransaction(Spill.TRANSFERS);
    await("a part is on disk", () -> Spill.files(disk) > 0);
    strikeAtNext(Moment.WRITING, () -> LINE.database().kill9());
    LINE.database().restart();
    bank.transactions(4);
    assertEveryRecordTookEffectOnce();
  }
}
