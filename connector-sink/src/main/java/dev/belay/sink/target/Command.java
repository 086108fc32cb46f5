package dev.belay.sink.target;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A statement that returns no rows, and what it binds; to be run by itself or beside others. */
public record Command(String sql, Parameters parameters) {

  /** Binds the parameters of one statement, which may be a part of a longer text. */
  @FunctionalInterface
  public interface Parameters {
    Parameters NONE = (statement, first) -> first;

    /**
     * @param first number of the first parameter
     * @return number of the parameter after the last
     */
    int bind(PreparedStatement statement, int first) throws SQLException;
  }

  /** Runs it by itself; returns the rows that it touched. */
  public long run(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      parameters.bind(statement, 1);
      return statement.executeLargeUpdate();
    }
  }
}
