package dev.belay.source.sinkless;

/** A topic is not as the feed needs it, and another try does not help. The text is for people. */
final class TopicTrouble extends RuntimeException {
  private static final long serialVersionUID = 1;

  TopicTrouble(String message) {
    super(message, null, false, true);
  }
}
