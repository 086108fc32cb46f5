package dev.belay.sink.faults;

import dev.belay.testkit.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The broker ends by kill -9 and comes back with its data. */
@Tag("any-target")
@Tag("when-asked")
class KilledBrokerIT extends FaultCase {
  /**
   * A minute in short: longer than all sessions of this line, 3 s, so that worker and task have
   * lost their places in their groups, which is all that a minute would bring.
   */
  private static final Duration A_WHILE = Duration.ofSeconds(5);

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Moment.class,
      names = {"CLAIMING", "WRITING", "COMMITTED"})
  void everyRecordTakesEffectOnceWhenTheBrokerIsKilled(Moment moment) throws Exception {
    start("consistent");
    bank.transactions(10);
    strikeAt(moment, () -> LINE.kafka().kill9());
    wire.cut();
    LINE.kafka().restart();
    bank.transactions(10);
    assertEveryRecordTookEffectOnce();
  }

  @Test
  void everyRecordTakesEffectOnceWhenTheBrokerIsGoneForAWhile() throws Exception {
    start("immediate");
    bank.transactions(10);
    LINE.kafka().kill9();
    Deadline back = Deadline.in(A_WHILE);
    await("the broker has been away for a while", back::hasPassed);
    LINE.kafka().restart();
    bank.transactions(10);
    assertEveryRecordTookEffectOnce();
  }

  @Test
  void everyRecordTakesEffectOnceWhenTheBrokerIsKilledInTheMiddleOfASpill(@TempDir Path disk)
      throws Exception {
    start("consistent", Spill.settings(disk));
    bank.largeTransaction(Spill.TRANSFERS);
    await("a part is on disk", () -> Spill.files(disk) > 0);
    LINE.kafka().kill9();
    LINE.kafka().restart();
    bank.transactions(4);
    assertEveryRecordTookEffectOnce();
  }
}
