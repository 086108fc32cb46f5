package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.pgwire.VerdictTable;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class PostgresVerdictsTest {

  @ParameterizedTest
  @CsvSource({
    "40000, TRANSIENT, false", "40001, TRANSIENT, false", "40002, TRANSIENT, false",
    "40P01, TRANSIENT, false", "40003, TRANSIENT, true", "55P03, TRANSIENT, false",
    "55006, TRANSIENT, false", "55P04, TRANSIENT, false", "53000, TRANSIENT, false",
    "53100, TRANSIENT, false", "53200, TRANSIENT, false", "53300, TRANSIENT, true",
    "53400, TRANSIENT, false", "57014, TRANSIENT, false", "57P01, TRANSIENT, true",
    "57P02, TRANSIENT, true", "57P03, TRANSIENT, true", "57P04, FATAL, false",
    "57P05, TRANSIENT, true", "57000, FATAL, false", "25006, TRANSIENT, true",
    "25P02, TRANSIENT, false", "25P03, TRANSIENT, true", "25P04, TRANSIENT, true",
    "25001, FATAL, false", "08000, TRANSIENT, true", "08001, TRANSIENT, true",
    "08003, TRANSIENT, true", "08006, TRANSIENT, true", "08P01, TRANSIENT, true",
    "08S01, TRANSIENT, true", "26000, TRANSIENT, true", "58000, TRANSIENT, false",
    "58030, TRANSIENT, true", "58P01, FATAL, false", "72000, TRANSIENT, false",
    "23503, DEFERRABLE, false", "23001, DEFERRABLE, false", "23505, DEFERRABLE, false",
    "23P01, DEFERRABLE, false", "23000, POISON, false", "23502, POISON, false",
    "23514, POISON, false", "22000, POISON, false", "22001, POISON, false",
    "22003, POISON, false", "22008, POISON, false", "22021, POISON, false",
    "22P02, POISON, false", "22P05, POISON, false", "42804, POISON, false",
    "44000, POISON, false", "54000, POISON, false", "54001, POISON, false",
    "P0000, POISON, false", "P0001, POISON, false", "P0004, POISON, false",
    "09000, POISON, false", "20000, POISON, false", "38000, POISON, false",
    "39004, POISON, false", "2F002, POISON, false", "21000, FATAL, false",
    "42601, FATAL, false", "42P01, FATAL, false", "42703, FATAL, false",
    "42501, FATAL, false", "428C9, FATAL, false", "42P10, FATAL, false",
    "42P05, FATAL, false", "3F000, FATAL, false", "3D000, FATAL, false",
    "28000, FATAL, false", "28P01, FATAL, false", "0P000, FATAL, false",
    "0A000, FATAL, false", "55000, FATAL, false", "55P02, FATAL, false",
    "54011, FATAL, false", "XX000, FATAL, false", "XX001, FATAL, false",
    "F0000, FATAL, false", "ZZ999, FATAL, false", "99999, FATAL, false"
  })
  void everyLineOfTheTable(String code, Verdict verdict, boolean lost) {
    TargetFault fault = PostgresVerdicts.judge(new SQLException("secret", code));

    assertThat(fault.verdict()).isEqualTo(verdict);
    assertThat(fault.connectionLost()).isEqualTo(lost);
    assertThat(fault.code()).isEqualTo(code);
    assertThat(fault.describe()).contains(code).doesNotContain("secret");
  }

  @Test
  void everyLineSaysWhatAndWhyAndIsReached() {
    for (VerdictTable.Line line : PostgresVerdicts.TABLE) {
      assertThat(line.summary()).isNotBlank();
      assertThat(line.reason()).isNotBlank();
      String code = line.code().length() == 2 ? line.code() + "ZZZ" : line.code();
      assertThat(PostgresVerdicts.of(code)).isSameAs(line);
    }
  }

  @Test
  void anErrorWithoutACodeStops() {
    TargetFault fault = PostgresVerdicts.judge(new SQLException("secret"));

    assertThat(fault.verdict()).isEqualTo(Verdict.FATAL);
    assertThat(fault.describe()).doesNotContain("secret");
  }

  @Test
  void namesAreKeptAndValuesAreNot() {
    ServerErrorMessage server =
        new ServerErrorMessage(
            String.join(
                "\0",
                "SERROR",
                "C23505",
                "Mduplicate key value: secret",
                "DKey (a)=(secret) exists.",
                "Hsecret",
                "Wsecret",
                "qsecret",
                "sapp",
                "torders",
                "ca",
                "norders_a_key"));

    TargetFault fault = PostgresVerdicts.judge(new PSQLException(server));

    assertThat(fault.constraint()).isEqualTo("orders_a_key");
    assertThat(fault.table()).isEqualTo("app.orders");
    assertThat(fault.column()).isEqualTo("a");
    assertThat(fault.toString() + fault.describe()).doesNotContain("secret");
  }
}
