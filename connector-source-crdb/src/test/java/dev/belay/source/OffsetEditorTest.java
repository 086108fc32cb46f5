package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.source.config.SourceConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** What is decided without asking any server; that they are asked is for SourceOffsetsIT. */
class OffsetEditorTest {
  private static final Map<String, ?> OTHERS = Map.of("feed", "before", "table", "db.public.t");

  private final OffsetEditor editor =
      new OffsetEditor(
          new SourceConfig(
              Map.of(
                  "name", "shop",
                  "feed.id", "after",
                  "feed.delivery", "sinkless",
                  "source.connection.url", "jdbc:postgresql://127.0.0.1:1/db",
                  "source.connection.user", "root",
                  "kafka.admin.bootstrap.servers", "127.0.0.1:1")));

  /** Connect's reset names every partition that it has stored, those of a former feed.id too. */
  @Test
  void whatIsLeftOfAnotherFeedMayBeDeleted() {
    assertThat(editor.alter(deleted(OTHERS))).isTrue();
    Map<Map<String, ?>, Map<String, ?>> both = deleted(OTHERS);
    both.put(Map.of("feed", "after", "table", "db.public.t"), null);
    // for a table of its own the cluster is asked which jobs there were
    assertThatThrownBy(() -> editor.alter(both))
        .hasMessageStartingWith("CockroachDB must be asked before offsets are changed");
  }

  @Test
  void anotherFeedsOffsetIsNotMoved() {
    assertThatThrownBy(
            () -> editor.alter(Map.of(OTHERS, Map.of("cursor", "1701102296662969433.0000000000"))))
        .isInstanceOf(ConnectException.class)
        .hasMessage("A partition is of feed before, and this connector's is after.");
  }

  @Test
  void aPartitionThatIsNoneOfOursIsRefusedInAnyCase() {
    assertThatThrownBy(() -> editor.alter(deleted(Map.of("server", "x"))))
        .hasMessageContaining("A partition has the fields [server]");
    assertThatThrownBy(() -> editor.alter(deleted(Map.of("feed", "after", "table", "t"))))
        .hasMessageContaining("is not written as database.schema.table");
  }

  private static Map<Map<String, ?>, Map<String, ?>> deleted(Map<String, ?> partition) {
    Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
    offsets.put(partition, null);
    return offsets;
  }
}
