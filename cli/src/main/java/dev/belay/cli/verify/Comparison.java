package dev.belay.cli.verify;

import dev.belay.cli.verify.Look.NoSnapshotException;
import dev.belay.cli.verify.Report.Summary;
import dev.belay.cli.verify.Report.TableResult;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code belay verify} for other commands: compares what a sink writes with what it is written
 * from, as of the times that its checkpoint tells.
 */
public final class Comparison {
  private static final int PARALLEL = 4;
  private static final long RANGE_ROWS = 50_000;
  private static final long LISTED = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Comparison() {}

  /**
   * What is compared.
   *
   * @param connector the sink, whose checkpoint tells the times
   * @param schemas where the tables are; empty for the session's own
   * @param tables names in the source
   * @param renames of tables, and of columns as {@code table.column}
   * @param ignored columns, in lower case
   */
  public record Wish(
      Sides<Endpoint> endpoints,
      String connector,
      Sides<Optional<String>> schemas,
      Set<String> tables,
      Map<String, String> renames,
      Set<String> ignored) {}

  /** A table that was compared, by its name in the source. */
  public record Table(String name, long sourceRows, long targetRows, long different) {}

  /**
   * What came of it.
   *
   * @param targets the tables as the target has them
   * @param notCompared asked for, and not found or not fit to be compared
   * @param different rows
   * @param schemaDifferences of tables and columns
   * @param from the earliest time as of which rows were compared; empty if there was no row's range
   * @param to the latest
   */
  public record Outcome(
      List<Table> tables,
      List<TableName> targets,
      Set<String> notCompared,
      long different,
      int schemaDifferences,
      Optional<HlcTimestamp> from,
      Optional<HlcTimestamp> to) {

    /** Whether all that was asked for was compared, and nothing differs. */
    public boolean isEqual() {
      return !tables.isEmpty() && notCompared.isEmpty() && different == 0 && schemaDifferences == 0;
    }
  }

  /**
   * A table that both have.
   *
   * @param target as the target has it
   * @param targetTypes by the column's name in the source
   */
  public record Pair(String table, TableName target, Map<String, String> targetTypes) {}

  /** Is told what does not go together. */
  @FunctionalInterface
  public interface Findings {
    /**
     * @param isDifference whether rows cannot be equal because of it
     */
    void found(String table, String text, boolean isDifference);
  }

  /**
   * The tables that can be compared, as both are now.
   *
   * @throws SQLException if a database cannot be read; see {@link Told}
   */
  public static List<Pair> tables(Wish wish, Findings findings) throws SQLException {
    Sides<Endpoint> ends = wish.endpoints();
    Sides<Dialect> dialects =
        new Sides<>(ends.source().dialect().orElseThrow(), ends.target().dialect().orElseThrow());
    try (Connection source = ends.source().open();
        Connection target = ends.target().open()) {
      List<TablePair> pairs =
          new TableMatcher(
                  dialects,
                  selection(wish),
                  finding ->
                      findings.found(finding.table(), finding.text(), finding.isDifference()))
              .match(new Sides<>(source, target));
      source.rollback();
      target.rollback();
      return pairs.stream()
          .map(
              pair ->
                  new Pair(
                      pair.name(),
                      pair.names().target(),
                      pair.columns().stream()
                          .collect(
                              Collectors.toMap(ColumnPair::name, each -> each.target().type()))))
          .toList();
    }
  }

  private static Selection selection(Wish wish) {
    return new Selection(
        wish.schemas(),
        wish.tables().stream().map(name -> Pattern.compile(Pattern.quote(name))).toList(),
        new HashMap<>(wish.renames()),
        wish.ignored(),
        Map.of());
  }

  /**
   * Compares.
   *
   * @param told a line for each thing that a person should know
   * @throws IOException if the checkpoint tells no time; the message is for the user
   * @throws SQLException if a database cannot be read; see {@link Told}
   */
  public static Outcome run(Wish wish, Consumer<String> told)
      throws IOException, SQLException, InterruptedException {
    Selection selection = selection(wish);
    Settings settings =
        new Settings(
            Optional.of(wish.connector()),
            PARALLEL,
            RANGE_ROWS,
            0,
            PATIENCE,
            LISTED,
            Optional.empty());
    Collected collected = new Collected(told);
    Verification verification = new Verification(wish.endpoints(), selection, settings, collected);
    Summary summary;
    try {
      summary = verification.run();
    } catch (NoSnapshotException e) {
      throw new IOException(
          e.getMessage() + " There is no time as of which both databases could be equal.");
    }
    List<TableResult> tables = collected.tables;
    Set<String> notCompared = new TreeSet<>(wish.tables());
    tables.forEach(table -> notCompared.remove(table.table()));
    return new Outcome(
        tables.stream()
            .map(
                table ->
                    new Table(
                        table.table(),
                        table.counts().source(),
                        table.counts().target(),
                        table.counts().differences()))
            .toList(),
        verification.matched().stream().map(pair -> pair.names().target()).toList(),
        notCompared,
        summary.counts().differences(),
        summary.schemaDifferences(),
        tables.stream().flatMap(t -> t.firstTime().stream()).min(HlcTimestamp::compareTo),
        tables.stream().flatMap(t -> t.lastTime().stream()).max(HlcTimestamp::compareTo));
  }

  /** Keeps the tables, and tells the first few rows that differ. */
  private static final class Collected implements Report {
    private static final int ROWS = 20;

    private final Consumer<String> told;
    private final List<TableResult> tables = new ArrayList<>();
    private int rows;

    Collected(Consumer<String> told) {
      this.told = told;
    }

    @Override
    public synchronized void schema(SchemaFinding finding) {
      told.accept("table " + finding.table() + " " + finding.text());
    }

    @Override
    public synchronized void difference(Difference difference) {
      if (rows++ < ROWS) {
        told.accept(
            difference.table()
                + " "
                + difference.key()
                + " "
                + difference.of().name().toLowerCase());
      }
    }

    @Override
    public synchronized void table(TableResult result) {
      tables.add(result);
    }

    @Override
    public void progress(String table, Counts soFar, Duration elapsed) {
      // each table takes a short time where a person waits for a hand-over
    }

    @Override
    public synchronized void note(String text) {
      told.accept(text);
    }

    @Override
    public void end(Summary summary) {
      // the summary is returned
    }
  }
}
