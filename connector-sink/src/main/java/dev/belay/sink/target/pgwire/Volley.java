package dev.belay.sink.target.pgwire;

import dev.belay.sink.target.Command.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Statements that are sent in one go. The driver splits a text at its semicolons, sends all
 * statements in it with what they bind, and only then waits for answers: far away that spares a
 * round trip for each of them but one. The first that fails fails all; the driver does not say
 * which it was.
 */
public final class Volley {
  /** More in one text would fill the driver's cache of texts, and the server with their plans. */
  private static final int MOST = 64;

  /**
   * @param plain whether the update count is the answer; else it is a row with a count for each
   *     step
   * @param counts to which the answer is added
   */
  private record Shot(String sql, Parameters parameters, boolean plain, long[] counts) {}

  private final List<Shot> shots = new ArrayList<>();

  /** Adds a statement with an update count, which will be added to the one given. */
  void add(String sql, Parameters parameters, long[] count) {
    shots.add(new Shot(sql, parameters, true, count));
  }

  /** Adds a statement that returns a row with a count for each step. */
  void addCounting(String sql, Parameters parameters, long[] counts) {
    shots.add(new Shot(sql, parameters, false, counts));
  }

  void fire(Connection connection) throws SQLException {
    for (int from = 0; from < shots.size(); from += MOST) {
      fire(connection, shots.subList(from, Math.min(from + MOST, shots.size())));
    }
  }

  private static void fire(Connection connection, List<Shot> shots) throws SQLException {
    String text = shots.stream().map(Shot::sql).collect(Collectors.joining(";\n"));
    // closing only hands it back to the driver's cache, which knows it by its text
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      int parameter = 1;
      for (Shot shot : shots) {
        parameter = shot.parameters().bind(statement, parameter);
      }
      statement.execute();
      for (Shot shot : shots) {
        take(statement, shot);
        statement.getMoreResults();
      }
    }
  }

  private static void take(PreparedStatement statement, Shot shot) throws SQLException {
    if (shot.plain()) {
      shot.counts()[0] += statement.getLargeUpdateCount();
      return;
    }
    ResultSet row = statement.getResultSet();
    row.next();
    for (int i = 0; i < shot.counts().length; i++) {
      shot.counts()[i] += row.getLong(PgStatements.count(i));
    }
  }
}
