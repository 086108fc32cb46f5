package dev.belay.source.plan;

import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FeedAction.Create;
import dev.belay.source.feed.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Tables that want a job, gathered by where they begin. Of one plan; one thread. */
final class Creations {
  private final int tablesPerJob;
  private final Trials trials;
  private final Map<Beginning, SortedSet<TableName>> tables = new LinkedHashMap<>();
  private final Map<Beginning, String> reasons = new LinkedHashMap<>();

  /**
   * @param tablesPerJob at most; 0 for any number
   */
  Creations(int tablesPerJob, Trials trials) {
    this.tablesPerJob = tablesPerJob;
    this.trials = trials;
  }

  /** Adds a table. Of several reasons for one beginning the first is told. */
  void wish(TableName table, Beginning beginning, String why) {
    tables.computeIfAbsent(beginning, b -> new TreeSet<>()).add(table);
    reasons.putIfAbsent(beginning, why);
  }

  /** The jobs to make, and what to say of those that the cluster has refused to make. */
  List<FeedAction> actions() {
    List<FeedAction> actions = new ArrayList<>();
    tables.forEach(
        (beginning, some) -> {
          List<TableName> all = List.copyOf(some);
          int most = tablesPerJob == 0 ? all.size() : tablesPerJob;
          for (int from = 0; from < all.size(); from += most) {
            List<TableName> ofOne = all.subList(from, Math.min(from + most, all.size()));
            actions.add(
                action(new Create(new TreeSet<>(ofOne), beginning, reasons.get(beginning))));
          }
        });
    return actions;
  }

  private FeedAction action(Create create) {
    return trials
        .creation(create.tables())
        .filter(refusal -> refusal.trial().isLast() || !refusal.trial().left().isZero())
        .map(refusal -> RefusedCreation.action(create, refusal))
        .orElse(create);
  }
}
