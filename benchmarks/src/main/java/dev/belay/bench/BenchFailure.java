package dev.belay.bench;

/** The run cannot go on; the message says why, for the one who started it. */
final class BenchFailure extends RuntimeException {
  BenchFailure(String message) {
    super(message);
  }

  BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
