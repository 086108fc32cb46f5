package dev.belay.sink.plan;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.Prior.Kind;
import dev.belay.sink.shape.ColumnShape;
import java.util.List;
import java.util.Optional;

/**
 * What is to be known of the rows of one feed table before their changes, and whether the feed says
 * it.
 */
final class PriorBinding {
  private final TableName feed;
  private final TableColumns table;
  private final ConflictPolicy policy;
  private final Optional<ColumnShape> version;

  private PriorBinding(
      TableName feed, TableColumns table, ConflictPolicy policy, Optional<ColumnShape> version) {
    this.feed = feed;
    this.table = table;
    this.policy = policy;
    this.version = version;
  }

  /**
   * @throws UnboundException if the column of versions is not there
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
    return new PriorBinding(feed, table, policy, version);
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
        policy, kind, anew, List.of(), Prior.NO_VALUES, info.mvcc(), version, Optional.empty());
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
