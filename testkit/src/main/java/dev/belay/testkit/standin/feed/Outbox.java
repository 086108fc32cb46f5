package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.Misbehaviour;
import dev.belay.testkit.standin.encode.Fnv1a;
import dev.belay.testkit.standin.encode.Message;
import dev.belay.testkit.standin.row.Hlc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends rows and rounds of resolved messages, well or badly as it is told. Used by one thread.
 *
 * <p>Invariant ResolvedPromise: whatever it is told, a resolved time goes to a partition only after
 * every row at or below it that the caller has sent before is acknowledged.
 */
final class Outbox implements AutoCloseable {

  // A replay keeps two of three messages: the gaps that real repeats have.
  private static final int KEPT_OF = 3;
  private static final int MOST_REMEMBERED = 100_000;
  private static final int MOST_REPEATS = 3;
  private static final int REPEATS_WITHIN = 20;

  private record Sent(long round, String topic, Message message) {}

  private final Sink sink;
  private final Set<String> topics;
  private final Function<Hlc, byte[]> resolvedForm;
  private final Supplier<Misbehaviour> told;
  private final Deque<Sent> remembered = new ArrayDeque<>();
  private final List<Hlc> rounds = new ArrayList<>();

  /** The last rounds after which the one before was sent again, by number. */
  private final Deque<Integer> repeats = new ArrayDeque<>();

  private Misbehaviour misbehaviour = Misbehaviour.NONE;
  private Random random = new Random(0);

  /**
   * @param topics every topic of the feed: all get resolved messages
   * @param resolvedForm writes a resolved message
   * @param told asked at each round
   */
  Outbox(
      Sink sink,
      Set<String> topics,
      Function<Hlc, byte[]> resolvedForm,
      Supplier<Misbehaviour> told) {
    this.sink = sink;
    this.topics = topics;
    this.resolvedForm = resolvedForm;
    this.told = told;
  }

  void row(String topic, Message message) {
    deliver(topic, message);
    if (told.get().replayChance() > 0) {
      remembered.addLast(new Sent(rounds.size(), topic, message));
      if (remembered.size() > MOST_REMEMBERED) {
        remembered.removeFirst();
      }
    }
  }

  private void deliver(String topic, Message message) {
    int partition = Fnv1a.partition(message.key(), sink.partitions(topic));
    sink.send(topic, partition, Optional.of(message.key()), message.value());
  }

  /** Lets the rows leave soon: nothing more may come for a while. */
  void hurry() {
    sink.hurry();
  }

  /** Returns when every row is acknowledged. */
  void flush() {
    sink.flush();
  }

  /** A round of resolved messages: to each partition of each topic. */
  void resolve(Hlc time) {
    listen();
    if (chance(misbehaviour.replayChance())) {
      replay();
    }
    sink.flush();
    rounds.add(time);
    send(Optional.empty());
    if (rounds.size() > 1 && chance(misbehaviour.repeatChance()) && mayRepeat()) {
      repeats.addLast(rounds.size());
      send(Optional.of(rounds.get(rounds.size() - 2)));
    }
    if (rounds.size() > 1 && chance(misbehaviour.backwardChance())) {
      send(Optional.of(rounds.get(random.nextInt(rounds.size() - 1))));
    }
    sink.flush();
  }

  /** What falls back more often than that looks like two feeds on one topic, and rightly so. */
  private boolean mayRepeat() {
    while (!repeats.isEmpty() && repeats.peekFirst() <= rounds.size() - REPEATS_WITHIN) {
      repeats.removeFirst();
    }
    return repeats.size() < MOST_REPEATS;
  }

  /** Breaks the promise: tells a resolved time that rows not sent yet lie below. */
  void resolveEarly(Hlc time) {
    send(Optional.of(time));
    sink.flush();
  }

  private void listen() {
    Misbehaviour now = told.get();
    if (!now.equals(misbehaviour)) {
      misbehaviour = now;
      random = new Random(now.seed());
      remembered.clear();
    }
    while (!remembered.isEmpty()
        && remembered.peekFirst().round() + misbehaviour.replayRounds() < rounds.size()) {
      remembered.removeFirst();
    }
  }

  private boolean chance(double chance) {
    return chance > 0 && random.nextDouble() < chance;
  }

  private void replay() {
    List<Sent> sent = List.copyOf(remembered);
    if (sent.isEmpty()) {
      return;
    }
    for (Sent again : sent.subList(random.nextInt(sent.size()), sent.size())) {
      if (random.nextInt(KEPT_OF) > 0) {
        deliver(again.topic(), again.message());
      }
    }
  }

  /**
   * @param time for every partition; empty for each partition's own
   */
  private void send(Optional<Hlc> time) {
    for (String topic : topics) {
      for (int partition = 0; partition < sink.partitions(topic); partition++) {
        int lag = misbehaviour.lateRounds(topic, partition);
        Optional<Hlc> due = lag == 0 ? time.or(this::lastRound) : roundsAgo(lag).map(time::orElse);
        if (due.isPresent()) {
          sink.send(topic, partition, Optional.empty(), due.map(resolvedForm));
        }
      }
    }
  }

  private Optional<Hlc> lastRound() {
    return roundsAgo(0);
  }

  /** The time of an earlier round; empty if there were not so many. */
  private Optional<Hlc> roundsAgo(int lag) {
    int round = rounds.size() - 1 - lag;
    return round >= 0 ? Optional.of(rounds.get(round)) : Optional.empty();
  }

  @Override
  public void close() {
    sink.close();
  }
}
