package dev.belay.sink.checkpoint;

import java.util.List;

/**
 * What a transaction changes in {@code belay_rejection}: first {@code closed}, then {@code opened}.
 *
 * @param opened an {@link OpenRejection#OVERFLOW} among them adds to the one that is there
 */
public record RejectionChange(List<OpenRejection> closed, List<OpenRejection> opened) {
  public static final RejectionChange NONE = new RejectionChange(List.of(), List.of());

  public boolean isEmpty() {
    return closed.isEmpty() && opened.isEmpty();
  }
}
