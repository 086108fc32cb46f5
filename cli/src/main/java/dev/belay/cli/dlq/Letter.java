package dev.belay.cli.dlq;

import dev.belay.sink.failure.Rejector;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record of the dead letter queue.
 *
 * @param partition of the queue
 * @param offset in the queue
 * @param at when it came, as the record says
 * @param headers of Belay and of Connect, by their names; those of the record itself are left out,
 *     since they may hold values
 */
record Letter(int partition, long offset, Instant at, Map<String, String> headers) {
  private static final String CONNECT = "__connect.errors.";

  static Letter of(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      boolean isOurs =
          Rejector.HEADERS.stream().anyMatch(known -> known.name().equals(header.key()));
      // Connect's exception texts are ours too, and its class names are of no use
      boolean isPlace = header.key().startsWith(CONNECT) && !header.key().contains("exception");
      if ((isOurs || isPlace) && header.value() != null) {
        headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    return new Letter(
        record.partition(), record.offset(), Instant.ofEpochMilli(record.timestamp()), headers);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name)).filter(text -> !text.isBlank());
  }

  /** Where the record was, as {@code topic:partition:offset}; empty without Connect's headers. */
  Optional<String> of() {
    return header(CONNECT + "topic")
        .flatMap(
            topic ->
                header(CONNECT + "partition")
                    .flatMap(
                        partition ->
                            header(CONNECT + "offset")
                                .map(offset -> topic + ":" + partition + ":" + offset)));
  }

  /** Whether it may be of a connector: Connect's header says of which, if it is there. */
  boolean mayBeOf(String connector) {
    return header(CONNECT + "connector.name").map(connector::equals).orElse(true);
  }

  /** As a person names it. */
  String name() {
    return partition + ":" + offset;
  }
}
