package dev.belay.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** Messages of a changefeed without a broker, for benchmarks of single rooms. */
public final class FeedMessages {

  private FeedMessages() {}

  /** A row's key and value, as in Kafka. */
  public record Message(byte[] key, byte[] value) {}

  /**
   * The first changes of the throughput run.
   *
   * @param count how many, finish rows not among them
   */
  public static List<Message> draw(int count) {
    List<Message> messages = new ArrayList<>();
    workload(count)
        .play(
            new Workload.Audience() {
              @Override
              public void change(Change change) {
                if (messages.size() < count) {
                  messages.add(
                      new Message(
                          FeedText.key(change.id()).getBytes(UTF_8),
                          FeedText.value(change).getBytes(UTF_8)));
                }
              }

              @Override
              public void resolved(long nanos) {
                // rows only
              }
            });
    return messages;
  }

  /** The statement that makes table {@code bench}. */
  public static String createTable() {
    return TargetTables.create(new PostgresEngine(), workload(0));
  }

  private static Workload workload(int changes) {
    return new Workload("bench", changes, 200_000, 0.05, 10_000, 4, 1);
  }
}
