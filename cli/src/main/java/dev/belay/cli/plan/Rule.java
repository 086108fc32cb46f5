package dev.belay.cli.plan;

import dev.belay.cli.init.RollbackOption;
import dev.belay.cli.plan.Answers.Old;
import dev.belay.cli.plan.Answers.Rpo;
import dev.belay.cli.plan.Answers.Rto;
import dev.belay.cli.plan.Answers.Watch;
import dev.belay.cli.plan.Answers.Writers;
import java.util.List;
import java.util.function.Predicate;

/**
 * Something that excludes a way back.
 *
 * @param answer the option of the command whose answer it is
 * @param reason for a person
 */
record Rule(RollbackOption way, String answer, Predicate<Answers> excludes, String reason) {

  /** All of them. What none of them excludes is possible. */
  static final List<Rule> ALL =
      List.of(
          new Rule(
              RollbackOption.FAILBACK,
              "--writers",
              answers -> answers.writers() == Writers.BOTH,
              "Users write the old database too, and there nobody but the sink may."),
          new Rule(
              RollbackOption.FAILBACK,
              "--rto",
              answers -> answers.rto() == Rto.NOW,
              "To drain it and to stop its connectors takes seconds, and somebody who does it."),
          new Rule(
              RollbackOption.FAILBACK,
              "--rpo",
              answers -> answers.rpo() == Rpo.NOTHING,
              "What is under way is lost if CockroachDB is gone at once: a second or two of writes."),
          new Rule(
              RollbackOption.FAILBACK,
              "--kafka-connect",
              answers -> !answers.kafkaConnect(),
              "Its two connectors run in Kafka Connect."),
          new Rule(
              RollbackOption.FAILBACK,
              "--watch",
              answers -> answers.watch() == Watch.NOBODY,
              "A feed that stands still for longer than CockroachDB keeps old versions is no way back"
                  + " any more, and nobody would notice."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--writers",
              answers -> answers.writers() == Writers.ONE && answers.rto() != Rto.NOW,
              "Users write one database: four connectors and rules for conflicts would be for nothing."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--rpo",
              answers -> answers.rpo() == Rpo.NOTHING,
              "What is under way is lost if CockroachDB is gone at once: a second or two of writes."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--kafka-connect",
              answers -> !answers.kafkaConnect(),
              "Its four connectors run in Kafka Connect."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--watch",
              answers -> answers.watch() == Watch.NOBODY,
              "Both databases drift apart where one of four connectors stands still, and nobody would"
                  + " notice."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--same-keys",
              answers ->
                  answers.writers() == Writers.BOTH
                      && answers.sameKeys()
                      && answers.watch() == Watch.DAYTIME,
              "Two writers touch one row, so that conflicts come at any hour, and are watched by day"
                  + " alone."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--old-database",
              answers -> answers.old() == Old.OLDER_POSTGRESQL,
              "Before PostgreSQL 14 a role cannot mark what it writes, so that changes would go round."),
          new Rule(
              RollbackOption.BIDIRECTIONAL,
              "--old-database",
              answers -> answers.old() == Old.OTHER,
              "Rows are compared before they are written in PostgreSQL alone, and no files are written"
                  + " for others."),
          new Rule(
              RollbackOption.DUAL_WRITE,
              "--application-can-change",
              answers -> !answers.applicationCanChange(),
              "The application would have to write both databases, and give all values itself."),
          new Rule(
              RollbackOption.DUAL_WRITE,
              "--writers",
              answers -> answers.writers() == Writers.BOTH,
              "Users who are on one database each do not write through one application."),
          new Rule(
              RollbackOption.DUAL_WRITE,
              "--kafka-connect",
              answers -> !answers.kafkaConnect(),
              "Its standby runs in Kafka Connect, and without it the second write can never end."),
          new Rule(
              RollbackOption.DUAL_WRITE,
              "--watch",
              answers -> answers.watch() == Watch.NOBODY,
              "Nothing makes both writes one transaction: somebody has to compare again and again."),
          new Rule(
              RollbackOption.DUAL_WRITE,
              "--old-database",
              answers -> answers.old() == Old.OTHER,
              "The standby has to compare rows before it writes them, which it does in PostgreSQL"
                  + " alone."),
          new Rule(
              RollbackOption.MANUAL,
              "--rto",
              answers -> answers.rto() != Rto.HOURS,
              "The application is down while rows are compared and repaired, which grows with the"
                  + " tables."),
          new Rule(
              RollbackOption.MANUAL,
              "--rpo",
              answers -> answers.rpo() != Rpo.ALL,
              "If CockroachDB is gone at once, all that was written since the cutover is gone."),
          new Rule(
              RollbackOption.MANUAL,
              "--writers",
              answers -> answers.writers() == Writers.BOTH,
              "What users write in the old database alone would be taken for a difference, and taken"
                  + " away."),
          new Rule(
              RollbackOption.MANUAL,
              "--old-database",
              answers -> answers.old() == Old.OTHER,
              "Its playbook brings rows by psql, to PostgreSQL alone."));
}
