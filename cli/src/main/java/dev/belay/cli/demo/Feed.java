package dev.belay.cli.demo;

import java.util.Arrays;
import java.util.Optional;

/** How rows get into Kafka: the source connector's {@code feed.delivery}. */
enum Feed {
  KAFKA("kafka"),
  SINKLESS("sinkless");

  private final String word;

  Feed(String word) {
    this.word = word;
  }

  static Optional<Feed> of(String word) {
    return Arrays.stream(values()).filter(feed -> feed.word.equals(word)).findFirst();
  }

  String word() {
    return word;
  }
}
