package dev.belay.sink.target.cockroach;

import dev.belay.sink.change.TableName;
import dev.belay.sink.step.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Steps that are meant for one statement, as CockroachDB lets them be: it refuses a statement that
 * changes a table twice, by default and for good reason, and checks foreign keys at the end of
 * each. So what writes goes first, one step of each table in a statement, and what deletes last:
 * what is written may refer to what is there, and nothing refers any more to what goes.
 *
 * @param statements the steps of each statement
 * @param places where each of them was among the steps given
 */
record Layers(List<List<Step>> statements, List<List<Integer>> places) {

  static Layers of(List<Step> steps) {
    Layers layers = new Layers(new ArrayList<>(), new ArrayList<>());
    layers.addAll(steps, false);
    layers.addAll(steps, true);
    return layers;
  }

  private void addAll(List<Step> steps, boolean deletes) {
    int firstOfKind = statements.size();
    List<Set<TableName>> tables = new ArrayList<>();
    for (int place = 0; place < steps.size(); place++) {
      Step step = steps.get(place);
      if (step instanceof Step.Delete == deletes) {
        int layer = 0;
        while (layer < tables.size() && tables.get(layer).contains(step.table().name())) {
          layer++;
        }
        if (layer == tables.size()) {
          tables.add(new HashSet<>());
          statements.add(new ArrayList<>());
          places.add(new ArrayList<>());
        }
        tables.get(layer).add(step.table().name());
        statements.get(firstOfKind + layer).add(step);
        places.get(firstOfKind + layer).add(place);
      }
    }
  }
}
