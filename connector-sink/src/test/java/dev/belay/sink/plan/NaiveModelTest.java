package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.at;
import static dev.belay.sink.plan.Given.info;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.ofFamily;
import static dev.belay.sink.plan.Given.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/**
 * The planner beside the naive way: each change alone, in order of commit time, into a map. What
 * fails is shrunk to the fewest changes that show it.
 */
@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class NaiveModelTest {
  private static final String SEED = "20261121";

  /** Tables of other keys and columns; the last references itself and so takes another path. */
  private static final List<TableShape> TABLES =
      List.of(
          Given.table("t0", "id int", "a text null", "b text null").shape(),
          Given.table("t1", "a text null", "id int", "k int", "b text null")
              .key("k", "id")
              .unique("a")
              .shape(),
          Given.table("t2", "id int", "b text null", "a text null")
              .references("t2", "b", "id")
              .shape());

  /**
   * A version of a row as the feed has it.
   *
   * @param parts 0 for a delete; else bit 1 for the columns of the first family, 2 for the second
   * @param split whether the families come in messages of their own
   */
  record Version(int table, int id, long time, int parts, boolean split, int value) {
    /** The messages that say it, all of one time. */
    List<Change> messages() {
      String name = "t" + table;
      var key = table == 1 ? key(id % 2, id) : key(id);
      if (parts == 0) {
        return List.of(new Delete(info(name, key, time)));
      }
      List<Object> ids =
          table == 1 ? List.of("id", (Object) id, "k", id % 2) : List.of("id", (Object) id);
      List<Object> first = parts == 2 ? List.of() : List.of("a", "a" + value);
      List<Object> second = parts == 1 ? List.of() : List.of("b", "b" + value);
      if (!split) {
        return List.of(new Upsert(info(name, key, time), row(joined(ids, first, second))));
      }
      List<Change> messages = new ArrayList<>();
      if (!first.isEmpty()) {
        messages.add(
            new Upsert(ofFamily(info(name, key, time), "f1"), row(joined(ids, first, List.of()))));
      }
      if (!second.isEmpty()) {
        messages.add(
            new Upsert(ofFamily(info(name, key, time), "f2"), row(joined(ids, second, List.of()))));
      }
      return messages;
    }

    private static Object[] joined(List<Object> one, List<Object> two, List<Object> three) {
      List<Object> all = new ArrayList<>(one);
      all.addAll(two);
      all.addAll(three);
      return all.toArray();
    }

    String rowId() {
      return table + "/" + (table == 1 ? id % 2 + "," : "") + id;
    }
  }

  /** A feed: what it says first, in order of commit time, and which it says again, and when. */
  record Sent(List<Version> history, List<Integer> again, List<Integer> windows) {

    /** What arrives: after each version perhaps an old one again, as after a restart. */
    List<Change> arrivals() {
      List<Change> arrivals = new ArrayList<>();
      for (int i = 0; i < history.size(); i++) {
        arrivals.addAll(history.get(i).messages());
        int back = i < again.size() ? again.get(i) : 0;
        for (int from = Math.max(0, i + 1 - back); back > 0 && from <= i; from++) {
          arrivals.addAll(history.get(from).messages());
        }
      }
      return arrivals;
    }
  }

  @Provide
  Arbitrary<Sent> whole() {
    return sent(false);
  }

  @Provide
  Arbitrary<Sent> families() {
    return sent(true);
  }

  private static Arbitrary<Sent> sent(boolean split) {
    Arbitrary<Version> version =
        Combinators.combine(
                Arbitraries.integers().between(0, TABLES.size() - 1),
                Arbitraries.integers().between(1, 4),
                Arbitraries.longs().between(1, 20),
                Arbitraries.integers().between(split ? 1 : 0, 3),
                Arbitraries.integers().between(0, 99))
            .as(
                (table, id, time, parts, value) ->
                    new Version(table, id, time, parts, split, value));
    Arbitrary<List<Version>> history =
        version
            .list()
            .ofMaxSize(40)
            .uniqueElements(v -> v.rowId() + "@" + v.time())
            .map(all -> all.stream().sorted(Comparator.comparingLong(Version::time)).toList());
    return Combinators.combine(
            history,
            Arbitraries.integers().between(-8, 8).map(n -> Math.max(n, 0)).list().ofMaxSize(40),
            Arbitraries.integers().between(1, 12).list().ofMinSize(1).ofMaxSize(10))
        .as(Sent::new);
  }

  @Property(seed = SEED)
  @Label("windows with repetitions come to what their changes come to one by one")
  void windowsComeToWhatTheirChangesComeToOneByOne(@ForAll("whole") Sent sent) {
    assertThat(planned(sent)).isEqualTo(oneByOne(sent.history()));
  }

  @Property(seed = SEED)
  @Label("families of a row that come apart at one time come together in the row")
  void familiesComeToWhatTheirChangesComeToOneByOne(@ForAll("families") Sent sent) {
    assertThat(planned(sent)).isEqualTo(oneByOne(sent.history()));
  }

  @Property(seed = SEED)
  @Label("a window given again after its commit is all repetition")
  void windowGivenAgainIsAllRepetition(@ForAll("whole") Sent sent) {
    Planner planner = planner();
    Newest newest = new Newest(1_000);
    Change[] changes = sent.arrivals().toArray(Change[]::new);
    Given.plan(planner, newest, changes).memory().keepIn(newest);
    Plan again = Given.plan(planner, newest, changes);
    assertThat(again.isEmpty()).isTrue();
    assertThat(again.replays()).hasSize(changes.length);
  }

  @Property(seed = SEED)
  @Label("a memory rebuilt from what took effect before judges like the one that was lost")
  void memoryRebuiltFromWhatTookEffectJudgesAlike(@ForAll("whole") Sent sent) {
    List<Change> arrivals = sent.arrivals();
    int before = arrivals.size() * sent.windows().get(0) / 12;
    List<PlanInput> inputs =
        IntStream.range(0, arrivals.size())
            .mapToObj(i -> new PlanInput(arrivals.get(i), i < before))
            .toList();
    Plan afterRestart = planner().plan(inputs, new Newest(1_000), Set.of());

    Planner planner = planner();
    Newest newest = new Newest(1_000);
    Change[] first = arrivals.subList(0, before).toArray(Change[]::new);
    Given.plan(planner, newest, first).memory().keepIn(newest);
    Change[] rest = arrivals.subList(before, arrivals.size()).toArray(Change[]::new);
    Plan goingOn = Given.plan(planner, newest, rest);

    assertThat(Given.texts(afterRestart)).isEqualTo(Given.texts(goingOn));
    assertThat(afterRestart.replays().stream().map(i -> i - before).toList())
        .isEqualTo(goingOn.replays());
  }

  @Property(seed = SEED)
  @Label("every change is in one folded row or among the repetitions, and every row in one step")
  void everyChangeAndEveryRowIsAccountedForOnce(@ForAll("whole") Sent sent) {
    Change[] changes = sent.arrivals().toArray(Change[]::new);
    Plan plan = Given.plan(planner(), changes);
    List<Integer> accounted = new ArrayList<>(plan.replays());
    plan.rows().forEach(row -> accounted.addAll(row.changes()));
    assertThat(accounted)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, changes.length).boxed().toList());
    for (Plan.Rung rung : plan.ladder()) {
      List<Integer> written =
          rung.stages().stream()
              .flatMap(List::stream)
              .filter(step -> !(step instanceof Step.Park))
              .flatMap(step -> step.rows().stream())
              .map(StepRow::change)
              .toList();
      assertThat(written)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, plan.rows().size()).boxed().toList());
    }
  }

  @Property(seed = SEED)
  @Label("what is resolved may be forgotten, since nothing at or below it is planned any more")
  void forgettingTheResolvedChangesNothingAboveIt(
      @ForAll("whole") Sent sent, @ForAll @LongRange(min = 0, max = 21) long resolved) {
    Newest kept = new Newest(1_000);
    Newest forgot = new Newest(1_000);
    Planner planner = planner();
    Change[] changes = sent.arrivals().toArray(Change[]::new);
    Plan plan = Given.plan(planner, changes);
    plan.memory().keepIn(kept);
    plan.memory().keepIn(forgot);
    forgot.forgetUpTo(at(resolved));
    Change[] above =
        Arrays.stream(changes)
            .filter(c -> c.version().isAfter(at(resolved)))
            .toArray(Change[]::new);
    assertThat(Given.plan(planner, forgot, above).replays())
        .isEqualTo(Given.plan(planner, kept, above).replays())
        .hasSize(above.length);
  }

  private static Planner planner() {
    // a delete of two integers does not say which is which before a row has shown it
    Map<String, List<String>> keys = Map.of("t1", List.of("k", "id"));
    return new Planner(
        Given.binder(keys, false, TABLES.toArray(TableShape[]::new)),
        new StepOrder(3, true, (table, column) -> true));
  }

  /** What a database holds after the windows, each written by the first rung. */
  private static Map<String, Map<String, String>> planned(Sent sent) {
    Map<String, Map<String, String>> database = new TreeMap<>();
    Newest newest = new Newest(1_000);
    Planner planner = planner();
    List<Change> arrivals = sent.arrivals();
    int window = 0;
    for (int from = 0; from < arrivals.size(); window++) {
      int size = sent.windows().get(window % sent.windows().size());
      int to = Math.min(arrivals.size(), from + size);
      Plan plan = Given.plan(planner, newest, arrivals.subList(from, to).toArray(Change[]::new));
      if (!plan.isEmpty()) {
        write(plan.ladder().get(0), database);
      }
      plan.memory().keepIn(newest);
      from = to;
    }
    return database;
  }

  private static void write(Plan.Rung rung, Map<String, Map<String, String>> database) {
    Set<String> seen = new HashSet<>();
    for (List<Step> stage : rung.stages()) {
      for (Step step : stage) {
        for (StepRow row : step.rows()) {
          List<ColumnShape> columns =
              step instanceof Step.Upsert upsert ? upsert.columns() : step.table().key();
          Map<String, String> values = new TreeMap<>();
          for (int c = 0; c < columns.size(); c++) {
            values.put(columns.get(c).name(), row.values()[c]);
          }
          String table = step.table().name().name().substring(1);
          String key =
              String.join(",", step.table().key().stream().map(c -> values.get(c.name())).toList());
          String id = table + "/" + key;
          assertThat(seen.add(id)).as("written once").isTrue();
          if (step instanceof Step.Upsert upsert) {
            Map<String, String> stored = database.computeIfAbsent(id, k -> new TreeMap<>());
            upsert.reset().forEach(column -> stored.remove(column.name()));
            stored.putAll(values);
          } else {
            database.remove(id);
          }
        }
      }
    }
  }

  private static Map<String, Map<String, String>> oneByOne(List<Version> history) {
    Map<String, Map<String, String>> database = new TreeMap<>();
    for (Version version : history) {
      for (Change change : version.messages()) {
        if (change instanceof Upsert upsert) {
          Map<String, String> stored =
              database.computeIfAbsent(version.rowId(), k -> new TreeMap<>());
          for (int i = 0; i < upsert.row().names().size(); i++) {
            stored.put(upsert.row().names().get(i), upsert.row().values().get(i).text());
          }
        } else {
          database.remove(version.rowId());
        }
      }
    }
    return database;
  }
}
