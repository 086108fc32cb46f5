package dev.belay.sink.structs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The first change after a snapshot of PostgreSQL has the same position as the snapshot's rows. */
class SnapshotOrderTest {
  private static final String TOPIC = "forward.public.customers";
  private static final Pattern SEQUENCE = Pattern.compile("\"sequence\":\"(.*?[^\\\\])\"");
  private static final Pattern LSN = Pattern.compile("\"lsn\":(\\d+)");

  private final Decoder decoder = Decoder.of(FeedFormat.AUTO.withEnvelope(Envelope.DEBEZIUM));

  private static JsonNode sample(String note) throws Exception {
    for (String line : Files.readAllLines(Path.of("src/test/resources/debezium/postgres.jsonl"))) {
      JsonNode sample = new ObjectMapper().readTree(line);
      if (sample.path("topic").asText().equals(TOPIC)
          && sample.path("note").asText().startsWith(note)) {
        return sample;
      }
    }
    throw new AssertionError("no sample: " + note);
  }

  private HlcTimestamp version(JsonNode sample, String value) {
    return ((Change)
            decoder.decode(
                new Origin(TOPIC, 0, 1),
                TOPIC,
                sample.path("key").asText().getBytes(UTF_8),
                value.getBytes(UTF_8)))
        .version();
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  @Test
  void theFirstChangeIsNewerThanTheSnapshotAtItsPosition() throws Exception {
    JsonNode row = sample("snapshot");
    String snapshot = row.path("value").asText();
    JsonNode change = sample("update");
    String streamed = change.path("value").asText();
    String atTheSame =
        streamed
            .replace(found(SEQUENCE, streamed), found(SEQUENCE, snapshot))
            .replace("\"lsn\":" + found(LSN, streamed), "\"lsn\":" + found(LSN, snapshot));
    assertThat(atTheSame).isNotEqualTo(streamed);
    assertThat(version(change, atTheSame).isAfter(version(row, snapshot))).isTrue();
  }

  /** So it is of a transaction that was under way while the slot was made. */
  @Test
  void aChangeFromBeforeTheSlotIsNewerThanTheSnapshotWithoutIt() throws Exception {
    JsonNode row = sample("snapshot");
    JsonNode change = sample("update");
    String streamed = change.path("value").asText();
    String earlier =
        streamed
            .replace(found(SEQUENCE, streamed), "[null,\\\"7\\\"]")
            .replace("\"lsn\":" + found(LSN, streamed), "\"lsn\":7");
    assertThat(version(change, earlier).isAfter(version(row, row.path("value").asText()))).isTrue();
  }
}
