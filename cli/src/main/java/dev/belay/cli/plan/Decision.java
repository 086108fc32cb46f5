package dev.belay.cli.plan;

import dev.belay.cli.init.RollbackOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which way back fits. A pure function of the answers.
 *
 * @param recommended empty if the answers leave none
 * @param reasons for the one that is recommended; empty if there is none
 * @param against what speaks against each of the others: why it is excluded, or why it is not the
 *     first choice
 * @param excluded the rules that exclude a way, by the way; none for one that is possible
 */
record Decision(
    Optional<RollbackOption> recommended,
    List<String> reasons,
    Map<RollbackOption, List<String>> against,
    Map<RollbackOption, List<Rule>> excluded) {

  /** What comes first is preferred where several are possible. */
  static final List<RollbackOption> WAYS =
      List.of(
          RollbackOption.FAILBACK,
          RollbackOption.BIDIRECTIONAL,
          RollbackOption.DUAL_WRITE,
          RollbackOption.MANUAL);

  static Decision of(Answers answers) {
    Map<RollbackOption, List<Rule>> excluded = new EnumMap<>(RollbackOption.class);
    for (RollbackOption way : WAYS) {
      excluded.put(
          way,
          Rule.ALL.stream()
              .filter(rule -> rule.way() == way && rule.excludes().test(answers))
              .toList());
    }
    Optional<RollbackOption> first =
        WAYS.stream().filter(way -> excluded.get(way).isEmpty()).findFirst();
    Map<RollbackOption, List<String>> against = new EnumMap<>(RollbackOption.class);
    for (RollbackOption way : WAYS) {
      if (first.isPresent() && first.get() == way) {
        continue;
      }
      List<String> texts = new ArrayList<>();
      excluded.get(way).forEach(rule -> texts.add(rule.reason()));
      if (texts.isEmpty()) {
        texts.add("Possible, and not the first choice: " + price(way));
      }
      against.put(way, List.copyOf(texts));
    }
    return new Decision(
        first, first.map(way -> reasons(way, answers)).orElse(List.of()), against, excluded);
  }

  /** The ways that the fewest answers exclude, for those whose answers exclude all. */
  List<RollbackOption> nearest() {
    int fewest = excluded.values().stream().mapToInt(List::size).min().orElse(0);
    return WAYS.stream().filter(way -> excluded.get(way).size() == fewest).toList();
  }

  /** What a way costs beside one that comes before it. */
  private static String price(RollbackOption way) {
    return switch (way) {
      case FAILBACK, FORWARD -> throw new IllegalStateException("nothing comes before " + way);
      case BIDIRECTIONAL ->
          "four connectors instead of two, and two databases decide about one row.";
      case DUAL_WRITE ->
          "the application has to write twice, and the databases drift apart where one of the two writes"
              + " fails.";
      case MANUAL ->
          "the application is down for as long as comparing and repairing takes, and nothing is kept if"
              + " CockroachDB is gone.";
    };
  }

  private static List<String> reasons(RollbackOption way, Answers answers) {
    List<String> reasons = new ArrayList<>();
    switch (way) {
      case FAILBACK -> {
        reasons.add("Users write CockroachDB alone, and the old database follows a moment behind.");
        reasons.add("It asks nothing of the application, and two connectors of the operators.");
        if (answers.rpo() == Answers.Rpo.ALL) {
          reasons.add(
              "It keeps more than was asked for: a feed that runs is the better insurance.");
        }
      }
      case BIDIRECTIONAL -> {
        reasons.add(
            answers.writers() == Answers.Writers.BOTH
                ? "Users write both databases, and each gets what the other got."
                : "Nobody may wait for the way back, and users of the old database need not.");
        reasons.add(
            answers.writers() == Answers.Writers.BOTH && answers.sameKeys()
                ? "Two writers touch one row: the later commit stands, by the clocks of both servers"
                    + " (conflict.policy=newest). Rules over several rows hold on each side only."
                : "No two writers touch one row, so that conflicts are accidents, and counted.");
      }
      case DUAL_WRITE -> {
        reasons.add(
            answers.rpo() == Answers.Rpo.NOTHING
                ? "Nothing may be lost though CockroachDB is gone at once: the old database has to have"
                    + " each change when the application goes on."
                : "Nobody may wait for the way back, and the old database has everything already.");
        reasons.add("The application can change; a standby lets it end the second write again.");
      }
      case MANUAL -> {
        reasons.add(
            "It is all that can be had of these answers, and it needs nothing until the day.");
        reasons.add(
            "There is time to compare and to repair, and what is lost with CockroachDB may be lost.");
      }
      case FORWARD -> throw new IllegalStateException("no way back");
    }
    return List.copyOf(reasons);
  }
}
