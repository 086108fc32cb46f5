package dev.belay.cli.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepJournalTest {
  private static final Map<String, String> OURS = Map.of("rollback", "shop-failback");

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("journal.jsonl");
  }

  @Test
  void whatIsDoneIsDoneForTheNextProcess() throws IOException {
    try (StepJournal journal = StepJournal.open(file, OURS)) {
      journal.done("time", "17.0000000000");
      assertThat(journal.value("time")).contains("17.0000000000");
    }
    try (StepJournal journal = StepJournal.open(file, OURS)) {
      assertThat(journal.value("time")).contains("17.0000000000");
      assertThat(journal.value("stopped")).isEmpty();
    }
  }

  @Test
  void aLineThatWasCutOffWasNotDoneAndHarmsNoOther() throws IOException {
    try (StepJournal journal = StepJournal.open(file, OURS)) {
      journal.done("look", "");
      journal.done("time", "17.0000000000");
    }
    String whole = Files.readString(file);
    int lastLine = whole.lastIndexOf('\n', whole.length() - 2) + 1;
    for (int cut = lastLine; cut < whole.length(); cut++) {
      Files.writeString(file, whole.substring(0, cut));
      try (StepJournal journal = StepJournal.open(file, OURS)) {
        assertThat(journal.value("look")).as("cut at %d", cut).isPresent();
        assertThat(journal.value("time")).as("cut at %d", cut).isEmpty();
        journal.done("time", "18.0000000000");
      }
      try (StepJournal journal = StepJournal.open(file, OURS)) {
        assertThat(journal.value("time")).as("cut at %d", cut).contains("18.0000000000");
      }
    }
  }

  @Test
  void evenItsHeadMayBeCutOff() throws IOException {
    StepJournal.open(file, OURS).close();
    String head = Files.readString(file);
    Files.writeString(file, head.substring(0, head.length() / 2));
    try (StepJournal journal = StepJournal.open(file, OURS)) {
      journal.done("look", "");
    }
    assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo(head.strip());
  }

  @Test
  void nothingIsDoneAfterAgain() throws IOException {
    try (StepJournal journal = StepJournal.open(file, OURS)) {
      journal.done("proved", "{}");
      journal.again("somebody wrote");
      assertThat(journal.value("proved")).isEmpty();
    }
    try (StepJournal journal = StepJournal.open(file, OURS)) {
      assertThat(journal.value("proved")).isEmpty();
    }
  }

  @Test
  void thatOfAnotherIsRefused() throws IOException {
    StepJournal.open(file, Map.of("rollback", "other")).close();
    assertThatThrownBy(() -> StepJournal.open(file, OURS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is the journal of another rollback")
        .hasMessageContaining("--journal");
    Files.writeString(file, "no JSON\n");
    assertThatThrownBy(() -> StepJournal.open(file, OURS))
        .hasMessageContaining("is no journal of this command");
    assertThat(file).hasContent("no JSON\n");
    Files.writeString(file, "a secret without a line's end");
    assertThatThrownBy(() -> StepJournal.open(file, OURS))
        .hasMessageContaining("is no journal of this command");
    assertThat(file).hasContent("a secret without a line's end");
  }

  @Test
  void twoAtATimeAreRefused() throws IOException {
    try (StepJournal first = StepJournal.open(file, OURS)) {
      assertThatThrownBy(() -> StepJournal.open(file, OURS))
          .hasMessageContaining("is in use: another command is at it");
      first.done("look", "");
    }
    StepJournal.open(file, OURS).close();
  }
}
