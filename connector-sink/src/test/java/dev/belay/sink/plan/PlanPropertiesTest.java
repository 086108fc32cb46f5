package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.planner;
import static dev.belay.sink.plan.Given.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever changes come in whatever order, in whatever windows, with whatever repetitions: the
 * table ends as if each change had been applied once, alone, in order of commit time.
 */
class PlanPropertiesTest {
  private static final int SEEDS = 1_000;

  private static final TableShape TABLE =
      table("t", "id int", "a text null", "b text null").shape();

  /**
   * One version of a row as the feed has it.
   *
   * @param columns 0 for a delete, 1 for a, 2 for b, 3 for both
   */
  record Version(int id, long time, int columns, int value) {
    Change change() {
      return switch (columns) {
        case 0 -> Given.delete("t", key(id), time);
        case 1 -> Given.upsert("t", key(id), time, "id", id, "a", "a" + value);
        case 2 -> Given.upsert("t", key(id), time, "id", id, "b", "b" + value);
        default -> Given.upsert("t", key(id), time, "id", id, "a", "a" + value, "b", "b" + value);
      };
    }
  }

  /** Up to 30 versions of 4 rows; a row has one version at one time. */
  private static List<Version> history(Random random) {
    Map<Long, Version> versions = new LinkedHashMap<>();
    for (int i = random.nextInt(31); i > 0; i--) {
      int id = 1 + random.nextInt(4);
      long time = 1 + random.nextInt(12);
      versions.put(id * 100 + time, new Version(id, time, random.nextInt(4), random.nextInt(100)));
    }
    return List.copyOf(versions.values());
  }

  @Test
  void windowComesToWhatItsChangesComeToOneByOne() {
    Seeds.each(SEEDS, random -> windowComesToWhatItsChangesComeToOneByOne(history(random), random));
  }

  private static void windowComesToWhatItsChangesComeToOneByOne(
      List<Version> history, Random random) {
    Map<String, Map<String, String>> table = new TreeMap<>();
    write(Given.plan(planner(TABLE), shuffled(history, random)), table);
    assertThat(table).isEqualTo(oneByOne(history));
  }

  @Test
  void windowsWithRepetitionsComeToWhatTheirChangesComeToOneByOne() {
    Seeds.each(
        SEEDS,
        random ->
            windowsWithRepetitionsComeToWhatTheirChangesComeToOneByOne(history(random), random));
  }

  private static void windowsWithRepetitionsComeToWhatTheirChangesComeToOneByOne(
      List<Version> history, Random random) {
    // per key in order at first, then repeated from any point with gaps, as restarts of a feed do
    List<Version> sent = new ArrayList<>(history);
    sent.sort(Comparator.comparingLong(Version::time));
    List<Version> arrivals = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      arrivals.add(sent.get(i));
      if (random.nextInt(5) == 0) {
        for (int again = random.nextInt(i + 1); again <= i; again++) {
          if (random.nextBoolean()) {
            arrivals.add(sent.get(again));
          }
        }
      }
    }
    Map<String, Map<String, String>> table = new TreeMap<>();
    Newest newest = new Newest(1_000);
    Planner planner = planner(TABLE);
    int from = 0;
    while (from < arrivals.size()) {
      int to = Math.min(arrivals.size(), from + 1 + random.nextInt(6));
      Change[] window =
          arrivals.subList(from, to).stream().map(Version::change).toArray(Change[]::new);
      Plan plan = Given.plan(planner, newest, window);
      write(plan, table);
      plan.memory().keepIn(newest);
      from = to;
    }
    assertThat(table).isEqualTo(oneByOne(history));
  }

  @Test
  void everyChangeIsAccountedForOnce() {
    Seeds.each(SEEDS, random -> everyChangeIsAccountedForOnce(history(random), random));
  }

  private static void everyChangeIsAccountedForOnce(List<Version> history, Random random) {
    List<Version> twice = new ArrayList<>(history);
    history.stream().filter(v -> random.nextBoolean()).forEach(twice::add);
    Plan plan = Given.plan(planner(TABLE), shuffled(twice, random));
    List<Integer> accounted = new ArrayList<>(plan.replays());
    plan.rows().forEach(row -> accounted.addAll(row.changes()));
    Collections.sort(accounted);
    assertThat(accounted)
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, twice.size()).boxed().toList());
  }

  @Test
  void rowIsInOnePlaceOfAPlan() {
    Seeds.each(SEEDS, random -> rowIsInOnePlaceOfAPlan(history(random), random));
  }

  private static void rowIsInOnePlaceOfAPlan(List<Version> history, Random random) {
    Plan plan = Given.plan(planner(TABLE), shuffled(history, random));
    Set<String> keys = new HashSet<>();
    plan.ladder().stream()
        .limit(1)
        .flatMap(rung -> rung.stages().stream())
        .flatMap(List::stream)
        .flatMap(step -> step.rows().stream())
        .forEach(row -> assertThat(keys.add(row.values()[0])).isTrue());
    assertThat(keys).hasSameSizeAs(plan.rows());
  }

  private static Change[] shuffled(List<Version> history, Random random) {
    List<Version> arrivals = new ArrayList<>(history);
    Collections.shuffle(arrivals, random);
    return arrivals.stream().map(Version::change).toArray(Change[]::new);
  }

  /** The naive way. */
  private static Map<String, Map<String, String>> oneByOne(List<Version> history) {
    Map<String, Map<String, String>> table = new TreeMap<>();
    history.stream()
        .sorted(Comparator.comparingLong(Version::time))
        .map(Version::change)
        .forEach(
            change -> {
              String key = change.info().key().values().get(0).text();
              if (change instanceof Delete) {
                table.remove(key);
              } else {
                Map<String, String> row = table.computeIfAbsent(key, k -> new HashMap<>());
                var columns = ((Upsert) change).row();
                for (int i = 0; i < columns.names().size(); i++) {
                  row.put(columns.names().get(i), columns.values().get(i).text());
                }
              }
            });
    return table;
  }

  /** What a database does with a plan. */
  private static void write(Plan plan, Map<String, Map<String, String>> table) {
    for (FoldedRow row : plan.rows()) {
      String key = row.key().get(0);
      if (row.delete()) {
        table.remove(key);
        continue;
      }
      Map<String, String> values = table.computeIfAbsent(key, k -> new LinkedHashMap<>());
      row.reset().stream().map(ColumnShape::name).forEach(values::remove);
      for (int c = 0; c < row.columns().size(); c++) {
        values.put(row.columns().get(c).name(), row.values()[c]);
      }
    }
  }
}
