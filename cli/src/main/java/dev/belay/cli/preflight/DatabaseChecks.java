package dev.belay.cli.preflight;

import dev.belay.cli.verify.Comparison;
import dev.belay.cli.verify.Endpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Whether both databases fit together: tables, keys, columns, ids, clocks. */
final class DatabaseChecks {
  private static final Duration CLOCKS = Duration.ofSeconds(1);

  /** Of columns that get their ids from CockroachDB; these need 63 bits. */
  private static final String ROW_IDS =
      """
      SELECT table_name, column_name FROM information_schema.columns
      WHERE column_default LIKE '%unique_rowid()%' AND table_schema NOT IN
        ('pg_catalog', 'information_schema', 'crdb_internal', 'pg_extension')
      """;

  private static final Set<String> NARROW =
      Set.of("integer", "int", "smallint", "mediumint", "tinyint");

  private final Comparison.Wish wish;

  DatabaseChecks(Comparison.Wish wish) {
    this.wish = wish;
  }

  List<Check> run() throws SQLException {
    List<Check> checks = new ArrayList<>();
    clock("source", wish.endpoints().source(), checks);
    clock("target", wish.endpoints().target(), checks);
    List<Comparison.Pair> found =
        Comparison.tables(
            wish,
            (table, text, isDifference) ->
                checks.add(
                    isDifference
                        ? Check.stop(
                            "table " + table,
                            text,
                            "Its rows cannot be equal on both sides: make both alike, or leave the table"
                                + " or column out of the feed.")
                        : Check.warning("table " + table, text, "Nothing of it is replicated.")));
    for (String table : wish.tables()) {
      if (found.stream().anyMatch(pair -> pair.table().equals(table))) {
        checks.add(Check.ok("table " + table, "keys and columns go together"));
      } else if (checks.stream().noneMatch(each -> each.of().equals("table " + table))) {
        checks.add(
            Check.stop(
                "table " + table,
                "CockroachDB has no such table, or the user may not see it",
                "Correct topics, or GRANT SELECT ON TABLE to who reads it."));
      }
    }
    ids(found, checks);
    return checks;
  }

  private static void clock(String side, Endpoint endpoint, List<Check> checks)
      throws SQLException {
    try (Connection session = endpoint.open();
        Statement query = session.createStatement()) {
      Instant before = Instant.now();
      Instant there;
      try (ResultSet row = query.executeQuery("SELECT CURRENT_TIMESTAMP(6)")) {
        row.next();
        there = row.getTimestamp(1).toInstant();
      }
      session.rollback();
      Instant after = Instant.now();
      Duration off =
          there.isBefore(before)
              ? Duration.between(there, before)
              : there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
      String found =
          String.format(Locale.ROOT, "its clock differs by %.1f s from here", off.toMillis() / 1e3);
      checks.add(
          off.compareTo(CLOCKS) > 0
              ? Check.warning(
                  side + " " + endpoint,
                  found,
                  "Lag is told by the workers' clock, and conflict.policy=newest goes by both"
                      + " databases' clocks: keep all of them in time.")
              : Check.ok(side + " " + endpoint, found));
    }
  }

  /** Ids of CockroachDB's own are of 63 bits: the first one would be rejected. */
  private void ids(List<Comparison.Pair> pairs, List<Check> checks) throws SQLException {
    Map<String, List<String>> columns = new HashMap<>();
    try (Connection session = wish.endpoints().source().open();
        Statement query = session.createStatement();
        ResultSet row = query.executeQuery(ROW_IDS)) {
      while (row.next()) {
        columns.computeIfAbsent(row.getString(1), any -> new ArrayList<>()).add(row.getString(2));
      }
      session.rollback();
    }
    for (Comparison.Pair pair : pairs) {
      for (String column : columns.getOrDefault(pair.table(), List.of())) {
        String type = pair.targetTypes().getOrDefault(column, "").toLowerCase(Locale.ROOT);
        if (NARROW.contains(type.replaceFirst("[ (].*", ""))) {
          checks.add(
              Check.stop(
                  "table " + pair.table(),
                  column + " gets unique_rowid() in CockroachDB and is " + type + " in the target",
                  "Such a number needs 63 bits, and the first one would be rejected: make the column"
                      + " and what refers to it BIGINT, or give CockroachDB's a sequence within its"
                      + " range."));
        }
      }
    }
  }
}
