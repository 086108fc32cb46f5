package dev.belay.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One contestant after another on the same changes and servers.
 *
 * @param engine the database
 * @param tuning what is different from the usual set-up
 * @param profiles folder for flight recordings; empty for none
 * @param out told what goes on
 */
record Throughput(Engine engine, Path plugins, Tuning tuning, String profiles, PrintWriter out) {

  /**
   * One turn of one contestant.
   *
   * @param label what the result is called
   * @param delay added to each round trip between a connector and the database
   */
  record Turn(String label, Contestant contestant, List<Workload> workloads, Duration delay) {

    static Turn of(Contestant contestant, Workload workload) {
      return new Turn(contestant.name(), contestant, List.of(workload), Duration.ZERO);
    }
  }

  /** A result, and whether the rows were what the changes say. */
  record Judged(Result result, boolean isRight) {}

  /** All results, in the order of the turns. */
  record Outcome(List<Judged> judged) {

    /** Above this share of the machine for others, a broker alone is no explanation. */
    static final double QUIET = 0.25;

    /** Whether nobody else was at work to speak of. */
    boolean isQuiet() {
      return results().stream().allMatch(result -> result.othersShare() <= QUIET);
    }

    boolean allRight() {
      return judged.stream().allMatch(Judged::isRight);
    }

    List<Result> results() {
      return judged.stream().map(Judged::result).toList();
    }

    String text() {
      String table = new ResultTable(judged).text();
      return isQuiet()
          ? table
          : table
              + "Others were at work on this machine: changes/s are too low, and ratios doubtful."
              + " CPU per change holds better.\n\n";
    }

    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("allRowsRight", allRight());
      json.set("contestants", new ResultTable(judged).json());
      return json;
    }
  }

  /** Fills the topics and lets everybody run. */
  Outcome run(Workload warmUp, List<Turn> turns) throws IOException, SQLException {
    List<Judged> judged = new ArrayList<>();
    try (Stage stage = Stage.start(engine)) {
      fill(stage, warmUp, turns);
      for (Turn turn : turns) {
        out.println("Running " + turn.label() + ": " + turn.contestant().description());
        Race race =
            new Race(stage, warmUp, turn.workloads(), turn.delay(), plugins, tuning, profiles);
        Result result = turn.contestant().run(race).as(turn.label());
        boolean right = result.found().equals(Fingerprint.expected(engine, turn.workloads()));
        judged.add(new Judged(result, right));
        race.recording(turn.contestant().name())
            .filter(recording -> recording.toFile().exists())
            .ifPresent(recording -> out.print(Profile.of(recording).text()));
      }
    }
    return new Outcome(judged);
  }

  private void fill(Stage stage, Workload warmUp, List<Turn> turns) {
    try (Prefill prefill = new Prefill(stage.kafka().bootstrapServers())) {
      for (Prefill.Form form : Prefill.Form.values()) {
        List<Workload> wanted =
            turns.stream()
                .filter(turn -> turn.contestant().reads().contains(form))
                .flatMap(turn -> turn.workloads().stream())
                .distinct()
                .toList();
        if (!wanted.isEmpty()) {
          out.println("Filling topics, " + form.words());
          prefill.fill(form, warmUp);
          wanted.forEach(workload -> prefill.fill(form, workload));
        }
      }
    }
  }
}
