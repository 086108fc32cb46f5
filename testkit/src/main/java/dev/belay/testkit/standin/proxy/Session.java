package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.access.Access;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.feed.Changefeeds;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Who speaks, where, and with what the answers are found.
 *
 * @param capture of the session's database
 */
record Session(
    Capture capture,
    String user,
    Changefeeds changefeeds,
    ClusterSettings settings,
    Cluster cluster,
    Access access,
    Zones zones,
    Answers answers,
    PastReading past) {

  /**
   * A table of the session's database.
   *
   * @param path as SQL, may begin with the database
   * @throws Refusal if there is none
   */
  TableShape table(String path) throws SQLException {
    String prefix = capture.database() + ".";
    String local = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
    try (Connection connection = capture.connect()) {
      Catalog catalog = new Catalog(connection, capture.database());
      Optional<Catalog.Found> found = catalog.find(local);
      if (found.isPresent() && found.get().kind() == Catalog.RelationKind.TABLE) {
        return catalog.table(found.get().id()).orElseThrow();
      }
    }
    throw new Refusal("42P01", "relation \"" + path + "\" does not exist");
  }

  /** Runs a statement of PostgreSQL as a superuser, at once. */
  void run(String sql) throws SQLException {
    try (Connection connection = capture.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (PSQLException e) {
      throw new Refusal(
          e.getSQLState(),
          Optional.ofNullable(e.getServerErrorMessage())
              .map(ServerErrorMessage::getMessage)
              .orElse("cannot run the statement"));
    }
  }

  /** Whether the cluster says to be of a release or a later one. */
  boolean isAtLeast(int major, int minor) {
    String[] parts = cluster.release().split("\\.");
    int itsMajor = Integer.parseInt(parts[0]);
    return itsMajor > major || (itsMajor == major && Integer.parseInt(parts[1]) >= minor);
  }
}
