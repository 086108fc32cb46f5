package dev.belay.sink.change;

import java.util.Map;

/**
 * A transaction at the source was committed, and these are all its events.
 *
 * @param transaction its name, which its events carry
 * @param position above the versions of all its events, and below those of every transaction that
 *     was committed later; {@link HlcTimestamp#NONE} where the source does not tell
 * @param committed when it was committed; {@link HlcTimestamp#NONE} if that is not told
 * @param events how many there are of each of the source's tables
 */
public record TransactionEnd(
    Origin origin,
    String transaction,
    HlcTimestamp position,
    HlcTimestamp committed,
    Map<String, Long> events)
    implements Decoded {
  public TransactionEnd {
    events = Map.copyOf(events);
  }
}
