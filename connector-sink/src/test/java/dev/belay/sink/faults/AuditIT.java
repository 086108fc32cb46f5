package dev.belay.sink.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The audit says what the meters of a task say that nobody kills, and finds what is wrong. */
@Tag("any-target")
class AuditIT extends TaskCase {
  private static final String MOVE = "UPDATE belay.belay_checkpoint SET ";

  private Bank bank;

  @BeforeEach
  void makeBank() throws SQLException {
    Bank.makeTables(db);
    AuditTables.install(db, Bank.tables());
    bank = new Bank(feed, 1);
    bank.makeTopics();
  }

  @Test
  void theMetersOfAConsistentTaskAddUpToWhatTheAuditFinds() {
    try (TaskHarness task = applied("consistent")) {
      Audit.Account account = audit("consistent");
      assertThat(
              Map.of(
                  "applied", task.count("applied-total"),
                  "folded", task.count("folded-total"),
                  "replayed", task.count("replayed-total"),
                  "resolved", task.count("resolved-messages-total")))
          .isEqualTo(
              Map.of(
                  "applied", account.applied(),
                  "folded", account.superseded(),
                  "replayed", account.repeated(),
                  "resolved", account.resolved()));
      assertThat(account.superseded()).isPositive();
      assertThat(account.repeated()).isPositive();
    }
  }

  /** What is old and what is folded depends there on how the records came in batches. */
  @Test
  void theMetersOfAnImmediateTaskAddUpToWhatTheAuditFinds() {
    try (TaskHarness task = applied("immediate")) {
      Audit.Account account = audit("immediate");
      assertThat(task.count("applied-total")).isEqualTo(account.applied());
      assertThat(task.count("folded-total") + task.count("replayed-total"))
          .isEqualTo(account.superseded() + account.repeated());
      assertThat(task.count("resolved-messages-total")).isEqualTo(account.resolved());
    }
  }

  @Test
  void aRecordThatWasReportedIsAccountedFor() {
    try (TaskHarness task =
        bankTask()
            .reporter((record, error) -> CompletableFuture.completedFuture(null))
            .set("delivery.mode", "consistent")
            .start()) {
      long offset = feed.raw("entry", 0, "[1]", "not JSON");
      bank.open();
      untilDone(task);
      FeedLog log = log();
      assertThat(
              Audit.of(
                      log, AuditTables.read(db), Set.of(feed.topic("entry") + "-0@" + offset), true)
                  .reported())
          .isEqualTo(task.count("rejected-total"));
      assertThatThrownBy(() -> Audit.of(log, AuditTables.read(db), Set.of(), true))
          .hasMessageContaining("not in effect");
    }
  }

  @Test
  void whatIsWrongInAConsistentTargetIsFound() {
    applied("consistent").close();
    audit("consistent");
    Map<String, String> sabotages = new LinkedHashMap<>();
    sabotages.put("UPDATE account SET v = v WHERE id = 1", "written and not due");
    sabotages.put("DELETE FROM entry WHERE id = 50", "written and not due");
    sabotages.put("DELETE FROM audit_row WHERE k = 'account 1'", "due and not written");
    sabotages.put(MOVE + "sequence = sequence + 1, applied_offset = 1", "a position goes back");
    sabotages.put(
        MOVE + "sequence = sequence + 1, applied_offset = applied_offset + 1",
        "and its position is");
    sabotages.put(MOVE + "sequence = sequence", "a position goes back");
    assertFound("consistent", sabotages);
  }

  @Test
  void whatIsWrongInAnImmediateTargetIsFound() {
    applied("immediate").close();
    audit("immediate");
    Map<String, String> sabotages = new LinkedHashMap<>();
    sabotages.put("UPDATE account SET v = v WHERE id = 1", "written after version");
    sabotages.put("UPDATE account SET v = v WHERE id = 2", "rows without a position");
    sabotages.put("UPDATE account SET v = v + 1 WHERE id = 1", "in no topic");
    sabotages.put("DELETE FROM entry WHERE id = 50", "no delete in any topic");
    sabotages.put("DELETE FROM audit_row WHERE k = 'account 1'", "not in effect");
    assertFound("immediate", sabotages);
  }

  private void assertFound(String mode, Map<String, String> sabotages) {
    db.sql(
        "CREATE TABLE kept_row AS SELECT * FROM audit_row",
        "CREATE TABLE kept_position AS SELECT * FROM audit_position");
    FeedLog log = log();
    SoftAssertions all = new SoftAssertions();
    sabotages.forEach(
        (sabotage, finding) -> {
          db.sql(sabotage);
          all.assertThatThrownBy(() -> audit(log, mode))
              .as(sabotage)
              .isInstanceOf(AssertionError.class)
              .hasMessageContaining(finding);
          db.sql(
              "DELETE FROM audit_row",
              "DELETE FROM audit_position",
              "INSERT INTO audit_row SELECT * FROM kept_row",
              "INSERT INTO audit_position SELECT * FROM kept_position");
        });
    all.assertAll();
  }

  private TaskHarness applied(String mode) {
    TaskHarness task = bankTask().set("delivery.mode", mode).start();
    bank.open();
    bank.transactions(4);
    untilDone(task);
    bank.transactions(22);
    untilDone(task);
    return task;
  }

  private void untilDone(TaskHarness task) {
    untilFrontier(task, bank.now());
    FeedLog log = log();
    task.until("all positions are at the ends", () -> log.isCoveredBy(db, task.connector()));
    // what a writing thread has done is counted at the next step
    task.steps(2);
  }

  private TaskHarness.Builder bankTask() {
    return TaskHarness.of(PARTS, feed, db, Bank.tables().toArray(String[]::new));
  }

  private FeedLog log() {
    return FeedLog.read(PARTS.bootstrapServers(), feed, Bank.tables());
  }

  private Audit.Account audit(String mode) {
    return audit(log(), mode);
  }

  private Audit.Account audit(FeedLog log, String mode) {
    return Audit.of(log, AuditTables.read(db), Set.of(), mode.equals("consistent"));
  }
}
