package dev.belay.sink.harness;

/** The task's process is gone at this point. An Error, so that nothing in the task survives it. */
public final class Crash extends Error {
  private static final long serialVersionUID = 1;

  Crash() {
    super("the task crashes here", null, false, false);
  }
}
