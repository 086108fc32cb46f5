package dev.belay.sink.target;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Comparison;
import dev.belay.sink.step.Finding;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one kind of database knows: its SQL, its types, its errors, its catalog. Holds no connection
 * and no state of a transaction; one thread uses it at a time.
 */
public interface Target {

  /** For logs and messages, for example {@code PostgreSQL}. */
  String name();

  /**
   * Makes a new connection fit for applying: autocommit off, UTC, text forms that do not depend on
   * the server's settings, server-side limits, the guard variable that user triggers can test.
   *
   * @throws SQLException judge it with {@link #judge}
   */
  void prepare(Connection connection, SessionLimits limits) throws SQLException;

  /**
   * Reads the shapes of the tables that exist among those named. A name without a schema means the
   * first that the session's search path finds. Names match exactly, or, where nothing matches
   * exactly, without regard to case if that is unambiguous.
   *
   * @return by the name asked for; a table that does not exist is not in it
   */
  Map<TableName, TableShape> describe(Connection connection, Collection<TableName> tables)
      throws SQLException;

  /**
   * Why {@link #describe} left a table out: what was found under the name, and what to do. Reads as
   * the end of a sentence that begins with the table.
   */
  default String whyAbsent(Connection connection, TableName table) throws SQLException {
    return "does not exist";
  }

  /** All tables that the session may write, for recommendations. */
  List<TableName> tables(Connection connection) throws SQLException;

  /** The name of the trigger that notes deletes, which is not the user's. */
  String TOMBSTONE_TRIGGER = "belay_tombstone";

  /**
   * The user's triggers on a table that fire when an apply session writes it, by name; without
   * {@link #TOMBSTONE_TRIGGER}, which leaves alone what an apply session writes.
   *
   * @param table as {@link #describe} names it
   */
  List<String> triggers(Connection connection, TableName table) throws SQLException;

  /**
   * Why {@link #triggers} may not see all triggers of a table, and what to do, as whole sentences;
   * empty if it sees them.
   */
  default Optional<String> hiddenTriggers(Connection connection, TableName table)
      throws SQLException {
    return Optional.empty();
  }

  /**
   * The tables whose deletes delete or change rows of other tables (ON DELETE CASCADE, SET NULL,
   * SET DEFAULT), as {@link #describe} names them.
   */
  default Set<TableName> takingChildrenAlong(Connection connection) throws SQLException {
    Set<TableName> parents = new HashSet<>();
    for (TableShape child : describe(connection, tables(connection)).values()) {
      for (ForeignKeyShape key : child.foreignKeys()) {
        if (key.onDelete() != OnDelete.NO_ACTION && key.onDelete() != OnDelete.RESTRICT) {
          parents.add(key.parent());
        }
      }
    }
    return parents;
  }

  /**
   * Marks at its origin what the prepared session will write, where that is wanted of the target
   * and is not part of {@link #prepare} (invariant I7 NoEcho).
   *
   * @param session its name in the server's list of sessions
   * @throws SQLException judge it with {@link #judge}
   */
  default void mark(Connection connection, String session) throws SQLException {
    // most mark nothing, or have done it
  }

  /** Why {@link #mark} would fail, and what to do, as whole sentences; empty if it would not. */
  default Optional<String> whyUnmarked(Connection connection) throws SQLException {
    return Optional.empty();
  }

  /** How a user's trigger tells that an apply session fires it; SQL, for messages. */
  String guard();

  /**
   * Lets deferrable constraints wait for COMMIT, for this transaction; empty where the database has
   * none.
   */
  default Optional<Command> deferConstraints() {
    return Optional.empty();
  }

  /** Runs {@link #deferConstraints}, if there is anything to run. */
  default void defer(Connection connection) throws SQLException {
    Optional<Command> defer = deferConstraints();
    if (defer.isPresent()) {
      defer.get().run(connection);
    }
  }

  /** Checks now what {@link #deferConstraints} put off, so that a failure has a culprit. */
  void checkConstraints(Connection connection) throws SQLException;

  /**
   * Forgets a savepoint that is not needed any more; does nothing where the database cannot.
   *
   * @throws SQLException judge it with {@link #judge}
   */
  default void release(Connection connection, Savepoint savepoint) throws SQLException {
    connection.releaseSavepoint(savepoint);
  }

  /**
   * What was written.
   *
   * @param commands rows that each command touched
   * @param steps of each stage, rows that each of its steps wrote or took away: of an update those
   *     that are there; an upsert with nothing to write beside the key may leave rows out that were
   *     there already
   */
  record Counts(List<Long> commands, List<long[]> steps) {}

  /**
   * Runs commands and then stages, in this order, without waiting for each other's answers where
   * the database can do that. The steps of a stage are one statement, so that constraints which the
   * database checks at the end of a statement see the effect of all of them. One step is the usual
   * case.
   *
   * @throws SQLException of the first that failed; nothing after it was done
   */
  Counts write(Connection connection, List<Command> first, List<List<Step>> stages)
      throws SQLException;

  /**
   * The last look at what a transaction wrote, before its COMMIT.
   *
   * @param written the tables, as the statements were made for them
   * @throws SQLException if it must not be committed
   */
  default void beforeCommit(Connection connection, Collection<TableShape> written)
      throws SQLException {
    // most databases have said by now what they object to
  }

  /** Runs one stage by itself; rows as {@link Counts#steps} has them. */
  default long[] write(Connection connection, List<Step> stage) throws SQLException {
    return write(connection, List.of(), List.of(stage)).steps().get(0);
  }

  /** The rows of an update that the table does not have. */
  List<StepRow> absent(Connection connection, Step.Update update) throws SQLException;

  /** Whether {@link #compare} can be asked, so that policies for conflicts can be kept. */
  default boolean comparesRows() {
    return false;
  }

  /**
   * Locks rows until the transaction ends, and compares them in the database, by its own types. A
   * row that another transaction has changed meanwhile is compared as that left it.
   *
   * @return one for each row that the table has, in any order
   * @throws SQLException judge it with {@link #judge}
   */
  default List<Finding> compare(Connection connection, Comparison what) throws SQLException {
    throw new UnsupportedOperationException(name() + " compares no rows");
  }

  /**
   * Why {@link Comparison#commitTime} cannot be told, and what to do, as whole sentences; empty if
   * it can.
   */
  default Optional<String> whyNoCommitTimes(Connection connection) throws SQLException {
    return Optional.empty();
  }

  /**
   * Whether the deletes of a table's own applications are noted, so that {@link #deleted} tells.
   *
   * @param table as {@link #describe} names it
   */
  default boolean notesDeletes(Connection connection, TableName table) throws SQLException {
    return false;
  }

  /**
   * When rows were deleted last by the target's own applications, as far as that is remembered.
   * Sees what was committed by the time of the call.
   *
   * @param rows values in the order of {@code table.key()}
   * @return for each row that was deleted, by its {@link StepRow#change}, the time of the commit as
   *     the text of an HLC, empty where that is too long ago to tell
   * @throws SQLException judge it with {@link #judge}
   */
  default Map<Integer, String> deleted(Connection connection, TableShape table, List<StepRow> rows)
      throws SQLException {
    throw new UnsupportedOperationException(name() + " remembers no deletes");
  }

  /** Whether a stage may have more than one step. */
  boolean writesTogether();

  /**
   * Whether the rows of tables that reference each other, or of one that references itself, can be
   * written by {@link #writeCircle} although {@link #writesTogether} is false.
   */
  default boolean closesCircles(Collection<TableShape> circle) {
    return false;
  }

  /**
   * Writes a stage of rows that reference each other in a circle, whatever the order of its steps;
   * at its end no reference of a row that it wrote is left open.
   *
   * @return rows as {@link Counts#steps} has them
   * @throws OrphanedRowsException if rows reference what is not there
   * @throws SQLException of the first statement that failed
   */
  default long[] writeCircle(Connection connection, List<Step> stage) throws SQLException {
    return write(connection, stage);
  }

  /**
   * Why rows of a table can never be written, since it is one of several that reference each other
   * and the database checks row by row; whole sentences, empty if they can.
   *
   * @param table as {@link #describe} has it
   */
  default Optional<String> circleObjection(Connection connection, TableShape table)
      throws SQLException {
    return Optional.empty();
  }

  /**
   * Whether {@link Step.Park} can move this column's values out of the way: it is nullable, or its
   * type has values which are free for certain.
   */
  boolean canPark(TableShape table, ColumnShape column);

  /** Its sequences; empty where there is nothing to keep ahead, or no way to. */
  default Optional<Sequences> sequences() {
    return Optional.empty();
  }

  /** Why {@link #sequences} is empty, and what to do instead, as whole sentences. */
  default String whyNoSequences() {
    return "";
  }

  /** Judges a failure; never quotes row values. */
  TargetFault judge(SQLException failure);

  /** The SQL of the checkpoint tables. */
  CheckpointSql checkpointSql();

  /**
   * What keeps user triggers from firing, as the beginning of a sentence.
   *
   * @param table as {@link #describe} names it
   */
  String triggerRemedy(TableName table);

  /**
   * What to do where rows of one transaction pass a unique value on to each other, and the database
   * checks it row by row; whole sentences.
   */
  String uniqueRemedy(TableShape table, UniqueShape unique);

  /** What to do where statements are cancelled again and again; whole sentences. */
  default String timeRemedy() {
    return "Raise what bounds a statement of this user (statement_timeout and the like).";
  }

  /**
   * Which rights the connection's user needs beside those on the rows of tables; goes on from a
   * list of tables, and has no full stop at its end.
   */
  String rightsRemedy();

  /** The folder with the scripts for a DBA, for messages. */
  String scripts();

  /** SQL text form of a name, for messages that carry a remedy. */
  String quoted(TableName table);
}
