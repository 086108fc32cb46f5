package dev.belay.testkit.connect;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the workers last reported of a connector. Nobody corrects it for a worker that was killed:
 * until another one has taken over, it shows the state before.
 *
 * @param trace the stack trace of its failure; empty text unless it failed
 */
public record ConnectorStatus(
    String name, State state, String workerId, String trace, List<TaskStatus> tasks) {

  /** A state of a connector or a task. */
  public enum State {
    UNASSIGNED,
    RUNNING,
    PAUSED,
    FAILED,
    RESTARTING,
    STOPPED,
    DESTROYED
  }

  /**
   * One task.
   *
   * @param trace the stack trace of its failure; empty text unless it failed
   */
  public record TaskStatus(int id, State state, String workerId, String trace) {}

  /** Whether the connector, at least one task, and every task it has are running. */
  public boolean isRunning() {
    return state == State.RUNNING
        && !tasks.isEmpty()
        && tasks.stream().allMatch(task -> task.state() == State.RUNNING);
  }

  /** The trace of what failed first, connector before tasks; empty if nothing has failed. */
  public Optional<String> failure() {
    Stream<String> ofConnector = state == State.FAILED ? Stream.of(trace) : Stream.empty();
    Stream<String> ofTasks =
        tasks.stream().filter(task -> task.state() == State.FAILED).map(TaskStatus::trace);
    return Stream.concat(ofConnector, ofTasks).findFirst();
  }
}
