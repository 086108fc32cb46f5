package dev.belay.sink.registry;

/**
 * No server of the schema registry answers; to be asked again later. The message ends without a
 * full stop.
 */
public final class RegistryAwayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RegistryAwayException(String message) {
    super(message, null, false, true);
  }
}
