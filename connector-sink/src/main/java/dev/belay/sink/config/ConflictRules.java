package dev.belay.sink.config;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.config.FeedRules.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a configuration with a policy for conflicts may not have, as far as it says itself. */
public final class ConflictRules {
  private ConflictRules() {}

  /**
   * What stands in the way of the policies.
   *
   * @param compares whether rows of the target can be compared before they are written
   */
  public static List<Refusal> refusals(SinkConfig config, boolean compares) {
    List<Refusal> refusals = new ArrayList<>(pairs(config));
    if (config.tombstoneRetention().isPresent() && !comparesTimes(config)) {
      refusals.add(
          new Refusal(
              List.of(ConflictKeys.TOMBSTONE_RETENTION),
              "Deletes are remembered for the policy newest where times of commits are compared, and no"
                  + " table has it. Set conflict.policy or conflict.policies to newest on both sides, or"
                  + " take the key away."));
    }
    List<String> at = whereSet(config);
    if (at.isEmpty()) {
      if (config.conflictHistory().isPresent()) {
        refusals.add(
            new Refusal(
                List.of(ConflictKeys.HISTORY),
                "Conflicts are found where a policy compares rows, and source-wins does not, so that the"
                    + " history would stay empty. Set conflict.policy or conflict.policies, or take the key"
                    + " away."));
      }
      return refusals;
    }
    if (!compares) {
      refusals.add(
          new Refusal(
              at,
              "Rows are compared before they are written in PostgreSQL and CockroachDB only; the other"
                  + " targets have source-wins alone. Take the policy away, or let the sink of the other"
                  + " direction decide: with target-wins there both databases become equal."));
    }
    if (config.isDebezium() && !config.hasWholeBefore()) {
      refusals.add(
          new Refusal(
              and(at, DebeziumKeys.BEFORE),
              "Rows are compared with what they were at the source, and feed.before=key says that"
                  + " Debezium's events do not tell. Set REPLICA IDENTITY FULL on the tables in"
                  + " PostgreSQL, binlog_row_image=FULL in MySQL, supplemental logging of all columns in"
                  + " Oracle, and feed.before=full."));
    }
    if (config.envelope().equals("bare") || config.envelope().equals("row")) {
      refusals.add(
          new Refusal(
              and(at, SinkKeys.ENVELOPE),
              "Rows are compared with what they were at the source, which envelope "
                  + config.envelope()
                  + " does not tell. Create the changefeed with envelope=wrapped, diff and"
                  + " mvcc_timestamp."));
    }
    if (config.splitColumnFamilies()) {
      refusals.add(
          new Refusal(
              and(at, SinkKeys.SPLIT_FAMILIES),
              "A record of a column family has a part of its row, by which the row cannot be compared."
                  + " Create the changefeed without split_column_families."));
    }
    if (config.deleteMark().isPresent()) {
      refusals.add(
          new Refusal(
              and(at, MappingKeys.DELETE_MODE),
              "A row that is gone at the source and stays in the target with a mark differs from what it"
                  + " was, so that all its changes would be conflicts. Set delete.mode=delete."));
    }
    if (config.spillDir().isPresent()) {
      refusals.add(
          new Refusal(
              and(at, SinkKeys.SPILL_DIR),
              "Windows on disk are written without comparing rows. Take spill.dir away; windows that are"
                  + " larger than window.buffer.bytes then go by window.oversize."));
    }
    return refusals;
  }

  private static List<String> and(List<String> at, String key) {
    List<String> all = new ArrayList<>(at);
    all.add(key);
    return all;
  }

  /** The keys that say that rows are compared; none if nothing is. */
  private static List<String> whereSet(SinkConfig config) {
    List<String> at = new ArrayList<>();
    if (config.conflictPolicy().compares()) {
      at.add(ConflictKeys.POLICY);
    }
    if (config.conflictPolicies().values().stream().anyMatch(ConflictPolicy::compares)) {
      at.add(ConflictKeys.POLICIES);
    }
    return at;
  }

  private static boolean comparesTimes(SinkConfig config) {
    return config.conflictPolicy() == ConflictPolicy.NEWEST
        || config.conflictPolicies().entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getValue() == ConflictPolicy.NEWEST
                        && !config.conflictVersionColumns().containsKey(entry.getKey()));
  }

  private static List<Refusal> pairs(SinkConfig config) {
    List<Refusal> refusals = new ArrayList<>();
    Optional<ConflictPolicy> other = config.otherConflictPolicy();
    if (other.isPresent()) {
      pair("", config.conflictPolicy(), other.get())
          .ifPresent(
              text ->
                  refusals.add(
                      new Refusal(List.of(ConflictKeys.POLICY, ConflictKeys.OTHER_POLICY), text)));
    }
    Map<String, ConflictPolicy> here = config.conflictPolicies();
    Map<String, ConflictPolicy> there = config.otherConflictPolicies();
    Set<String> tables = new LinkedHashSet<>(here.keySet());
    tables.addAll(there.keySet());
    for (String table : tables) {
      Optional<ConflictPolicy> opposite = Optional.ofNullable(there.get(table)).or(() -> other);
      opposite
          .flatMap(
              policy ->
                  pair(
                      "Table " + table + ": ",
                      here.getOrDefault(table, config.conflictPolicy()),
                      policy))
          .ifPresent(
              text ->
                  refusals.add(
                      new Refusal(
                          List.of(ConflictKeys.POLICIES, ConflictKeys.OTHER_POLICIES), text)));
    }
    return refusals;
  }

  private static Optional<String> pair(String table, ConflictPolicy here, ConflictPolicy there) {
    if (here.counterpart().equals(Optional.of(there))) {
      return Optional.empty();
    }
    return Optional.of(
        table
            + here.word()
            + " here and "
            + there.word()
            + " in the other direction can leave the databases different for good. "
            + here.counterpart()
                .map(
                    fits ->
                        "With " + here.word() + " here the other sink needs " + fits.word() + ".")
                .orElse(
                    "reject leaves every conflict to a person, so no policy of the other sink goes with"
                        + " it; leave out conflict.other.policy if that is meant."));
  }
}
