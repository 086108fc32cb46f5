package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Which table of one database is which of another, as a comparison has it, for commands that
 * compare no rows. Two sessions; one thread.
 */
public final class Counterparts implements AutoCloseable {
  private final Sides<Dialect> dialects;
  private final Sides<Connection> sessions;

  /**
   * A database.
   *
   * @param url JDBC's
   * @param password empty for none
   */
  public record Place(String url, String user, String password) {
    /** The password is nobody's business. */
    @Override
    public String toString() {
      return new Endpoint(url, user, password, Map.of()).toString();
    }
  }

  /** A table as each catalog has it. */
  public record Pair(TableShape source, TableShape target) {}

  /**
   * What was found beside the pairs.
   *
   * @param of for programs, in lower case, as {@code belay verify --json} has it
   * @param text for people; the table's name goes before it
   * @param isDifference whether the tables cannot have the same rows because of it
   */
  public record Finding(String table, String of, String text, boolean isDifference) {}

  private Counterparts(Sides<Dialect> dialects, Sides<Connection> sessions) {
    this.dialects = dialects;
    this.sessions = sessions;
  }

  /**
   * Opens both sessions.
   *
   * @throws SQLException if one of the databases does not answer, or is not what its URL says;
   *     {@link #told} words it
   */
  public static Counterparts open(Place source, Place target) throws SQLException {
    Endpoint one = new Endpoint(source.url(), source.user(), source.password(), Map.of());
    Endpoint other = new Endpoint(target.url(), target.user(), target.password(), Map.of());
    Sides<Dialect> dialects =
        new Sides<>(one.dialect().orElseThrow(), other.dialect().orElseThrow());
    Connection first = one.open();
    try {
      return new Counterparts(dialects, new Sides<>(first, other.open()));
    } catch (SQLException e) {
      first.close();
      throw e;
    }
  }

  /** A session of one database alone, not in auto-commit. */
  public static Connection session(Place place) throws SQLException {
    return new Endpoint(place.url(), place.user(), place.password(), Map.of()).open();
  }

  /** What a person is told of a database's failure, without what servers quote of rows. */
  public static String told(SQLException failure) {
    return Told.of(failure);
  }

  public Connection source() {
    return sessions.source();
  }

  public Connection target() {
    return sessions.target();
  }

  /**
   * The tables that are on both sides with the same primary key, in the order of their names.
   *
   * @param sourceSchema empty for the session's own
   * @param targetSchema the same
   * @param tables any of which must match the whole name in the source; none for all
   * @param renames names in the source to those in the target
   */
  public List<Pair> match(
      String sourceSchema,
      String targetSchema,
      List<Pattern> tables,
      Map<String, String> renames,
      Consumer<Finding> findings)
      throws SQLException {
    Selection selection =
        new Selection(
            new Sides<>(given(sourceSchema), given(targetSchema)),
            tables,
            renames,
            Set.of(),
            Map.of());
    List<TablePair> pairs =
        new TableMatcher(
                dialects,
                selection,
                finding ->
                    findings.accept(
                        new Finding(
                            finding.table(),
                            finding.of().name().toLowerCase(Locale.ROOT),
                            finding.text(),
                            finding.isDifference())))
            .match(sessions);
    List<Pair> shapes = new ArrayList<>();
    for (TablePair pair : pairs) {
      shapes.add(
          new Pair(
              shape(dialects.source(), sessions.source(), pair.names().source()),
              shape(dialects.target(), sessions.target(), pair.names().target())));
    }
    return shapes;
  }

  private static TableShape shape(Dialect dialect, Connection session, TableName name)
      throws SQLException {
    return dialect.catalog().describe(session, List.of(name)).get(name);
  }

  private static Optional<String> given(String schema) {
    return schema.isEmpty() ? Optional.empty() : Optional.of(schema);
  }

  @Override
  public void close() throws SQLException {
    try (Connection first = sessions.source();
        Connection second = sessions.target()) {
      first.rollback();
      second.rollback();
    }
  }
}
