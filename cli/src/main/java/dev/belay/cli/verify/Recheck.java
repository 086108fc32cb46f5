package dev.belay.cli.verify;

import dev.belay.cli.verify.Look.NoSnapshotException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Looks again at rows that differed when both sides were read at moments of their own. A row has
 * settled if the target has it as the source has it, or had it at one of these looks: the target
 * follows, and a row that is written all the time is never the same on both sides.
 */
final class Recheck {
  private static final Duration BETWEEN = Duration.ofMillis(500);

  /** So many versions of the source's row are remembered. */
  private static final int VERSIONS = 200;

  private final Supplier<Look> looks;
  private final Executor beside;
  private final TablePair table;
  private final Optional<String> filter;
  private final Duration patience;

  Recheck(
      Supplier<Look> looks,
      Executor beside,
      TablePair table,
      Optional<String> filter,
      Duration patience) {
    this.looks = looks;
    this.beside = beside;
    this.table = table;
    this.filter = filter;
    this.patience = patience;
  }

  /** A row that differed, and what the source has had in its place since. */
  private static final class Open {
    private final Map<String, String> key;
    private final List<Optional<Row>> versions = new ArrayList<>();
    private Difference difference;

    Open(Difference difference) {
      this.key = difference.key();
      this.difference = difference;
    }

    /** Whether it has settled. */
    boolean look(TablePair table, Sides<Optional<Row>> row) {
      if (versions.size() < VERSIONS) {
        versions.add(row.source());
      } else {
        versions.set(VERSIONS - 1, row.source());
      }
      for (Optional<Row> version : versions) {
        if (isSame(table, version, row.target())) {
          return true;
        }
      }
      difference = difference(table, row);
      return false;
    }

    private static boolean isSame(TablePair table, Optional<Row> source, Optional<Row> target) {
      return source.isPresent() == target.isPresent()
          && (source.isEmpty() || source.get().difference(table, target.get()).isEmpty());
    }

    private Difference difference(TablePair table, Sides<Optional<Row>> row) {
      if (row.source().isPresent() && row.target().isPresent()) {
        return row.source().get().difference(table, row.target().get()).orElseThrow();
      }
      return new Difference(
          table.name(),
          row.source().isPresent() ? Difference.Of.MISSING : Difference.Of.EXTRA,
          key,
          List.of(),
          Map.of());
    }
  }

  /**
   * The differences that are left when the time is up.
   *
   * @param found all that were found
   */
  List<Difference> of(List<Difference> found)
      throws SQLException, NoSnapshotException, InterruptedException {
    if (found.isEmpty()) {
      return found;
    }
    List<Open> open = new ArrayList<>();
    Set<Map<String, String>> known = new HashSet<>();
    for (Difference difference : found) {
      if (known.add(difference.key())) {
        open.add(new Open(difference));
      }
    }
    long began = System.nanoTime();
    try (Look look = looks.get()) {
      while (true) {
        RangeComparer rows =
            new RangeComparer(
                look.sessions(), look.dialects(), table, filter, beside, difference -> {});
        List<Open> left = new ArrayList<>();
        for (Open one : open) {
          if (!one.look(table, rows.row(one.key))) {
            left.add(one);
          }
        }
        open = left;
        look.end();
        if (open.isEmpty() || System.nanoTime() - began > patience.toNanos()) {
          return open.stream().map(one -> one.difference).toList();
        }
        Thread.sleep(BETWEEN.toMillis());
      }
    }
  }
}
