package dev.belay.cli.verify;

import dev.belay.sink.change.HlcTimestamp;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a range that was compared.
 *
 * @param listed the differing rows that are told one by one; all are counted
 * @param time of the source as of which it was compared; empty if it was about now
 */
record Compared(Counts counts, List<Difference> listed, Optional<HlcTimestamp> time) {
  Compared {
    listed = List.copyOf(listed);
  }
}
