package dev.belay.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.StatusTopic.KafkaAwayException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.StatusRecords;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Which jobs were cancelled because their offsets were deleted, which nothing else remembers: a job
 * without an offset that was cancelled is otherwise one that a person ended before Connect had
 * stored its first. Each is a record of the status topic, under the key that the job's status has.
 */
final class ResetNotes {
  private static final JsonMapper JSON = new JsonMapper();

  private ResetNotes() {}

  /**
   * Notes that jobs are cancelled for this; they are in Kafka when it returns.
   *
   * @throws KafkaAwayException if Kafka does not take them all
   */
  static void write(SourceConfig config, Collection<FoundJob> jobs) throws KafkaAwayException {
    if (jobs.isEmpty()) {
      return;
    }
    // else the producer would make one that is not compacted
    StatusTopic.make(config);
    StatusLog.write(
        config,
        records(config, jobs).stream()
            .map(
                note ->
                    new ProducerRecord<>(note.topic(), (byte[]) note.key(), (byte[]) note.value()))
            .toList());
  }

  private static List<SourceRecord> records(SourceConfig config, Collection<FoundJob> jobs) {
    return new StatusRecords(
            config.connector(),
            config.feedId(),
            "kafka",
            config.statusTopic(),
            config.statusInterval(),
            Clock.systemUTC())
        .of(
            jobs.stream()
                .map(
                    job ->
                        new FeedStatus(
                            Optional.of(job.id()),
                            FeedState.ENDED,
                            new TreeSet<>(job.tables()),
                            Optional.empty(),
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            "",
                            "",
                            0,
                            0))
                .toList());
  }

  /**
   * Those of the jobs of which there is a note. None is older than its job, and no job is older
   * than the time that it was made to begin at.
   *
   * @throws KafkaAwayException if Kafka does not tell
   */
  static Set<Long> among(SourceConfig config, Collection<FoundJob> jobs) throws KafkaAwayException {
    Set<Long> wanted = jobs.stream().map(FoundJob::id).collect(Collectors.toSet());
    Instant since =
        jobs.stream()
            .map(job -> job.cursor().map(HlcTimestamp::instant).orElse(Instant.EPOCH))
            .min(Comparator.naturalOrder())
            .orElse(Instant.EPOCH);
    Set<Long> noted = new HashSet<>();
    try (StatusLog log = StatusLog.since(config, since)) {
      log.toEnd(
          record ->
              job(config, record)
                  .filter(wanted::contains)
                  .ifPresent(
                      job -> {
                        // the last word counts
                        if (isNote(record)) {
                          noted.add(job);
                        } else {
                          noted.remove(job);
                        }
                      }));
    }
    return noted;
  }

  /** The job of which a record tells; empty for one of another connector, or none of a job. */
  private static Optional<Long> job(SourceConfig config, ConsumerRecord<byte[], byte[]> record) {
    JsonNode key = read(record.key());
    boolean isStatus =
        key.path("connector").asText().equals(config.connector()) && !key.has("table");
    return isStatus && key.path("job").asText().matches("\\d{1,19}")
        ? Optional.of(key.path("job").asLong())
        : Optional.empty();
  }

  private static boolean isNote(ConsumerRecord<byte[], byte[]> record) {
    return read(record.value()).path("state").asText().equals(FeedState.ENDED.name());
  }

  /** Nothing where there is no JSON. */
  private static JsonNode read(byte[] text) {
    try {
      return text == null ? JSON.missingNode() : JSON.readTree(text);
    } catch (IOException notOurs) {
      return JSON.missingNode();
    }
  }
}
