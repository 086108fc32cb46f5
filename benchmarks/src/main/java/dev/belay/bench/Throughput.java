package dev.belay.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One contestant after another on the same changes. */
final class Throughput {

  private final Workload workload;
  private final Workload warmUp;
  private final List<Contestant> contestants;
  private final Path plugins;
  private final String profiles;
  private final PrintWriter out;

  /**
   * @param profiles folder for flight recordings; empty for none
   * @param out told what goes on
   */
  Throughput(
      Workload workload,
      Workload warmUp,
      List<Contestant> contestants,
      Path plugins,
      String profiles,
      PrintWriter out) {
    this.workload = workload;
    this.warmUp = warmUp;
    this.contestants = contestants;
    this.plugins = plugins;
    this.profiles = profiles;
    this.out = out;
  }

  /** All results, in the order of the run, and what the table had to hold. */
  record Outcome(Workload workload, Fingerprint expected, List<Result> results) {

    boolean allRight() {
      return results.stream().allMatch(this::isRight);
    }

    boolean isRight(Result result) {
      return result.found().equals(expected);
    }

    String text() {
      return new ResultTable(this).text() + Bars.of(results).text();
    }

    ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("changes", workload.changes()).put("keys", workload.keys());
      json.put("deletes", workload.deletes()).put("seed", workload.seed());
      json.put("allRowsRight", allRight());
      json.set("contestants", new ResultTable(this).json());
      json.set("bars", Bars.of(results).json());
      return json;
    }
  }

  Outcome run() throws IOException, SQLException {
    Fingerprint expected = Fingerprint.expected(workload);
    List<Result> results = new ArrayList<>();
    try (Stage stage = Stage.start()) {
      fill(stage);
      Race race = new Race(stage, warmUp, workload, plugins, profiles);
      for (Contestant contestant : contestants) {
        out.println("Running " + contestant.name() + ": " + contestant.description());
        results.add(contestant.run(race));
        race.recording(contestant.name())
            .filter(recording -> recording.toFile().exists())
            .ifPresent(recording -> out.print(Profile.of(recording).text()));
      }
    }
    return new Outcome(workload, expected, results);
  }

  private void fill(Stage stage) {
    try (Prefill prefill = new Prefill(stage.kafka().bootstrapServers())) {
      if (contestants.stream().anyMatch(c -> c instanceof BelayContestant)) {
        out.println("Filling the topics of a changefeed");
        prefill.fill(Prefill.Form.CHANGEFEED, warmUp);
        prefill.fill(Prefill.Form.CHANGEFEED, workload);
      }
      if (contestants.stream().anyMatch(c -> c instanceof DebeziumContestant)) {
        out.println("Filling the topics of Debezium");
        prefill.fill(Prefill.Form.DEBEZIUM, warmUp);
        prefill.fill(Prefill.Form.DEBEZIUM, workload);
      }
    }
  }
}
