package dev.belay.source.sinkless;

import dev.belay.source.cluster.ServerVersion;
import dev.belay.source.config.SourceConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the feeds of a task, each over a session of its own. The task's thread only. */
final class Openings {
  private static final Logger LOG = LoggerFactory.getLogger(Openings.class);

  /** A part of the memory for rows that wait; more would not make reading faster. */
  private static final long MOST_HANDED_OVER = 8 << 20;

  /** The first version whose newer words need no licence of their own. */
  private static final ServerVersion NEW_WORDS = new ServerVersion(24, 3);

  /** A feed says nothing for so many intervals only if its session is dead. */
  private static final int SILENT_INTERVALS = 3;

  private final FeedReader.Source source;
  private final Outgoing.Limits limits;
  private final Routes routes;
  private final Records records;
  private final Counters counters;
  private boolean inOldWords;

  Openings(Setup setup, Routes routes, Records records, Counters counters) {
    SourceConfig config = setup.config();
    this.source =
        new FeedReader.Source(
            setup.address(),
            setup.secrets(),
            silence(config),
            Math.min(MOST_HANDED_OVER, config.bufferBytes() / 4));
    this.limits = new Outgoing.Limits(config.transactionRecords(), config.transactionBytes());
    this.routes = routes;
    this.records = records;
    this.counters = counters;
  }

  /**
   * A stall is told first; should the session be dead without a word, it is given up after this.
   */
  private static Duration silence(SourceConfig config) {
    Duration stalled = config.stallTimeout().multipliedBy(2);
    Duration silent = config.resolvedInterval().multipliedBy(SILENT_INTERVALS);
    return stalled.compareTo(silent) > 0 ? stalled : silent;
  }

  /** What the cluster is, which decides the words of the statement; empty if that is not known. */
  void server(Optional<ServerVersion> version) {
    inOldWords = version.filter(known -> known.isBefore(NEW_WORDS)).isPresent();
  }

  /**
   * Begins to read; the session is opened on the way.
   *
   * @param from the tables, and how far each was handed over
   * @param rows where those wait that are not complete
   */
  Stream open(Cursors from, HeldRows rows, String sql) {
    Set<Route> targets = new HashSet<>();
    from.tables().forEach(table -> targets.add(routes.of(table)));
    LOG.info("Reading {} tables from {}", from.tables().size(), from.least());
    FeedReader reader =
        FeedReader.start(source, routes, inOldWords ? FeedStatement.inOldWords(sql) : sql);
    return new Stream(reader, records, from, rows, limits, counters, targets);
  }
}
