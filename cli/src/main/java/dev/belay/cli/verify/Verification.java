package dev.belay.cli.verify;

import dev.belay.cli.verify.Look.NoSnapshotException;
import dev.belay.cli.verify.Report.Summary;
import dev.belay.cli.verify.Report.TableResult;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Compares two databases, table by table and range by range, each range at a moment of its own.
 * With a connector's checkpoint each moment is one time of the source on both sides, so that what
 * differs, differs; else rows that differ are looked at again until they settle.
 */
final class Verification {

  /** Long enough to be worth a snapshot, short enough to hinder nobody who cleans up. */
  private static final Duration A_MOMENT = Duration.ofSeconds(20);

  private static final int TRIES = 4;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(10);

  private final Sides<Endpoint> endpoints;
  private final Selection selection;
  private final Settings settings;
  private final Report report;
  private final long began = System.nanoTime();
  private final Pace pace;
  private final ExecutorService beside = Executors.newCachedThreadPool();
  private int schemaDifferences;
  private List<TablePair> matched = List.of();

  Verification(Sides<Endpoint> endpoints, Selection selection, Settings settings, Report report) {
    this.endpoints = endpoints;
    this.selection = selection;
    this.settings = settings;
    this.report = report;
    this.pace = new Pace(settings.rowsPerSecond());
  }

  /**
   * Runs to the end.
   *
   * @throws SQLException if a database cannot be read
   * @throws NoSnapshotException if the connector's checkpoint tells no time
   */
  Summary run() throws SQLException, NoSnapshotException, IOException, InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(settings.parallel());
    Queue<Look> looks = new ConcurrentLinkedQueue<>();
    try (Look first = look()) {
      // before anything is told or noted: whether there is a snapshot decides how it is compared
      moment(first);
      for (int i = 0; i < settings.parallel(); i++) {
        looks.add(look());
      }
      return run(first, workers, looks);
    } finally {
      workers.shutdownNow();
      workers.awaitTermination(END.toSeconds(), TimeUnit.SECONDS);
      looks.forEach(Look::close);
      beside.shutdownNow();
    }
  }

  private Summary run(Look first, ExecutorService workers, Queue<Look> looks)
      throws SQLException, NoSnapshotException, IOException, InterruptedException {
    try (Journal journal = Journal.open(settings.journal(), endpoints, selection, settings)) {
      if (journal.takenOver() > 0) {
        report.note(
            journal.takenOver() + " ranges were compared before, and are taken from the journal.");
      }
      List<TablePair> tables =
          new TableMatcher(first.dialects(), selection, this::found).match(moment(first));
      matched = tables;
      Optional<Long> rejections =
          settings.connector().isPresent() ? Optional.of(rejections(first)) : Optional.empty();
      Counts all = Counts.NONE;
      for (TablePair table : tables) {
        all = all.plus(compare(table, first, workers, looks, journal));
      }
      journal.end();
      Summary summary =
          new Summary(
              tables.size(),
              all,
              schemaDifferences,
              settings.connector().isPresent(),
              rejections,
              elapsed());
      report.end(summary);
      return summary;
    }
  }

  /** The tables that were compared, once {@link #run} has begun. */
  List<TablePair> matched() {
    return matched;
  }

  private Look look() {
    return new Look(endpoints, settings.connector(), A_MOMENT);
  }

  private void found(SchemaFinding finding) {
    schemaDifferences += finding.isDifference() ? 1 : 0;
    report.schema(finding);
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private long rejections(Look look)
      throws SQLException, NoSnapshotException, InterruptedException {
    Connection target = moment(look).target();
    try (PreparedStatement query =
        target.prepareStatement(
            look.dialects().target().catalog().checkpointSql().readRejections())) {
      query.setString(1, settings.connector().orElseThrow());
      try (ResultSet rows = query.executeQuery()) {
        long open = 0;
        while (rows.next()) {
          open++;
        }
        return open;
      }
    }
  }

  private Counts compare(
      TablePair table, Look first, ExecutorService workers, Queue<Look> looks, Journal journal)
      throws SQLException, NoSnapshotException, InterruptedException, IOException {
    List<KeyRange> ranges = journal.plan(table.name()).orElse(List.of());
    if (ranges.isEmpty()) {
      ranges =
          again(
              first,
              look ->
                  comparer(look, table, difference -> {})
                      .parts(KeyRange.ALL, settings.rangeRows()));
      journal.planned(table.name(), ranges);
    }
    // it is not needed for as long as the table takes
    first.end();
    TableTotal total = new TableTotal(settings.listed());
    ExecutorCompletionService<Compared> running = new ExecutorCompletionService<>(workers);
    List<Future<Compared>> futures = new ArrayList<>();
    for (KeyRange range : ranges) {
      Optional<Compared> known = journal.done(table.name(), range);
      if (known.isPresent()) {
        total.add(known.get());
      } else {
        futures.add(running.submit(() -> compareAgain(table, range, looks, journal)));
      }
    }
    try {
      for (int i = 0; i < futures.size(); i++) {
        total.add(running.take().get());
        report.progress(table.name(), total.counts(), elapsed());
      }
    } catch (ExecutionException e) {
      futures.forEach(future -> future.cancel(true));
      throw rethrown(e);
    }
    if (settings.connector().isEmpty() && !total.isWhole()) {
      report.note(
          "Table "
              + table.name()
              + " has more differences than are kept ("
              + settings.listed()
              + "): they were not looked at again, and some may be rows that were on their way.");
    } else if (settings.connector().isEmpty()) {
      total.settle(
          new Recheck(this::look, beside, table, selection.filter(table.name()), settings.settle())
              .of(total.listed()));
    }
    total.listed().forEach(report::difference);
    report.table(
        new TableResult(table.name(), total.counts(), total.firstTime(), total.lastTime()));
    return total.counts();
  }

  private static SQLException rethrown(ExecutionException e)
      throws IOException, InterruptedException {
    if (e.getCause() instanceof NoSnapshotException cause) {
      // too late for another way of comparing: some is told already
      throw new IOException(
          cause.getMessage()
              + " It was a snapshot when the comparison began. Compare again, or with --method"
              + " recheck.");
    } else if (e.getCause() instanceof IOException cause) {
      throw cause;
    } else if (e.getCause() instanceof InterruptedException cause) {
      throw cause;
    }
    // a text that is not ours may quote values
    return e.getCause() instanceof SQLException cause
        ? cause
        : new SQLException("belay verify itself failed: " + e.getCause().getClass().getName());
  }

  /** What is asked of both databases at one moment. */
  @FunctionalInterface
  private interface Work<T> {
    T at(Look look) throws SQLException, NoSnapshotException, InterruptedException;
  }

  /** A session that was lost, or a snapshot that is gone, costs this work alone. */
  private static <T> T again(Look look, Work<T> work)
      throws SQLException, NoSnapshotException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.at(look);
      } catch (SQLException e) {
        look.close();
        if (attempt == TRIES || !Passing.is(e)) {
          throw e;
        }
        Thread.sleep(BETWEEN_TRIES.multipliedBy(attempt).toMillis());
      }
    }
  }

  private Compared compareAgain(TablePair table, KeyRange range, Queue<Look> looks, Journal journal)
      throws SQLException, NoSnapshotException, IOException, InterruptedException {
    // as many as there are workers
    Look mine = looks.remove();
    try {
      Compared compared = again(mine, look -> compare(table, range, look));
      Counts counts = compared.counts();
      journal.compared(table.name(), range, compared);
      if (pace.isLimited()) {
        mine.end();
        pace.passed(Math.max(counts.source(), counts.target()));
      }
      return compared;
    } finally {
      looks.add(mine);
    }
  }

  private Compared compare(TablePair table, KeyRange range, Look look)
      throws SQLException, NoSnapshotException, InterruptedException {
    List<Difference> listed = new ArrayList<>();
    Counts counts =
        comparer(
                look,
                table,
                difference -> {
                  if (listed.size() < settings.listed()) {
                    listed.add(difference);
                  }
                })
            .compare(range);
    return new Compared(counts, listed, look.time());
  }

  /** Waits for a snapshot: rows that were applied ahead are met by the frontier in the end. */
  private Sides<Connection> moment(Look look)
      throws SQLException, NoSnapshotException, InterruptedException {
    long asked = System.nanoTime();
    while (true) {
      try {
        return look.sessions();
      } catch (NoSnapshotException e) {
        if (System.nanoTime() - asked > settings.settle().toNanos()) {
          throw e;
        }
        Thread.sleep(BETWEEN_TRIES.toMillis());
      }
    }
  }

  private RangeComparer comparer(Look look, TablePair table, RangeComparer.Differences differences)
      throws SQLException, NoSnapshotException, InterruptedException {
    return new RangeComparer(
        moment(look), look.dialects(), table, selection.filter(table.name()), beside, differences);
  }
}
