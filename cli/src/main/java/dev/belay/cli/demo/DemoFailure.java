package dev.belay.cli.demo;

/** The demo could not be brought to a verdict; the message says why, for the user. */
final class DemoFailure extends RuntimeException {

  DemoFailure(String message) {
    super(message);
  }

  DemoFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
