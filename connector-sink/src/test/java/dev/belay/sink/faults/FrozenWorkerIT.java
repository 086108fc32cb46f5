package dev.belay.sink.faults;

import dev.belay.testkit.connect.ConnectWorker;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A second worker is there to take over. */
@Tag("any-target")
@Tag("when-asked")
class FrozenWorkerIT extends FaultCase {

  /**
   * SIGSTOP in the middle of a transaction: the frozen task holds the checkpoint's rows, idle in
   * its transaction, and the next one's claim waits for them. The database frees them after {@code
   * target.idle.in.transaction.timeout.ms}. Then the frozen one wakes.
   */
  @Test
  void aFrozenWorkerThatHoldsTheCheckpointIsTakenOverFromAndHarmsNothingWhenItWakes()
      throws Exception {
    try (ConnectWorker another = LINE.anotherWorker()) {
      // longer than the 3 s after which Kafka gives its partitions away, and than a slow machine
      // takes to start the next task
      start("consistent", Map.of("target.idle.in.transaction.timeout.ms", "15000"));
      bank.transactions(10);
      ConnectWorker frozen = isOwner(another) ? another : LINE.worker();
      strikeAt(Moment.WRITING, frozen::freeze);
      await("the next one's claim waits", () -> Gate.isSinkWaiting(db));
      bank.transactions(10);
      awaitFrontier();
      frozen.thaw();
      bank.transactions(10);
      awaitFrontier();
      // and away with the worker that has taken over, or with the one that has woken
      another.kill9();
      bank.transactions(4);
      assertEveryRecordTookEffectOnce();
    }
  }

  private boolean isOwner(ConnectWorker worker) {
    String at = LINE.worker().rest().status(connector).orElseThrow().tasks().get(0).workerId();
    return at.equals(worker.restUrl().getAuthority());
  }

  @Test
  void everyRecordTakesEffectOnceWhenTheConnectorIsRestartedInARow() {
    start("consistent");
    for (int i = 0; i < 6; i++) {
      bank.transactions(3);
      LINE.worker().rest().restart(connector);
    }
    assertEveryRecordTookEffectOnce();
  }

  /** Connect abandons a task that does not end within 5 s, and starts the next one beside it. */
  @Test
  void aTaskThatIsRestartedWhileItsPredecessorWaitsForTheDatabaseGoesOn() throws Exception {
    start("consistent");
    bank.transactions(4);
    strikeAt(
        Moment.WRITING,
        () -> {
          LINE.worker().rest().restart(connector);
          awaitLog("A predecessor of this task has not ended yet");
        });
    bank.transactions(4);
    assertEveryRecordTookEffectOnce();
  }
}
