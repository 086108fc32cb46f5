package dev.belay.testkit.standin;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How changefeeds of a stand-in misbehave, each way as real ones do (but for the early resolved
 * message, see {@link StandIn#resolveEarly}). Immutable; begin with {@link #NONE}.
 *
 * @param seed of all chances: the same commits and resolved rounds misbehave the same way again
 * @param replayChance at each round of resolved messages, chance that messages are sent again
 *     before it: a random suffix of those sent so far, with gaps, the oldest first
 * @param replayRounds how many rounds back such a replay may begin; 0 is since the last round. More
 *     than 0 gives duplicates older than resolved times already sent, which is allowed
 * @param repeatChance at each round, chance that the resolved messages of the round before are sent
 *     again after it; three times in 20 rounds at most
 * @param backwardChance at each round, chance that resolved messages of some older round follow
 * @param late partitions that get resolved messages late or never, by {@code topic/partition}:
 *     rounds to lag, {@link #NEVER} for none at all
 */
public record Misbehaviour(
    long seed,
    double replayChance,
    int replayRounds,
    double repeatChance,
    double backwardChance,
    Map<String, Integer> late) {

  /** Rounds of lag of a partition that gets no resolved messages at all. */
  public static final int NEVER = Integer.MAX_VALUE;

  /** Good behaviour. */
  public static final Misbehaviour NONE = new Misbehaviour(0, 0, 0, 0, 0, Map.of());

  public Misbehaviour {
    late = Map.copyOf(late);
  }

  public Misbehaviour withSeed(long seed) {
    return new Misbehaviour(seed, replayChance, replayRounds, repeatChance, backwardChance, late);
  }

  public Misbehaviour replaying(double chance, int rounds) {
    return new Misbehaviour(seed, chance, rounds, repeatChance, backwardChance, late);
  }

  public Misbehaviour repeatingResolved(double chance) {
    return new Misbehaviour(seed, replayChance, replayRounds, chance, backwardChance, late);
  }

  public Misbehaviour resolvingBackwards(double chance) {
    return new Misbehaviour(seed, replayChance, replayRounds, repeatChance, chance, late);
  }

  /** Resolved messages of one partition lag some rounds behind, or {@link #NEVER} come. */
  public Misbehaviour withLate(String topic, int partition, int rounds) {
    Map<String, Integer> more = new TreeMap<>(late);
    more.put(topic + "/" + partition, rounds);
    return new Misbehaviour(seed, replayChance, replayRounds, repeatChance, backwardChance, more);
  }

  /** Rounds by which a partition's resolved messages lag; 0 for a punctual one. */
  public int lateRounds(String topic, int partition) {
    return Optional.ofNullable(late.get(topic + "/" + partition)).orElse(0);
  }
}
