package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.Target;
import java.util.List;

/** What is said about user triggers on a target table. */
public final class Triggers {
  private Triggers() {}

  /** Why deletes in a table are not remembered, and what to do. */
  public static String noTombstones(Target target, TableName table) {
    return "conflict.tombstone.retention.ms has the deletes of target table "
        + table
        + " remembered, and the table has no trigger "
        + Target.TOMBSTONE_TRIGGER
        + " that is enabled and that this user can see, so they are not noted. Run "
        + target.scripts()
        + "/conflicts.sql and make the trigger as it says, or set conflict.tombstone.retention.ms=0"
        + " on both sides.";
  }

  /** Why a table with triggers is not written, and what to do. */
  public static String refusal(Target target, TableName table, List<String> triggers) {
    return "Target table "
        + table
        + " has triggers ("
        + String.join(", ", triggers)
        + "). What they do was done on the CockroachDB side already, so their work would be done"
        + " twice. "
        + target.triggerRemedy(table)
        + ", or let them test "
        + target.guard()
        + " and set triggers=allow.";
  }
}
