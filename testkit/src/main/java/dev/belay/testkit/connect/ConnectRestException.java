package dev.belay.testkit.connect;

/** The worker's answer to a request that it refused. */
public final class ConnectRestException extends RuntimeException {

  private final int status;

  ConnectRestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status, 404 where there is no such connector. */
  public int status() {
    return status;
  }
}
