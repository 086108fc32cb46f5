package dev.belay.sink;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.ConflictKeys;
import dev.belay.sink.config.FeedRules.Refusal;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.decode.FeedTopics;
import dev.belay.sink.plan.ConflictPolicies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The policies for conflicts against the tables that the topics' names tell. */
final class ConflictTables {
  private final SinkConfig config;
  private final ConflictPolicies policies;

  /** Empty where names of topics do not tell, or not all of them are known. */
  private final Optional<List<TableName>> tables;

  ConflictTables(SinkConfig config) {
    this.config = config;
    this.policies = policies(config);
    this.tables = tables(config);
  }

  static ConflictPolicies policies(SinkConfig config) {
    return new ConflictPolicies(
        config.conflictPolicy(),
        config.conflictPolicies(),
        config.conflictVersionColumns(),
        config.tombstoneRetention().isPresent());
  }

  private static Optional<List<TableName>> tables(SinkConfig config) {
    // a transform gives records to other tables than their topics say
    if (config.topics().isEmpty() || config.hasTransforms()) {
      return Optional.empty();
    }
    List<TableName> tables = new ArrayList<>();
    for (String topic : config.topics()) {
      if (config.transactionTopic().equals(Optional.of(topic))) {
        continue;
      }
      Optional<TableName> table = FeedTopics.table(Decoders.format(config), topic);
      if (table.isEmpty() || config.isDebezium() && table.get().schema().isEmpty()) {
        return Optional.empty();
      }
      tables.add(table.get());
    }
    return Optional.of(tables);
  }

  /** Names that are of no table, so that what is said of them would never be done. */
  List<Refusal> refusals() {
    if (tables.isEmpty()) {
      return List.of();
    }
    Map<String, Set<String>> named = new LinkedHashMap<>();
    named.put(ConflictKeys.POLICIES, config.conflictPolicies().keySet());
    named.put(ConflictKeys.VERSION_COLUMNS, config.conflictVersionColumns().keySet());
    named.put(ConflictKeys.OTHER_POLICIES, config.otherConflictPolicies().keySet());
    List<Refusal> refusals = new ArrayList<>();
    named.forEach(
        (key, names) -> {
          List<String> unknown =
              names.stream()
                  .filter(
                      name ->
                          tables.get().stream()
                              .noneMatch(table -> ConflictPolicies.means(name, table)))
                  .toList();
          if (!unknown.isEmpty()) {
            refusals.add(
                new Refusal(
                    List.of(key),
                    "Says something of "
                        + String.join(", ", unknown)
                        + ", and no topic is of a table with that name, so that it would do nothing."
                        + " Tables are named as the feed has them, as table or schema.table; the topics"
                        + " are of "
                        + tables.get().stream()
                            .map(TableName::toString)
                            .collect(Collectors.joining(", "))
                        + "."));
          }
        });
    return refusals;
  }

  /** The keys that have times of commits compared; none if a column tells for every table. */
  Set<String> comparingTimes() {
    Set<String> keys = new LinkedHashSet<>();
    if (tables.isPresent()) {
      for (TableName table : tables.get()) {
        if (policies.of(table) == ConflictPolicy.NEWEST
            && policies.versionColumn(table).isEmpty()) {
          keys.add(policies.hasOwn(table) ? ConflictKeys.POLICIES : ConflictKeys.POLICY);
        }
      }
      return keys;
    }
    if (config.conflictPolicy() == ConflictPolicy.NEWEST) {
      keys.add(ConflictKeys.POLICY);
    }
    config
        .conflictPolicies()
        .forEach(
            (table, policy) -> {
              if (policy == ConflictPolicy.NEWEST
                  && !config.conflictVersionColumns().containsKey(table)) {
                keys.add(ConflictKeys.POLICIES);
              }
            });
    return keys;
  }
}
