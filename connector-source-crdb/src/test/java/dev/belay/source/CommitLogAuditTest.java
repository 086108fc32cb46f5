package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.CommitLogAudit.Message;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The audit finds each kind of fault, and nothing where there is none. */
class CommitLogAuditTest {
  private static final TableShape TABLE =
      new TableShape(1, "defaultdb", "public", "t", List.of(column("id"), column("n")), List.of(0));

  private final List<Entry> log = new ArrayList<>();
  private final List<Message> topic = new ArrayList<>();

  CommitLogAuditTest() {
    commit(1, 1, 10);
    commit(2, 2, 20);
    commit(5, 1, 11);
    delete(6, 2, 20);
    commit(7, 1, 12);
    // what a feed that scanned at 3 sends
    row(3, 1, "10");
    row(3, 2, "20");
    row(5, 1, "11");
    resolved(5);
    row(6, 2, null);
    row(7, 1, "12");
    resolved(7);
  }

  @Test
  void aTopicThatHasEverythingIsSound() {
    assertThat(audit()).isEmpty();
  }

  @Test
  void repetitionsAreNoFaultHoweverTheyCome() {
    row(5, 1, "11");
    row(7, 1, "12");
    resolved(5);
    row(3, 2, "20");
    assertThat(audit()).isEmpty();
  }

  @Test
  void aMissingVersionIsFound() {
    topic.remove(2);
    assertThat(audit()).singleElement().asString().contains("missing", "[1]");
  }

  @Test
  void aMissingDeleteIsFound() {
    topic.remove(4);
    assertThat(audit()).singleElement().asString().contains("missing", "[2]");
  }

  @Test
  void aRowThatTheScanLeftOutIsFound() {
    topic.remove(1);
    assertThat(audit()).singleElement().asString().contains("missing", "[2]");
  }

  @Test
  void aRowThatNobodyCommittedIsFound() {
    topic.remove(6);
    row(8, 1, "12");
    row(8, 3, "1");
    resolved(8);
    assertThat(audit()).hasSize(2).allMatch(finding -> finding.contains("never committed"));
  }

  @Test
  void anotherValueThanTheCommittedIsFound() {
    topic.remove(5);
    row(7, 1, "13");
    assertThat(audit()).anyMatch(finding -> finding.contains("not as it was committed"));
  }

  @Test
  void versionsInTheWrongOrderAreFound() {
    Message older = topic.remove(2);
    topic.remove(2);
    topic.add(4, older);
    assertThat(audit()).singleElement().asString().contains("out of order", "[1]");
  }

  @Test
  void aRowBelowAResolvedTimeIsFoundUnlessItIsARepetition() {
    Message row = topic.remove(5);
    topic.add(row);
    assertThat(audit()).singleElement().asString().contains("not promised", "[1]");
  }

  private List<String> audit() {
    return new CommitLogAudit(log, "t", Set.of(new Hlc(3, 0)), new Hlc(3, 0), new Hlc(7, 0))
        .findings(topic);
  }

  private void commit(long time, int id, int n) {
    entry(time, new RowChange(TABLE, Optional.empty(), Optional.of(image(id, n))));
  }

  private void delete(long time, int id, int n) {
    entry(time, new RowChange(TABLE, Optional.of(image(id, n)), Optional.empty()));
  }

  private void entry(long time, RowChange change) {
    log.add(new Entry(new Hlc(time, 0), 1, false, List.of(change), List.of(), List.of()));
  }

  private static Row image(int id, int n) {
    return Row.of(List.of(Optional.of("" + id), Optional.of("" + n)));
  }

  private void row(long time, int id, String n) {
    String after = n == null ? "null" : "{\"id\": " + id + ", \"n\": " + n + "}";
    topic.add(
        new Message(
            0,
            "[" + id + "]",
            "{\"after\": " + after + ", \"updated\": \"" + new Hlc(time, 0) + "\"}"));
  }

  private void resolved(long time) {
    topic.add(new Message(0, "", "{\"resolved\":\"" + new Hlc(time, 0) + "\"}"));
  }

  private static Column column(String name) {
    return new Column(name, SqlType.of(SqlType.Kind.INT), false);
  }
}
