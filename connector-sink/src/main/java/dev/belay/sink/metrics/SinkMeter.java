package dev.belay.sink.metrics;

import java.util.function.Function;

/**
 * Everything that a task measures: the name under which it is shown, and how to read it. The names
 * are an interface; the reference page is generated from this.
 */
public enum SinkMeter {
  SECONDS_BEHIND(
      "seconds-behind",
      "Now minus the frontier, in seconds; -1 before the first resolved time.",
      "How much would be missing if you rolled back now. It saws between the feed's resolved interval"
          + " and zero; alert when it exceeds the loss you may afford (RPO).",
      SinkMetrics::getSecondsBehind),
  FRONTIER(
      "frontier",
      "The commit time up to which every row is in the target, as an HLC; none before the first"
          + " resolved time.",
      "Compare with cluster_logical_timestamp() of the last write you care for: once the frontier has"
          + " passed it, it is there.",
      SinkMetrics::getFrontier),
  SNAPSHOT(
      "snapshot",
      "Whether the target equals CockroachDB as of the frontier.",
      "false (UNVERIFIED) after rows were applied ahead of the frontier, until it has passed them.",
      SinkMetrics::isSnapshot),
  UNVERIFIED(
      "unverified",
      "Why the target is no snapshot at present; empty if it is one.",
      "Names the commit time that the frontier has to pass.",
      SinkMetrics::getUnverified),
  STALL(
      "stall",
      "Why the frontier cannot move; empty if it can.",
      "Anything but empty for longer than a minute needs a person.",
      SinkMetrics::getStall),
  DELIVERING(
      "delivering",
      "How rows are applied at present: consistent or immediate.",
      "Changes by itself in best-effort mode.",
      SinkMetrics::getDelivering),
  WINDOW_RECORDS(
      "window-records",
      "Changes in memory which wait for their resolved time.",
      "Grows between resolved times. Steady growth says that a partition does not resolve.",
      SinkMetrics::getWindowRecords),
  WINDOW_BYTES(
      "window-bytes",
      "Size of these changes in Kafka, in bytes.",
      "Against window.buffer.bytes: at half of it partitions are paused.",
      SinkMetrics::getWindowBytes),
  SPILLED_BYTES(
      "spilled-bytes",
      "Size of what waits in spill.dir, in bytes, beside what is in memory.",
      "Above zero while a window is gathered that is larger than window.buffer.bytes. Against"
          + " spill.max.bytes.",
      SinkMetrics::getSpilledBytes),
  BLOCKED_RECORDS(
      "blocked-records",
      "Changes that were tried and wait for another row, such as a parent.",
      "Above zero for a moment is normal in immediate mode. If it stays, parents are missing.",
      SinkMetrics::getBlockedRecords),
  APPLIED(
      "applied-total",
      "Row versions written, or settled by conflict.policy.",
      "With folded, replayed, rejected, ignored and resolved messages it adds up to the records read.",
      SinkMetrics::getApplied),
  FOLDED(
      "folded-total",
      "Changes folded into a newer change of the same row in the same transaction.",
      "High is good: the database was spared that many writes.",
      SinkMetrics::getFolded),
  REPLAYED(
      "replayed-total",
      "Changes recognised as repetitions and dropped.",
      "Jumps when the changefeed restarts. Constant growth: the feed restarts all the time, or a"
          + " second feed writes to the topics.",
      SinkMetrics::getReplayed),
  REJECTED(
      "rejected-total",
      "Changes reported to the dead letter queue.",
      "Each is a row that may differ between the databases. Alert on any.",
      SinkMetrics::getRejected),
  OPEN_REJECTIONS(
      "open-rejections",
      "Rejected records that no newer version of their row has mended yet. Kept in the target's table"
          + " belay_rejection, across restarts.",
      "The snapshot is complete except for these.",
      SinkMetrics::getOpenRejections),
  OPEN_REJECTIONS_UNKEYED(
      "open-rejections-unkeyed",
      "Those of them whose row is unknown: records that could not be read, and all beyond the 10000"
          + " that a task tells apart.",
      "They stay until a person deletes them from belay_rejection.",
      SinkMetrics::getOpenRejectionsUnkeyed),
  RESOLVED_MESSAGES(
      "resolved-messages-total",
      "Resolved messages read.",
      "Stands still: the changefeed is paused, failed, or was created without resolved.",
      SinkMetrics::getResolvedMessages),
  IGNORED(
      "ignored-total",
      "Records with nothing to apply.",
      "Of interest to nobody, but counted.",
      SinkMetrics::getIgnored),
  ECHOES(
      "echoes-total",
      "Records, counted as ignored, of changes that replication itself wrote at the source.",
      "Normal where both directions run and the source sends them: origin.filter leaves them out.",
      SinkMetrics::getEchoes),
  CONFLICTS(
      "conflicts-total",
      "Rows that both databases had changed, found by a conflict.policy other than source-wins; with"
          + " those that were rejected.",
      "Each is a write of somebody that was lost or mixed with another's. Growth: the applications"
          + " write the same rows on both sides.",
      SinkMetrics::getConflicts),
  CONFLICTS_SOURCE(
      "conflicts-source-total",
      "Of them, those where the change was written over the target's.",
      "The target's version is lost.",
      SinkMetrics::getConflictsSource),
  CONFLICTS_TARGET(
      "conflicts-target-total",
      "Of them, those where the target's row was left as it is. The change counts as applied.",
      "The source's version is lost, unless the other direction carries the target's there.",
      SinkMetrics::getConflictsTarget),
  CONFLICTS_MERGED(
      "conflicts-merged-total",
      "Of them, those where columns of both were kept.",
      "Rows that nobody wrote as they are now.",
      SinkMetrics::getConflictsMerged),
  SEQUENCES_MOVED(
      "sequences-moved-total",
      "Times that a sequence of the target was moved ahead of the rows (sequences.sync).",
      "Grows with the rows that are inserted. It stands still though rows come: their numbers are not"
          + " from sequences, or see the log.",
      SinkMetrics::getSequencesMoved),
  SEQUENCES_AT_RISK(
      "sequences-at-risk",
      "Sequences that are not ahead of their rows, or that cannot be kept so, at the last look; 0 while"
          + " sequences.sync=off.",
      "Each can make the first insert after a rollback fail. The log names each once, and what to do."
          + " In a dry run it counts those that would be moved.",
      SinkMetrics::getSequencesAtRisk),
  SUSPECTS(
      "suspects-total",
      "Records that should be repetitions and were never seen.",
      "Any is a row that may be lost: see replay.suspect.",
      SinkMetrics::getSuspects),
  TRANSACTIONS(
      "transactions-total",
      "Transactions committed.",
      "Its rate is the rate of windows.",
      SinkMetrics::getTransactions),
  RETRIES(
      "retries-total",
      "Times that the work was put off because the target or Kafka was away.",
      "Grows once each target.retry.backoff.ms during an outage.",
      SinkMetrics::getRetries),
  LOST_EPOCHS(
      "lost-epochs-total",
      "Times that another task had taken over this task's partitions.",
      "One per rebalance of a slow worker is normal. Growth: two connectors share a name.",
      SinkMetrics::getLostEpochs),
  RESTORES(
      "restores-total",
      "Times that the target was found behind what had been committed.",
      "The target was restored or failed over with loss; what was lost has been applied again.",
      SinkMetrics::getRestores),
  APPLY_P50(
      "apply-ms-p50",
      "Median time of a transaction, in milliseconds, over the last thousand.",
      "The target's own speed.",
      SinkMetrics::getApplyMsP50),
  APPLY_P99(
      "apply-ms-p99",
      "99th percentile of the time of a transaction, in milliseconds, over the last thousand.",
      "Far above the median: locks, checkpoints or vacuum on the target.",
      SinkMetrics::getApplyMsP99);

  private final String shown;
  private final String meaning;
  private final String reading;
  private final Function<SinkMetrics, Object> value;

  SinkMeter(String shown, String meaning, String reading, Function<SinkMetrics, Object> value) {
    this.shown = shown;
    this.meaning = meaning;
    this.reading = reading;
    this.value = value;
  }

  /** The metric's and JMX attribute's name. */
  public String shown() {
    return shown;
  }

  public String meaning() {
    return meaning;
  }

  /** What a person makes of it. */
  public String reading() {
    return reading;
  }

  Object value(SinkMetrics metrics) {
    return value.apply(metrics);
  }
}
