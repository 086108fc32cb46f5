package dev.belay.sink.forward;

import dev.belay.sink.harness.Fetched;
import dev.belay.testkit.mysql.Product;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** From MySQL. */
@EnabledIfSystemProperty(
    named = "belay.forward",
    matches = "true",
    disabledReason =
        "takes minutes: mvn -pl connector-sink -am verify -Dit.test=MySqlForwardIT"
            + " -Dbelay.forward=true")
class MySqlForwardIT extends ForwardCase {
  @Override
  OldDatabase startOld() throws Exception {
    Fetched.assume(Product.MYSQL);
    return OldMySql.start();
  }

  @Override
  Shop.Dialect dialect() {
    return Shop.Dialect.MYSQL;
  }

  @Override
  String schema() {
    return OldDatabase.DATABASE;
  }

  @Override
  String files() {
    return "mysql";
  }

  @Override
  void cut(Connection admin) throws Exception {
    List<String> kills = new ArrayList<>();
    try (Statement sql = admin.createStatement();
        ResultSet sessions =
            sql.executeQuery(
                "SELECT id FROM information_schema.processlist WHERE user = '"
                    + OldDatabase.USER
                    + "'")) {
      while (sessions.next()) {
        kills.add("KILL " + sessions.getLong(1));
      }
    }
    for (String kill : kills) {
      OldDatabase.execute(admin, kill);
    }
  }

  /**
   * A server that closes the connection in order is taken for one that has nothing to say. Only
   * Debezium's keep-alive thread looks, once in connect.keep.alive.interval.ms, which is a minute,
   * and believes it when a whole minute was silent: the second time at the latest.
   */
  @Override
  Duration untilNoticed() {
    return Duration.ofMinutes(2);
  }
}
