package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.target.Target;
import java.util.Optional;
import java.util.stream.Collectors;

/** What to do about a row that the target refuses, as far as the fault tells. */
final class Remedies {
  private Remedies() {}

  static String forFault(Target target, TableShape table, TargetFault fault) {
    if (fault.verdict() != Verdict.DEFERRABLE) {
      return ". Mend the column or constraint.";
    }
    boolean foreignKey =
        table.foreignKeys().stream().anyMatch(fk -> fk.name().equals(fault.constraint()));
    if (foreignKey) {
      return ". The row that it references is not in the target: it was rejected, deleted by"
          + " somebody else, or its table is not in the feed.";
    }
    Optional<UniqueShape> unique =
        table.uniques().stream().filter(u -> u.name().equals(fault.constraint())).findFirst();
    if (unique.isPresent()) {
      return ". Another row holds the same unique value"
          + (unique.get().deferrable()
              ? ", also at the end of the transaction: find out who wrote it."
              : ". " + target.uniqueRemedy(table, unique.get()));
    }
    if (!fault.table().isEmpty() && !fault.table().equals(table.name().toString())) {
      return ". Rows of "
          + fault.table()
          + " still reference it: their changes were rejected, somebody else wrote them, or their"
          + " table is not in the feed.";
    }
    return ". Another row stands in the way.";
  }

  /**
   * What a statement that can never run was about, as far as the fault does not say so itself, and
   * which rights would let it run. Goes on from the fault's description.
   */
  static String forStatement(Target target, Objection objection) {
    TargetFault fault = objection.fault();
    String tables =
        fault.table().isEmpty()
            ? objection.tables().stream().map(TableName::toString).collect(Collectors.joining(", "))
            : fault.table();
    if (tables.isEmpty()) {
      return "";
    }
    String where = fault.table().isEmpty() ? ", writing " + tables : "";
    return fault.matter() == Matter.RIGHTS
        ? where
            + ". The user of the connection needs SELECT, INSERT, UPDATE and DELETE on "
            + tables
            + target.rightsRemedy()
        : where;
  }

  /** What to do where the tables in schema {@code belay} vanished under a running task. */
  static String forCheckpointTables(Target target) {
    return "The tables in schema belay are not as they were when the task claimed its partitions."
        + " Where they are gone, restore them from a backup, or every partition is read again from"
        + " the start of its log. Then restart the task, which makes what is missing with"
        + " checkpoint.create=auto; with never, let a DBA run "
        + target.scripts()
        + "/belay-schema.sql and role.sql first.";
  }
}
