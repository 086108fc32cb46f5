package dev.belay.testkit.standin.feed;

import java.util.Optional;

/**
 * Where the messages of one run of a changefeed go. Used by the run's thread only. Every method may
 * throw {@link SinkUnavailable}; the run then begins again at its checkpoint with a new sink.
 */
public interface Sink extends AutoCloseable {

  /**
   * Whom a sink speaks to, and how.
   *
   * @param address {@code host:port}, several separated by commas
   */
  record Target(String address, KafkaSecurity security, KafkaSettings settings) {}

  /** Opens sinks; may be called from any thread. */
  @FunctionalInterface
  interface Opener {
    Sink open(Target target);
  }

  /** Returns if the place can be reached; sends nothing and makes no topic. */
  void dial();

  /** How many partitions a topic has now; makes the topic if it is not there. */
  int partitions(String topic);

  /** Sends; messages of one partition arrive in the order of the calls. */
  void send(String topic, int partition, Optional<byte[]> key, Optional<byte[]> value);

  /** Lets what was sent leave soon: nothing more may come for a while. */
  default void hurry() {}

  /** Returns when everything sent has been acknowledged. */
  void flush();

  @Override
  void close();

  /** The place cannot be reached or has refused a message. */
  final class SinkUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SinkUnavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
