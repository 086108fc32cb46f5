package dev.belay.cli.connect;

import java.io.IOException;

/** Connect did not do what it was asked. The message is for the user. */
public final class ConnectFailure extends IOException {
  private static final long serialVersionUID = 1;

  /** HTTP's status; 0 if there was no answer. */
  private final int status;

  ConnectFailure(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
