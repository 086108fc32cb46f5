package dev.belay.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.init.RollbackOption;
import dev.belay.cli.plan.Answers.Old;
import dev.belay.cli.plan.Answers.Rpo;
import dev.belay.cli.plan.Answers.Rto;
import dev.belay.cli.plan.Answers.Watch;
import dev.belay.cli.plan.Answers.Writers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every combination of answers, which are few enough to go through all. */
class DecisionTest {

  private static List<Answers> all() {
    List<Answers> all = new ArrayList<>();
    for (Rto rto : Rto.values()) {
      for (Rpo rpo : Rpo.values()) {
        for (Writers writers : Writers.values()) {
          for (Watch watch : Watch.values()) {
            for (Old old : Old.values()) {
              for (int bits = 0; bits < 8; bits++) {
                all.add(
                    new Answers(
                        rto,
                        rpo,
                        writers,
                        (bits & 1) > 0,
                        (bits & 2) > 0,
                        (bits & 4) > 0,
                        watch,
                        old));
              }
            }
          }
        }
      }
    }
    return all;
  }

  private static Optional<RollbackOption> way(Answers answers) {
    return Decision.of(answers).recommended();
  }

  @Test
  void eachCombinationGivesOneWayOrAContradictionThatIsTold() {
    assertThat(all()).hasSize(1296).doesNotHaveDuplicates();
    for (Answers answers : all()) {
      Decision decision = Decision.of(answers);
      List<RollbackOption> possible =
          Decision.WAYS.stream().filter(way -> decision.excluded().get(way).isEmpty()).toList();
      assertThat(decision.recommended()).as("%s", answers).isEqualTo(possible.stream().findFirst());
      assertThat(decision.reasons().isEmpty()).isEqualTo(possible.isEmpty());
      assertThat(decision.against().keySet())
          .as("each of the others has what speaks against it: %s", answers)
          .containsExactlyInAnyOrderElementsOf(
              Decision.WAYS.stream()
                  .filter(way -> !Optional.of(way).equals(decision.recommended()))
                  .toList());
      assertThat(decision.against().values()).allSatisfy(texts -> assertThat(texts).isNotEmpty());
      assertThat(decision.nearest()).isNotEmpty();
    }
  }

  /** Worded as the page of the rollback plan has it, and not as the rules are written. */
  @Test
  void noCombinationGetsAWayThatThePageWarnsOf() {
    for (Answers answers : all()) {
      Optional<RollbackOption> way = way(answers);
      if (!answers.kafkaConnect()) {
        assertThat(way).as("%s", answers).isIn(none(), one(RollbackOption.MANUAL));
      }
      if (answers.writers() == Writers.BOTH) {
        assertThat(way).as("%s", answers).isIn(none(), one(RollbackOption.BIDIRECTIONAL));
      }
      if (answers.rpo() == Rpo.NOTHING) {
        assertThat(way).as("%s", answers).isIn(none(), one(RollbackOption.DUAL_WRITE));
      }
      if (answers.watch() == Watch.NOBODY) {
        assertThat(way).as("%s", answers).isIn(none(), one(RollbackOption.MANUAL));
      }
      if (answers.old() == Old.OTHER) {
        assertThat(way).as("%s", answers).isIn(none(), one(RollbackOption.FAILBACK));
      }
      if (!answers.applicationCanChange()) {
        assertThat(way).as("%s", answers).isNotEqualTo(one(RollbackOption.DUAL_WRITE));
      }
      if (answers.rto() == Rto.NOW) {
        assertThat(way)
            .as("%s", answers)
            .isNotIn(one(RollbackOption.FAILBACK), one(RollbackOption.MANUAL));
      }
      boolean ordinary =
          answers.writers() == Writers.ONE
              && answers.rto() != Rto.NOW
              && answers.rpo() != Rpo.NOTHING
              && answers.kafkaConnect()
              && answers.watch() != Watch.NOBODY;
      assertThat(way.equals(one(RollbackOption.FAILBACK))).as("%s", answers).isEqualTo(ordinary);
    }
  }

  private static Optional<RollbackOption> none() {
    return Optional.empty();
  }

  private static Optional<RollbackOption> one(RollbackOption way) {
    return Optional.of(way);
  }

  /** More time, more loss, more watch: never less that is possible. */
  @Test
  void whoAsksForLessDoesNotGetAContradiction() {
    for (Answers answers : all()) {
      if (way(answers).isPresent()) {
        assertThat(easier(answers)).allMatch(less -> way(less).isPresent(), "for " + answers);
      }
    }
  }

  private static Stream<Answers> easier(Answers a) {
    boolean same = a.sameKeys();
    boolean change = a.applicationCanChange();
    List<Answers> less = new ArrayList<>();
    for (Rto rto : Rto.values()) {
      if (rto.compareTo(a.rto()) > 0 && a.writers() == Writers.BOTH) {
        less.add(
            new Answers(
                rto, a.rpo(), a.writers(), same, change, a.kafkaConnect(), a.watch(), a.old()));
      }
    }
    for (Rpo rpo : Rpo.values()) {
      if (rpo.compareTo(a.rpo()) > 0) {
        less.add(
            new Answers(
                a.rto(), rpo, a.writers(), same, change, a.kafkaConnect(), a.watch(), a.old()));
      }
    }
    for (Watch watch : Watch.values()) {
      if (watch.compareTo(a.watch()) > 0) {
        less.add(
            new Answers(
                a.rto(), a.rpo(), a.writers(), same, change, a.kafkaConnect(), watch, a.old()));
      }
    }
    less.add(
        new Answers(
            a.rto(), a.rpo(), a.writers(), false, change, a.kafkaConnect(), a.watch(), a.old()));
    less.add(
        new Answers(
            a.rto(), a.rpo(), a.writers(), same, true, a.kafkaConnect(), a.watch(), a.old()));
    less.add(new Answers(a.rto(), a.rpo(), a.writers(), same, change, true, a.watch(), a.old()));
    return less.stream();
  }

  @Test
  void everyRuleDecidesSomewhereAlone() {
    Map<Rule, Integer> alone = new HashMap<>();
    for (Answers answers : all()) {
      Decision.of(answers)
          .excluded()
          .values()
          .forEach(
              rules -> {
                if (rules.size() == 1) {
                  alone.merge(rules.get(0), 1, Integer::sum);
                }
              });
    }
    assertThat(alone.keySet()).containsExactlyInAnyOrderElementsOf(Rule.ALL);
  }

  @Test
  void everyWayIsRecommendedToSomebody() {
    assertThat(all().stream().map(DecisionTest::way).flatMap(Optional::stream).distinct())
        .containsExactlyInAnyOrderElementsOf(Decision.WAYS);
  }
}
