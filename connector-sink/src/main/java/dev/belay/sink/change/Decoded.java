package dev.belay.sink.change;

/** What one Kafka record turned out to be. */
public sealed interface Decoded
    permits Change, Resolved, Ignored, Rejected, TransactionEvent, TransactionEnd {
  Origin origin();
}
