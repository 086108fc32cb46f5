package dev.belay.sink;

import dev.belay.sink.apply.LargeWindow.Piece;
import dev.belay.sink.apply.LargeWindow.UnfitException;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.plan.UnboundException;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.spill.SpillDirectory;
import dev.belay.sink.spill.SpillFile;
import dev.belay.sink.spill.SpilledRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * A window on disk, sorted into pieces that fit into memory. All changes of a row go into one
 * piece, told by the row's key in the target: two keys of the feed may be one there. One thread.
 */
final class SpilledWindow {

  /**
   * How it is sorted.
   *
   * @param pieceBytes size to aim at
   */
  record Sorting(Planner planner, long pieceBytes) {}

  private final SpillDirectory directory;
  private final SpillFile all;
  private final SpillCodec codec;
  private final Sorting sorting;
  private final HlcTimestamp frontier;
  private final Map<TableName, List<Part>> parts = new LinkedHashMap<>();
  private final List<SpillFile> files = new ArrayList<>();
  private final Map<TopicPartition, PartitionState.Spilled> left = new HashMap<>();
  private final Predicate<Change> mends;
  private final List<Change> mending = new ArrayList<>();
  private SpillFile later;

  /**
   * @param all in order of arrival; deleted once it is sorted
   * @param frontier what is newer is not part of the window
   * @param mends what is to be listed in {@link #mending}
   */
  SpilledWindow(
      SpillDirectory directory,
      SpillFile all,
      SpillCodec codec,
      Sorting sorting,
      HlcTimestamp frontier,
      Predicate<Change> mends) {
    this.mends = mends;
    this.directory = directory;
    this.all = all;
    this.codec = codec;
    this.sorting = sorting;
    this.frontier = frontier;
    this.later = all;
  }

  /**
   * Sorts; to be called once.
   *
   * @throws UnfitException if a record does not fit its table
   */
  List<Piece> sort() throws IOException, UnfitException {
    later = directory.file();
    // upserts first: they show how unnamed keys are to be read, which deletes do not
    SpillFile deletes = file();
    try {
      all.each(
          record -> {
            if (record.version().isAfter(frontier)) {
              later(record);
            } else if (record.delete()) {
              deletes.add(record);
            } else {
              sort(record);
            }
          });
      all.delete();
      deletes.each(this::sort);
    } catch (UnboundRecordException e) {
      throw new UnfitException(e.getMessage());
    }
    List<Piece> pieces = new ArrayList<>();
    parts.values().forEach(some -> some.stream().filter(Part::hasAny).forEach(pieces::add));
    return pieces;
  }

  private SpillFile file() throws IOException {
    SpillFile file = directory.file();
    files.add(file);
    return file;
  }

  private void later(SpilledRecord record) throws IOException {
    later.add(record);
    left.merge(
        new TopicPartition(record.topic(), record.partition()),
        new PartitionState.Spilled(record.offset(), record.version()),
        PartitionState.Spilled::and);
  }

  private void sort(SpilledRecord record) throws IOException {
    Planner.Place place;
    Change change = codec.change(record);
    if (mends.test(change)) {
      mending.add(change);
    }
    try {
      place = sorting.planner().place(change);
    } catch (UnboundException e) {
      throw new UnboundRecordException(e.getMessage());
    }
    List<Part> some = parts.get(place.table().name());
    if (some == null) {
      some = new ArrayList<>();
      // as if all of it were of this table: more parts than needed cost little
      long count = all.bytes() / sorting.pieceBytes() + 1;
      for (long i = 0; i < count; i++) {
        some.add(new Part(place.table(), file()));
      }
      parts.put(place.table().name(), some);
    }
    some.get(Math.floorMod(place.row().hashCode(), some.size())).add(record);
  }

  /** The changes of the window that mend a row. */
  List<Change> mending() {
    return mending;
  }

  /** What is newer than the frontier. */
  SpillFile later() {
    return later;
  }

  /** What is newer than the frontier, of one partition. */
  Optional<PartitionState.Spilled> left(TopicPartition partition) {
    return Optional.ofNullable(left.get(partition));
  }

  /** Removes the pieces. */
  void dispose() throws IOException {
    for (SpillFile file : files) {
      file.delete();
    }
  }

  /** One piece, on disk. */
  private final class Part implements Piece {
    private final TableShape table;
    private final SpillFile file;
    private boolean deletes;

    Part(TableShape table, SpillFile file) {
      this.table = table;
      this.file = file;
    }

    void add(SpilledRecord record) throws IOException {
      file.add(record);
      deletes |= record.delete();
    }

    boolean hasAny() {
      return file.records() > 0;
    }

    @Override
    public TableShape table() {
      return table;
    }

    @Override
    public boolean hasDeletes() {
      return deletes;
    }

    @Override
    public List<PlanInput> changes() {
      List<PlanInput> changes = new ArrayList<>();
      try {
        file.each(record -> changes.add(new PlanInput(change(record), false)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return changes;
    }

    private Change change(SpilledRecord record) {
      return codec.change(record);
    }
  }

  /** Carries the reason out of a file's visitor. */
  private static final class UnboundRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnboundRecordException(String message) {
      super(message, null, false, false);
    }
  }
}
