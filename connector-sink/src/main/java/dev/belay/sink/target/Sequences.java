package dev.belay.sink.target;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.SequencePosition;
import dev.belay.sink.shape.SequenceShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * How one kind of database tells of its sequences, and moves them. What it moves is no part of the
 * session's transaction: it takes effect at once, and stays.
 */
public interface Sequences {

  /**
   * The sequences that give numbers to columns of tables: by ownership, as identity, or as the
   * column's default.
   *
   * @param tables as {@link Target#describe} may be asked for them; those that do not exist are
   *     left out
   * @throws SQLException judge it with {@link Target#judge}
   */
  List<SequenceShape> of(Connection connection, Collection<TableName> tables) throws SQLException;

  /**
   * Where a sequence is; every column of it must be indexed, and no right missing.
   *
   * @throws SQLException judge it with {@link Target#judge}
   */
  SequencePosition look(Connection connection, SequenceShape sequence) throws SQLException;

  /**
   * Sets the number that was given last, unless somebody has drawn from the sequence meanwhile.
   *
   * @param from what {@link #look} said
   * @return whether it was set
   * @throws SQLException judge it with {@link Target#judge}
   */
  boolean move(Connection connection, SequenceShape sequence, SequencePosition from, long last)
      throws SQLException;

  /** The statement that gives the session's user what it lacks, for messages. */
  String grant(SequenceShape sequence);
}
