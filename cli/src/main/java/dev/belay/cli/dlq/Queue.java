package dev.belay.cli.dlq;

import dev.belay.cli.status.KafkaLook;
import dev.belay.cli.verify.Endpoint;
import dev.belay.sink.target.CheckpointSql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What a sink has rejected: the letters in Kafka, and what is open in the target. One thread. */
final class Queue {
  static final String TOPIC = "errors.deadletterqueue.topic.name";
  private static final String KAFKA = "kafka.admin.";

  private final Map<String, String> sink;
  private final Endpoint target;

  /**
   * @param sink the connector's settings, secrets put in
   */
  Queue(Map<String, String> sink, Endpoint target) {
    this.sink = sink;
    this.target = target;
  }

  String connector() {
    return sink.getOrDefault("name", "");
  }

  Map<String, String> sink() {
    return sink;
  }

  /** Of a Kafka client. */
  Map<String, String> kafka() {
    Map<String, String> client = new HashMap<>();
    sink.forEach(
        (key, value) -> {
          if (key.startsWith(KAFKA)) {
            client.put(key.substring(KAFKA.length()), value);
          }
        });
    return client;
  }

  /**
   * The letters, in the order in which they came.
   *
   * @throws IOException if there is no queue, or Kafka cannot be read; the message is for the user
   */
  List<Letter> letters() throws IOException {
    String topic = sink.getOrDefault(TOPIC, "");
    if (topic.isBlank()) {
      throw new IOException(
          "Connector "
              + connector()
              + " has no dead letter queue: with errors.tolerance=none it stops at what it cannot"
              + " apply, and belay status says why.");
    }
    List<Letter> letters = new ArrayList<>();
    try (KafkaLook kafka = new KafkaLook(kafka(), Map.of())) {
      kafka.read(
          Set.of(topic),
          Map.of(),
          record -> {
            Letter letter = Letter.of(record);
            if (letter.mayBeOf(connector())) {
              letters.add(letter);
            }
          });
    } catch (KafkaException e) {
      throw new IOException("Kafka cannot be read: " + e.getMessage(), e);
    }
    letters.sort(Comparator.comparing(Letter::at).thenComparing(Letter::name));
    return letters;
  }

  /** What is open, in the order of topics and offsets. */
  List<Rejection> open() throws SQLException {
    CheckpointSql sql = target.dialect().orElseThrow().catalog().checkpointSql();
    List<Rejection> open = new ArrayList<>();
    try (Connection session = target.open();
        PreparedStatement query = session.prepareStatement(sql.readRejections())) {
      query.setString(1, connector());
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          open.add(
              new Rejection(
                  new TopicPartition(row.getString("topic"), row.getInt("partition")),
                  row.getLong("record_offset"),
                  Optional.ofNullable(row.getString("table_name")),
                  Optional.ofNullable(row.getString("key_hash")),
                  Optional.ofNullable(row.getString("hlc")),
                  Optional.ofNullable(row.getString("sqlstate")),
                  row.getLong("records")));
        }
      }
      session.rollback();
    }
    open.sort(
        Comparator.comparing((Rejection each) -> each.partition().toString())
            .thenComparing(Rejection::offset));
    return open;
  }
}
