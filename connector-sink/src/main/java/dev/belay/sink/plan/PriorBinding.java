package dev.belay.sink.plan;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.Prior.Kind;
import dev.belay.sink.shape.ColumnShape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be known of the rows of one feed table before their changes, and whether the feed says
 * it.
 */
final class PriorBinding {

  /** Kinds of values that read the same in JSON whatever a session has set. */
  private static final Set<String> KEYS_TOLD_APART =
      Set.of("integer", "decimal", "boolean", "text", "uuid", "date");

  private final TableName feed;
  private final TableColumns table;
  private final ConflictPolicy policy;
  private final Optional<ColumnShape> version;
  private final boolean timesDeletes;

  private PriorBinding(
      TableName feed,
      TableColumns table,
      ConflictPolicy policy,
      Optional<ColumnShape> version,
      boolean timesDeletes) {
    this.feed = feed;
    this.table = table;
    this.policy = policy;
    this.version = version;
    this.timesDeletes = timesDeletes;
  }

  /**
   * @throws UnboundException if the column of versions is not there, or the target cannot remember
   *     deletes by such a key
   */
  static PriorBinding of(TableName feed, TableColumns table, ConflictPolicies conflicts)
      throws UnboundException {
    ConflictPolicy policy = conflicts.of(feed);
    Optional<String> named =
        policy == ConflictPolicy.NEWEST ? conflicts.versionColumn(feed) : Optional.empty();
    Optional<ColumnShape> version = named.flatMap(table::own);
    if (version.isEmpty() && named.isPresent()) {
      throw new UnboundException(
          UnboundException.Reach.TABLE,
          true,
          "conflict.version.columns names column "
              + named.get()
              + " of table "
              + feed
              + ", and target table "
              + table.shape()
              + " has no such column. Correct it.");
    }
    boolean timesDeletes = conflicts.timesDeletes(feed);
    if (timesDeletes) {
      for (ColumnShape part : table.shape().key()) {
        if (!KEYS_TOLD_APART.contains(part.kind())) {
          throw new UnboundException(
              UnboundException.Reach.TABLE,
              true,
              "conflict.tombstone.retention.ms has deletes remembered by the row's key, and column "
                  + part.name()
                  + " of the key of target table "
                  + table.shape()
                  + " is of type "
                  + part.type()
                  + ", whose values look otherwise in other sessions. Give the table another policy"
                  + " than newest, or a column in conflict.version.columns.");
        }
      }
    }
    return new PriorBinding(feed, table, policy, version, timesDeletes);
  }

  boolean isAsked() {
    return policy.compares();
  }

  /**
   * Without the image.
   *
   * @param columns of the row as it is now; empty if it is gone
   * @throws UnboundException if the feed does not say what has to be known
   */
  Prior of(ChangeInfo info, List<ColumnShape> columns) throws UnboundException {
    if (!info.mvcc().isKnown()) {
      throw lacking(
          "do not say when their rows were committed",
          "Give the changefeed the option mvcc_timestamp (a row of a scan has another updated); of"
              + " Debezium, leave ts_ns, ts_us and ts_ms in source");
    }
    if (info.isRead() || info.isOfScan()) {
      return prior(info, Kind.SCAN, true);
    }
    if (!info.before().sent()) {
      throw lacking(
          "do not say what their rows were before",
          "Give the changefeed the option diff. Of Debezium, set REPLICA IDENTITY FULL on the table in"
              + " PostgreSQL, binlog_row_image=FULL in MySQL, supplemental logging of all columns in"
              + " Oracle, and then feed.before=full here");
    }
    boolean isGone = columns.isEmpty();
    if (!isGone && version.isPresent() && !columns.contains(version.get())) {
      throw new UnboundException(
          UnboundException.Reach.RECORD,
          true,
          "The record lacks column "
              + version.get().name()
              + ", by which conflict.version.columns has rows of target table "
              + table.shape()
              + " compared. Let the feed send it.");
    }
    return info.before().row().isEmpty()
        ? prior(info, Kind.NONE, true)
        : prior(info, Kind.ROW, false);
  }

  private Prior prior(ChangeInfo info, Kind kind, boolean anew) {
    return new Prior(
        policy,
        kind,
        anew,
        List.of(),
        Prior.NO_VALUES,
        info.origin(),
        info.mvcc(),
        version,
        timesDeletes,
        Optional.empty());
  }

  private UnboundException lacking(String what, String remedy) {
    return new UnboundException(
        UnboundException.Reach.TABLE,
        false,
        "conflict.policy="
            + policy.word()
            + " is set for table "
            + feed
            + ", and its changes "
            + what
            + ", so a row that the target changed cannot be told. "
            + remedy
            + ". Or set source-wins for the table.");
  }
}
