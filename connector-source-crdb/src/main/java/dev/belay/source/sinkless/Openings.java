package dev.belay.source.sinkless;

import dev.belay.source.config.SourceConfig;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the feeds of a task, each over a session of its own. The task's thread only. */
final class Openings {
  private static final Logger LOG = LoggerFactory.getLogger(Openings.class);

  /** A part of the memory for rows that wait; more would not make reading faster. */
  private static final long MOST_HANDED_OVER = 8 << 20;

  private final FeedReader.Source source;
  private final Outgoing.Limits limits;
  private final Routes routes;
  private final Records records;
  private final Counters counters;

  Openings(Setup setup, Routes routes, Records records, Counters counters) {
    SourceConfig config = setup.config();
    this.source =
        new FeedReader.Source(
            setup.address(),
            setup.secrets(),
            // a stall is told first; should the session be dead without a word, it is given up here
            config.stallTimeout().multipliedBy(2),
            Math.min(MOST_HANDED_OVER, config.bufferBytes() / 4));
    this.limits = new Outgoing.Limits(config.transactionRecords(), config.transactionBytes());
    this.routes = routes;
    this.records = records;
    this.counters = counters;
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
    FeedReader reader = FeedReader.start(source, routes, sql);
    return new Stream(reader, records, from, rows, limits, counters, targets);
  }
}
