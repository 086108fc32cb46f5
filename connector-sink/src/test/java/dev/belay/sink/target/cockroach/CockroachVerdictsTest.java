package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.pgwire.VerdictTable;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CockroachVerdictsTest {

  @ParameterizedTest
  @CsvSource({
    "40000, TRANSIENT, false", "40001, TRANSIENT, false", "40002, TRANSIENT, false",
    "40003, TRANSIENT, true", "55P03, TRANSIENT, false", "55006, TRANSIENT, false",
    "55000, TRANSIENT, false", "55C01, TRANSIENT, false", "53000, TRANSIENT, false",
    "53200, TRANSIENT, false", "53300, TRANSIENT, true", "57014, TRANSIENT, false",
    "57P01, TRANSIENT, true", "57P02, TRANSIENT, true", "57P03, TRANSIENT, true",
    "57P05, TRANSIENT, true", "57000, FATAL, false", "25006, TRANSIENT, true",
    "25P02, TRANSIENT, false", "25P03, TRANSIENT, true", "25P04, TRANSIENT, true",
    "25001, FATAL, false", "08001, TRANSIENT, true", "08006, TRANSIENT, true",
    "26000, TRANSIENT, true", "58C00, TRANSIENT, true", "58C01, TRANSIENT, true",
    "58000, FATAL, false", "23503, DEFERRABLE, false", "23505, DEFERRABLE, false",
    "23000, POISON, false", "23502, POISON, false", "23514, POISON, false",
    "22001, POISON, false", "22P02, POISON, false", "42804, POISON, false",
    "44000, POISON, false", "54000, POISON, false", "P0000, POISON, false",
    "P0001, POISON, false", "21000, FATAL, false", "42601, FATAL, false",
    "42P01, FATAL, false", "42703, FATAL, false", "42501, FATAL, false",
    "428C9, FATAL, false", "42P10, FATAL, false", "42P05, FATAL, false",
    "3F000, FATAL, false", "3D000, FATAL, false", "28000, FATAL, false",
    "0A000, FATAL, false", "55001, FATAL, false", "54001, FATAL, false",
    "XXC02, FATAL, false", "XX000, FATAL, false", "XXUUU, FATAL, false",
    "ZZ999, FATAL, false"
  })
  void everyLineOfTheTable(String code, Verdict verdict, boolean lost) {
    TargetFault fault = CockroachVerdicts.judge(new SQLException("secret", code));

    assertThat(fault.verdict()).isEqualTo(verdict);
    assertThat(fault.connectionLost()).isEqualTo(lost);
    assertThat(fault.code()).isEqualTo(code);
    assertThat(fault.describe()).contains(code).doesNotContain("secret");
  }

  @Test
  void everyLineSaysWhatAndWhyAndIsReached() {
    for (VerdictTable.Line line : CockroachVerdicts.TABLE) {
      assertThat(line.summary()).isNotBlank();
      assertThat(line.reason()).isNotBlank();
      String code = line.code().length() == 2 ? line.code() + "ZZZ" : line.code();
      assertThat(CockroachVerdicts.of(code)).isSameAs(line);
    }
  }

  /** What is done again at once, and what is resolved by another order. */
  @Test
  void restartsAreContentionAndClashesAreCollisions() {
    assertThat(CockroachVerdicts.judge(new SQLException("", "40001")).matter())
        .isEqualTo(Matter.CONTENTION);
    assertThat(CockroachVerdicts.judge(new SQLException("", "23505")).matter())
        .isEqualTo(Matter.COLLISION);
    assertThat(CockroachVerdicts.judge(new SQLException("", "42501")).matter())
        .isEqualTo(Matter.RIGHTS);
  }
}
