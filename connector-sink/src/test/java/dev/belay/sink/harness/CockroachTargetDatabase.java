package dev.belay.sink.harness;

import dev.belay.sink.target.Target;
import dev.belay.sink.target.cockroach.CockroachTarget;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * A database of the stand-in for CockroachDB; tables are in schema public. The sink and the owner
 * of the tables speak to the stand-in, administrators to the PostgreSQL behind it.
 */
final class CockroachTargetDatabase extends PostgresDatabase {
  private final StandIn standIn;

  CockroachTargetDatabase(StandIn standIn, String name) {
    super(standIn.server(), name);
    this.standIn = standIn;
  }

  @Override
  void create() throws SQLException {
    standIn.createDatabase(name());
  }

  @Override
  public TargetDatabase copiedTo(DatabaseServer other) {
    throw new TestAbortedException("the stand-in for CockroachDB cannot be copied");
  }

  @Override
  public Target target() {
    return new CockroachTarget(false);
  }

  @Override
  public String url() {
    return standIn.url(name()).replace("jdbc:postgresql:", "jdbc:cockroachdb:");
  }

  @Override
  public Connection connect() throws SQLException {
    return standIn.connect(name());
  }

  @Override
  public Connection connectAsRole(String application) throws SQLException {
    return DriverManager.getConnection(
        standIn.url(name()) + "?ApplicationName=" + application, ROLE, "");
  }

  /** Who it is, a user of CockroachDB may not know. */
  @Override
  public List<String> wordsOfABlockedClaim(String application) {
    return List.of("55P03");
  }
}
