package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.info;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.ofFamily;
import static dev.belay.sink.plan.Given.row;
import static dev.belay.sink.plan.Given.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Column families as records of their own, in whatever order they come, in whatever windows, with
 * whatever repetitions and restarts: the table ends as if each family had its newest version, and a
 * row were there if the family with the key has one (invariants I3 and I5).
 */
class FamilyPropertiesTest {
  private static final int SEEDS = 2_000;

  /** Families: most (id, a), rest (b, c), and detail (d), which a row cannot be without. */
  private static final TableShape TABLE =
      table("t", "id int", "a text", "b text null", "c text null default", "d text").shape();

  private static final Map<String, List<String>> COLUMNS =
      Map.of("most", List.of("a"), "rest", List.of("b", "c"), "detail", List.of("d"));

  /** One record. */
  record Version(int id, String family, long time, boolean none, String value) {
    Change change() {
      ChangeInfo info = ofFamily(info("t", key(id), time), family);
      if (none) {
        return new Delete(info);
      }
      return new Upsert(
          info,
          switch (family) {
            case "most" -> row("id", id, "a", value);
            case "rest" -> row("b", value, "c", null);
            default -> row("d", value);
          });
    }
  }

  /** What CockroachDB sends of each family of each row, in order of commit time. */
  private static List<List<Version>> streams(Random random) {
    Map<String, List<Version>> streams = new TreeMap<>();
    for (int id = 1; id <= 3; id++) {
      Set<String> there = new TreeSet<>();
      for (long time = 1; time <= 12; time++) {
        if (random.nextInt(3) == 0) {
          for (Version version : transaction(id, time, there, random)) {
            streams.computeIfAbsent(id + version.family(), s -> new ArrayList<>()).add(version);
          }
        }
      }
    }
    return List.copyOf(streams.values());
  }

  /**
   * @param there the families which the row has before and after
   */
  private static List<Version> transaction(int id, long time, Set<String> there, Random random) {
    List<Version> sent = new ArrayList<>();
    if (there.isEmpty()) {
      there.addAll(random.nextBoolean() ? COLUMNS.keySet() : Set.of("most", "detail"));
      there.forEach(family -> sent.add(new Version(id, family, time, false, "i" + time)));
    } else if (random.nextInt(3) == 0) {
      there.forEach(family -> sent.add(new Version(id, family, time, true, "")));
      there.clear();
    } else {
      for (String family : List.of("most", "detail", "rest")) {
        if (random.nextBoolean()) {
          boolean none = family.equals("rest") && there.contains(family) && random.nextBoolean();
          sent.add(new Version(id, family, time, none, "u" + time));
          there.add(family);
          if (none) {
            there.remove(family);
          }
        }
      }
    }
    return sent;
  }

  /** In order for each family of a row, then repeated from any point with gaps. */
  private static List<Version> arrivals(List<List<Version>> streams, Random random) {
    List<Version> arrivals = new ArrayList<>();
    int[] next = new int[streams.size()];
    List<Integer> open = new ArrayList<>();
    for (int s = 0; s < streams.size(); s++) {
      open.add(s);
    }
    while (!open.isEmpty()) {
      int stream = open.get(random.nextInt(open.size()));
      for (int some = random.nextInt(4); some >= 0 && next[stream] < streams.get(stream).size(); ) {
        arrivals.add(streams.get(stream).get(next[stream]++));
        some--;
      }
      if (random.nextInt(4) == 0) {
        for (int again = random.nextInt(next[stream]); again < next[stream]; again++) {
          if (random.nextBoolean()) {
            arrivals.add(streams.get(stream).get(again));
          }
        }
      }
      if (next[stream] == streams.get(stream).size()) {
        open.remove(Integer.valueOf(stream));
      }
    }
    return arrivals;
  }

  @Test
  void familiesInAnyOrderComeToTheNewestOfEach() {
    Seeds.each(SEEDS, random -> familiesInAnyOrderComeToTheNewestOfEach(streams(random), random));
  }

  private static void familiesInAnyOrderComeToTheNewestOfEach(
      List<List<Version>> streams, Random random) {
    List<Version> arrivals = arrivals(streams, random);
    Target target = new Target();
    int from = 0;
    while (from < arrivals.size()) {
      int to = Math.min(arrivals.size(), from + 1 + random.nextInt(6));
      boolean withThoseThatWait = random.nextBoolean();
      target.window(arrivals.subList(from, to), withThoseThatWait);
      if (random.nextInt(8) == 0) {
        target.restart();
      }
      from = to;
    }
    while (target.window(List.of(), true)) {
      // until nothing comes of it any more
    }
    assertThat(target.rows).isEqualTo(naive(streams));
    assertThat(target.waiting).isEmpty();
  }

  private static Map<Integer, Map<String, String>> naive(List<List<Version>> streams) {
    Map<Integer, Map<String, String>> rows = new TreeMap<>();
    Set<Integer> there = new HashSet<>();
    for (List<Version> stream : streams) {
      Version newest = stream.get(stream.size() - 1);
      if (!newest.none()) {
        Map<String, String> row = rows.computeIfAbsent(newest.id(), id -> new HashMap<>());
        row.put(COLUMNS.get(newest.family()).get(0), newest.value());
        if (newest.family().equals("most")) {
          there.add(newest.id());
        }
      }
    }
    rows.keySet().retainAll(there);
    return rows;
  }

  /** A table, and a task that writes it as the plan says. */
  private static final class Target {
    private final Map<Integer, Map<String, String>> rows = new TreeMap<>();
    private final List<Version> done = new ArrayList<>();
    private List<Version> waiting = new ArrayList<>();
    private Newest newest = new Newest(1_000);
    private Planner planner = planner();

    /** The columns of a family must be known before it says null; a restart forgets them. */
    private static Planner planner() {
      RowBinder binder =
          Given.binder(
              Map.of(),
              Map.of(
                  "t.most",
                  List.of("id", "a"),
                  "t.rest",
                  List.of("b", "c"),
                  "t.detail",
                  List.of("d")),
              false,
              TABLE);
      return new Planner(binder, new StepOrder(10_000, true, (table, column) -> true));
    }

    void restart() {
      planner = planner();
      newest = new Newest(1_000);
      Plan plan = planner.plan(inputs(done, true), newest, Set.of());
      plan.memory().keepIn(newest);
    }

    private static List<PlanInput> inputs(List<Version> versions, boolean known) {
      return versions.stream().map(v -> new PlanInput(v.change(), known)).toList();
    }

    /** Returns whether one that waited does so no more. */
    boolean window(List<Version> fresh, boolean withThoseThatWait) {
      List<Version> window = new ArrayList<>(fresh);
      if (withThoseThatWait) {
        window.addAll(0, waiting);
      }
      Set<Integer> left = new HashSet<>();
      Plan plan = planner.plan(inputs(window, false), newest, left);
      while (left.addAll(absent(plan))) {
        plan = planner.plan(inputs(window, false), newest, left);
      }
      assertThat(plan.misfits()).isEmpty();
      plan.rows().forEach(this::write);
      plan.memory().keepIn(newest);
      int before = waiting.size();
      List<Version> stillWaiting = withThoseThatWait ? new ArrayList<>() : waiting;
      for (int i = 0; i < window.size(); i++) {
        (left.contains(i) ? stillWaiting : done).add(window.get(i));
      }
      waiting = stillWaiting;
      return waiting.size() < before;
    }

    private Set<Integer> absent(Plan plan) {
      Set<Integer> absent = new HashSet<>();
      for (FoldedRow row : plan.rows()) {
        if (row.waitsIfAbsent() && !rows.containsKey(Integer.valueOf(row.key().get(0)))) {
          absent.addAll(row.changes());
        }
      }
      return absent;
    }

    private void write(FoldedRow row) {
      int id = Integer.parseInt(row.key().get(0));
      if (row.delete()) {
        rows.remove(id);
        return;
      }
      Map<String, String> values = new LinkedHashMap<>();
      for (int c = 0; c < row.columns().size(); c++) {
        values.put(row.columns().get(c).name(), row.values()[c]);
      }
      if (row.ifAbsent() == IfAbsent.INSERT) {
        // as INSERT checks it, whether the row is there or not
        assertThat(values).containsKeys("id", "a", "d");
      }
      Map<String, String> there =
          row.ifAbsent() == IfAbsent.INSERT
              ? rows.computeIfAbsent(id, i -> new HashMap<>())
              : rows.getOrDefault(id, new HashMap<>());
      values.forEach(
          (column, value) -> {
            assertThat(value == null && isRequired(column)).as(column).isFalse();
            if (value == null) {
              there.remove(column);
            } else if (!column.equals("id")) {
              there.put(column, value);
            }
          });
    }

    private static boolean isRequired(String column) {
      return TABLE.column(column).filter(c -> !c.nullable()).map(ColumnShape::name).isPresent();
    }
  }
}
