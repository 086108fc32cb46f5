package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that wait, and the records and offsets that are made of them. */
class WindowTest {
  @TempDir static Path dir;

  private static final TableName TABLE = new TableName("db", "public", "t");
  private static final TableName OTHER = new TableName("db", "public", "u");
  private static final Routes ROUTES = new Routes(List.of(TABLE, OTHER), true, "");

  private static HlcTimestamp at(long wall) {
    return new HlcTimestamp(wall, 0);
  }

  private static FeedItem.Row row(TableName table, int key, long wall) {
    return new FeedItem.Row(
        ROUTES.of(table),
        ("[" + key + "]").getBytes(UTF_8),
        ("v" + wall).getBytes(UTF_8),
        at(wall));
  }

  private static List<Long> times(HeldRows.Release release) throws IOException {
    List<Long> times = new ArrayList<>();
    for (Optional<FeedItem.Row> row = release.next(); row.isPresent(); row = release.next()) {
      times.add(row.get().time().wallNanos());
    }
    return times;
  }

  @Test
  void rowsLeaveInTheirOrderAndThoseAboveTheTimeStay() throws Exception {
    for (Optional<SpillDirectory> spill :
        List.of(
            Optional.<SpillDirectory>empty(),
            Optional.of(new SpillDirectory(dir.resolve("s"), "c/1", 0)))) {
      HeldRows held = new HeldRows(400, spill);
      Random random = new Random(9);
      List<Long> all = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        all.add((long) random.nextInt(100));
        held.add(row(TABLE, i, all.get(i)));
      }
      assertThat(times(held.upTo(at(50))))
          .isEqualTo(all.stream().filter(time -> time <= 50).toList());
      held.add(row(TABLE, 50, 7));
      all.add(107L);
      held.add(row(TABLE, 51, 107));
      List<Long> left = new ArrayList<>(all.stream().filter(time -> time > 50).toList());
      left.add(left.size() - 1, 7L);
      assertThat(times(held.all())).isEqualTo(left);
      assertThat(held.isEmpty()).isTrue();
      assertThat(held.spilled() > 0).isEqualTo(spill.isPresent());
    }
  }

  @Test
  void folderIsForItsOwnerOnlyAndEmptyAfterwards() throws Exception {
    SpillDirectory folder = new SpillDirectory(dir.resolve("private"), "c", 1);
    HeldRows held = new HeldRows(1, Optional.of(folder));
    held.add(row(TABLE, 1, 1));
    held.add(row(TABLE, 1, 2));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.folder())))
        .isEqualTo("rwx------");
    assertThat(times(held.all())).containsExactly(1L, 2L);
    try (var files = Files.list(folder.folder())) {
      assertThat(files).isEmpty();
    }
    held.add(row(TABLE, 1, 3));
    held.add(row(TABLE, 1, 4));
    held.clear();
    folder.clear();
    assertThat(folder.folder()).doesNotExist();
  }

  @Test
  void memoryWithoutFolderIsFullAtItsLimit() throws Exception {
    HeldRows held = new HeldRows(300, Optional.empty());
    held.add(row(TABLE, 1, 1));
    assertThat(held.isFull()).isFalse();
    held.add(row(TABLE, 2, 1));
    held.add(row(TABLE, 3, 1));
    assertThat(held.isFull()).isTrue();
  }

  private static Records records() {
    Map<String, Integer> partitions = new HashMap<>();
    ROUTES.all().forEach(route -> partitions.put(route.topic(), 2));
    return new Records("feed", partitions::get);
  }

  private static Cursors cursors(long table, long other) {
    Cursors cursors = new Cursors();
    cursors.begin(TABLE, at(table), Optional.empty());
    cursors.begin(OTHER, at(other), Optional.empty());
    return cursors;
  }

  private static Outgoing window(Cursors cursors, HeldRows held, long time) {
    FeedItem.Resolved resolved = new FeedItem.Resolved(at(time), Records.resolvedValue(at(time)));
    return new Outgoing(
        records(), cursors, held.upTo(at(time)), Optional.of(resolved), ROUTES.all());
  }

  private static List<Object> offsets(List<SourceRecord> records, TableName table) {
    return records.stream()
        .filter(record -> record.sourcePartition().get("table").equals(table.toString()))
        .map(record -> (Object) record.sourceOffset())
        .toList();
  }

  @Test
  void onlyTheLastRecordOfATableMovesItsCursor() throws Exception {
    Cursors cursors = cursors(10, 10);
    HeldRows held = new HeldRows(1 << 20, Optional.empty());
    held.add(row(TABLE, 1, 15));
    held.add(row(TABLE, 2, 20));
    held.add(row(TABLE, 3, 25));
    Outgoing window = window(cursors, held, 20);
    List<SourceRecord> made = window.next(new Outgoing.Limits(100, 1 << 20));

    Map<String, String> old = Map.of("cursor", at(10).toString(), "ahead", at(20).toString());
    Map<String, String> reached = Map.of("cursor", at(20).toString());
    assertThat(offsets(made, TABLE)).containsExactly(old, old, old, reached);
    assertThat(offsets(made, OTHER)).containsExactly(old, reached);
    assertThat(window.isDone()).isTrue();
    assertThat(cursors.least()).isEqualTo(at(20));
    assertThat(times(held.all())).containsExactly(25L);
  }

  @Test
  void resolvedTimeGoesToEveryPartitionAfterTheRows() throws Exception {
    HeldRows held = new HeldRows(1 << 20, Optional.empty());
    held.add(row(TABLE, 1, 15));
    List<SourceRecord> made =
        window(cursors(10, 10), held, 20).next(new Outgoing.Limits(100, 1 << 20));
    assertThat(made.get(0).key()).isEqualTo("[1]".getBytes(UTF_8));
    assertThat(made.subList(1, 5)).allMatch(record -> record.key() == null);
    assertThat(made.subList(1, 5).stream().map(r -> r.topic() + "/" + r.kafkaPartition()))
        .containsExactlyInAnyOrder(
            "db.public.t/0", "db.public.t/1", "db.public.u/0", "db.public.u/1");
  }

  @Test
  void windowAboveTheLimitGoesInPiecesWithTheOldCursor() throws Exception {
    Cursors cursors = cursors(10, 10);
    HeldRows held = new HeldRows(1 << 20, Optional.empty());
    for (int i = 0; i < 5; i++) {
      held.add(row(TABLE, i, 15));
    }
    Outgoing window = window(cursors, held, 20);
    Outgoing.Limits limits = new Outgoing.Limits(2, 1 << 20);
    assertThat(window.next(limits)).hasSize(2);
    assertThat(window.next(limits)).hasSize(2);
    assertThat(window.isDone()).isFalse();
    assertThat(cursors.of(TABLE)).isEqualTo(at(10));
    assertThat(cursors.ahead(TABLE)).contains(at(20));
    assertThat(window.next(limits)).hasSize(1 + 4);
    assertThat(cursors.of(TABLE)).isEqualTo(at(20));
    assertThat(cursors.ahead(TABLE)).isEmpty();
  }

  @Test
  void tableThatIsFurtherHearsNothingOfOlderTimes() throws Exception {
    Cursors cursors = cursors(10, 30);
    HeldRows held = new HeldRows(1 << 20, Optional.empty());
    List<SourceRecord> made = window(cursors, held, 20).next(new Outgoing.Limits(100, 1 << 20));
    assertThat(offsets(made, OTHER)).isEmpty();
    assertThat(cursors.of(OTHER)).isEqualTo(at(30));
    assertThat(cursors.has(row(OTHER, 1, 30))).isTrue();
    assertThat(cursors.has(row(OTHER, 1, 31))).isFalse();
  }

  @Test
  void rowsThatLeaveEarlyAreDoubtfulOnlyWhenTheFeedBeginsAgain() throws Exception {
    Cursors cursors = cursors(10, 10);
    HeldRows held = new HeldRows(1, Optional.empty());
    held.add(row(TABLE, 1, 40));
    Outgoing early = new Outgoing(records(), cursors, held.all(), Optional.empty(), List.of());
    List<SourceRecord> made = early.next(new Outgoing.Limits(100, 1 << 20));
    assertThat(offsets(made, TABLE))
        .containsExactly(Map.of("cursor", at(10).toString(), "ahead", at(40).toString()));
    assertThat(cursors.mayHave(row(TABLE, 2, 35))).isFalse();
    cursors.again();
    assertThat(cursors.mayHave(row(TABLE, 2, 35))).isTrue();
    assertThat(cursors.mayHave(row(TABLE, 2, 41))).isFalse();
    assertThat(cursors.mayHave(row(OTHER, 2, 35))).isFalse();
  }
}
