package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The cursor of each table by Connect's own REST: shown, moved, and deleted. */
class SourceOffsetsIT extends SourceCase {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void theOffsetsShowHowFarEachTableIs() throws Exception {
    sql("CREATE TABLE more" + name + " (id INT8 PRIMARY KEY)");
    create(Map.of("feed.tables", name + ",more" + name, "tasks.max", "4"));
    eventually(
        () -> {
          JsonNode offsets = offsets();
          assertThat(offsets).hasSize(2);
          for (JsonNode offset : offsets) {
            assertThat(offset.path("partition").path("table").asText())
                .isIn(topic(), "defaultdb.public.more" + name);
            assertThat(offset.path("offset").path("cursor").asText()).matches("\\d{19}\\.\\d{10}");
          }
        });
  }

  @Test
  void aMovedCursorMakesTheFeedBeginThereAgain() throws Exception {
    create(Map.of());
    JobStatus first = awaitRunning();
    String before = standIn().now().toString();
    sql("INSERT INTO " + name + " VALUES (2, 'sent twice')");
    awaitRow("sent twice");
    eventually(() -> assertThat(offsets()).hasSize(1));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().alterOffsets(name, moved(topic(), before));
    PARTS.worker().rest().resume(name);
    eventually(
        () ->
            assertThat(topics.values(topic()))
                .filteredOn(value -> value.contains("sent twice"))
                .hasSize(2));
    eventually(() -> assertThat(live()).hasSize(1));
    assertThat(live().get(0).id()).isNotEqualTo(first.id());
    assertThat(live().get(0).description()).contains("cursor = '" + before);
  }

  @Test
  void deletingTheOffsetsEndsTheJobAndStartsAfresh() throws Exception {
    create(Map.of());
    JobStatus first = awaitRunning();
    awaitRow("before");
    eventually(() -> assertThat(offsets()).hasSize(1));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().resetOffsets(name);
    eventually(
        () ->
            assertThat(standIn().job(first.id()).orElseThrow().state())
                .isEqualTo(JobState.CANCELED));
    PARTS.worker().rest().resume(name);
    eventually(
        () ->
            assertThat(topics.values(topic()))
                .filteredOn(value -> value.contains("before"))
                .hasSize(2));
    assertThat(awaitRunning().description()).contains("initial_scan = 'yes'");
  }

  @Test
  void whatIsLeftOfAFormerFeedIdIsDeletedWithTheRest() throws Exception {
    create(Map.of());
    JobStatus first = awaitRunning();
    eventually(() -> assertThat(offsets()).hasSize(1));
    sql("CANCEL JOB " + first.id());
    eventually(
        () ->
            assertThat(standIn().job(first.id()).orElseThrow().state())
                .isEqualTo(JobState.CANCELED));
    change(Map.of("feed.id", "next" + name));
    eventually(() -> assertThat(offsets()).hasSize(2));
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().resetOffsets(name);
    assertThat(offsets()).isEmpty();
    eventually(
        () ->
            assertThat(standIn().jobs())
                .filteredOn(job -> job.description().contains("belay.next" + name + "."))
                .extracting(JobStatus::state)
                .containsExactly(JobState.CANCELED));
  }

  @Test
  void anOffsetThatCannotBeIsRefused() throws Exception {
    create(Map.of());
    awaitRunning();
    eventually(() -> assertThat(offsets()).hasSize(1));
    PARTS.worker().rest().stop(name);
    String now = standIn().now().toString();
    String future = "2" + now.substring(1);
    refused(moved(topic(), "yesterday"), "is no time of CockroachDB");
    refused(moved(topic(), future), "is in the future");
    refused(moved(topic(), "1000000000000000000.0000000000"), "gc.ttlseconds");
    refused(moved("orders", now), "is not written as database.schema.table");
    ObjectNode withJob = moved(topic(), now);
    ((ObjectNode) withJob.path("offsets").get(0).path("offset")).put("job", "1");
    refused(withJob, "give the cursor alone");
    ObjectNode ofAnother = moved(topic(), now);
    ((ObjectNode) ofAnother.path("offsets").get(0).path("partition")).put("feed", "other");
    refused(ofAnother, "is of feed other");
  }

  private void refused(JsonNode offsets, String why) {
    assertThatThrownBy(() -> PARTS.worker().rest().alterOffsets(name, offsets))
        .hasMessageContaining(why);
  }

  private ObjectNode moved(String table, String cursor) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode offset = body.putArray("offsets").addObject();
    offset.putObject("partition").put("feed", name).put("table", table);
    offset.putObject("offset").put("cursor", cursor);
    return body;
  }

  private JsonNode offsets() {
    return PARTS.worker().rest().offsets(name).path("offsets");
  }
}
