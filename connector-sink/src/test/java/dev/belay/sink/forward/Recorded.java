package dev.belay.sink.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record of a topic, as it stands there. */
record Recorded(ConsumerRecord<byte[], byte[]> record) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String topic() {
    return record.topic();
  }

  /** Null is Kafka's null. */
  String key() {
    return text(record.key());
  }

  /** Null is Kafka's null. */
  String value() {
    return text(record.value());
  }

  /** One line of a file of samples. */
  String line(String note) throws JsonProcessingException {
    ObjectNode line = JSON.createObjectNode();
    line.put("topic", topic()).put("partition", record.partition());
    line.put("key", key()).put("value", value());
    ObjectNode headers = line.putObject("headers");
    for (Header header : record.headers()) {
      headers.put(header.key(), text(header.value()));
    }
    return JSON.writeValueAsString(line.put("note", note));
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, UTF_8);
  }
}
