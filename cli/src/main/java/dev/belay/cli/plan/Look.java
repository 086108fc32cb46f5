package dev.belay.cli.plan;

import dev.belay.cli.init.OldDatabase;
import dev.belay.cli.init.Product;
import dev.belay.cli.init.RollbackOption;
import dev.belay.cli.verify.Counterparts;
import dev.belay.cli.verify.Counterparts.Finding;
import dev.belay.cli.verify.Counterparts.Place;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the databases themselves say.
 *
 * @param rangefeeds the setting; empty if the user may not see it
 * @param tables how many are on both sides with the same primary key
 * @param findings about tables that are not, and their columns
 */
record Look(OldDatabase old, Optional<String> rangefeeds, int tables, List<Finding> findings) {

  private static final String NO_RIGHT = "42501";

  /** A value that was found, for a person and for programs. */
  record Fact(String what, String value) {}

  static Look at(Product product, Place source, Place target) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Counterparts both = Counterparts.open(source, target)) {
      OldDatabase old = OldDatabase.ask(product, both.target());
      int tables = both.match("", "", List.of(), Map.of(), findings::add).size();
      both.source().rollback();
      return new Look(old, rangefeeds(both.source()), tables, List.copyOf(findings));
    }
  }

  private static Optional<String> rangefeeds(Connection session) throws SQLException {
    try (Statement query = session.createStatement();
        ResultSet row = query.executeQuery("SHOW CLUSTER SETTING kv.rangefeed.enabled")) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    } catch (SQLException e) {
      if (NO_RIGHT.equals(e.getSQLState())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** As {@code --old-database} would have it. */
  String oldDatabase() {
    return switch (old.product()) {
      case POSTGRESQL -> old.whyUnmarked().isEmpty() ? "postgresql" : "postgresql-12";
      case MYSQL -> "mysql";
      case MARIADB -> "mariadb";
      default -> "oracle";
    };
  }

  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("old database", old.title()));
    facts.add(
        new Fact(
            "mark on what is written there",
            old.whyUnmarked().map(why -> "no: " + why).orElse("yes")));
    facts.add(new Fact("tables on both sides with one primary key", String.valueOf(tables)));
    for (String setting :
        List.of("wal_level", "track_commit_timestamp", "gtid_mode", "binlog_format", "log_bin")) {
      if (old.settings().containsKey(setting)) {
        facts.add(new Fact(setting, old.settings().get(setting)));
      }
    }
    facts.add(
        new Fact("kv.rangefeed.enabled", rangefeeds.orElse("unknown: this user may not see it")));
    return facts;
  }

  /** What the way needs and is not so, with the cure. */
  List<String> toSettle(RollbackOption way) {
    List<String> texts = new ArrayList<>();
    for (Finding finding : findings) {
      if (finding.isDifference()) {
        texts.add("Table " + finding.table() + " " + finding.text() + ".");
      }
    }
    if (tables == 0) {
      texts.add("No table is on both sides with one primary key.");
    }
    boolean feeds = way != RollbackOption.MANUAL;
    if (feeds && rangefeeds.filter(value -> value.matches("(?i)f|false|off")).isPresent()) {
      texts.add(
          "Changefeeds need rangefeeds: SET CLUSTER SETTING kv.rangefeed.enabled = true"
              + " (CockroachDB).");
    }
    boolean compares = way == RollbackOption.BIDIRECTIONAL || way == RollbackOption.DUAL_WRITE;
    if (compares && !old.has("track_commit_timestamp", "on")) {
      texts.add(
          "Commit times decide between two versions of a row: ALTER SYSTEM SET track_commit_timestamp ="
              + " on, and restart PostgreSQL.");
    }
    if (way == RollbackOption.BIDIRECTIONAL && !old.has("wal_level", "logical")) {
      texts.add(
          "Debezium reads the log: ALTER SYSTEM SET wal_level = logical, and restart PostgreSQL.");
    }
    return texts;
  }
}
