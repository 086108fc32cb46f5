package dev.belay.sink.target.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OracleVerdictsTest {

  @ParameterizedTest
  @CsvSource({
    "60, TRANSIENT, CONTENTION, false", "8177, TRANSIENT, CONTENTION, false",
    "54, TRANSIENT, OTHER, false", "30006, TRANSIENT, OTHER, false",
    "1013, TRANSIENT, TIME, false", "1555, TRANSIENT, OTHER, false",
    "28, TRANSIENT, OTHER, true", "1033, TRANSIENT, OTHER, true",
    "1089, TRANSIENT, OTHER, true", "2396, TRANSIENT, OTHER, true",
    "3113, TRANSIENT, OTHER, true", "3135, TRANSIENT, OTHER, true",
    "12514, TRANSIENT, OTHER, true", "12541, TRANSIENT, OTHER, true",
    "16000, TRANSIENT, OTHER, true", "17002, TRANSIENT, OTHER, true",
    "17410, TRANSIENT, OTHER, true", "1653, TRANSIENT, OTHER, false",
    "1, DEFERRABLE, COLLISION, false", "2291, DEFERRABLE, COLLISION, false",
    "2292, DEFERRABLE, COLLISION, false", "1400, POISON, OTHER, false",
    "1407, POISON, OTHER, false", "1438, POISON, OTHER, false",
    "2290, POISON, OTHER, false", "12899, POISON, OTHER, false",
    "1461, POISON, OTHER, false", "14400, POISON, OTHER, false",
    "20000, POISON, OTHER, false", "20999, POISON, OTHER, false",
    "942, FATAL, DEFINITION, false", "904, FATAL, DEFINITION, false",
    "32795, FATAL, DEFINITION, false", "1031, FATAL, RIGHTS, false",
    "1017, FATAL, OTHER, false", "28000, FATAL, OTHER, false",
    "600, FATAL, OTHER, false", "21000, FATAL, OTHER, false",
    "19999, FATAL, OTHER, false", "99999, FATAL, OTHER, false"
  })
  void linesByNumber(int number, Verdict verdict, Matter matter, boolean lost) {
    TargetFault fault = OracleVerdicts.judge(new SQLException("secret", "72000", number));

    assertThat(fault.verdict()).isEqualTo(verdict);
    assertThat(fault.matter()).isEqualTo(matter);
    assertThat(fault.connectionLost()).isEqualTo(lost);
    assertThat(fault.code()).isEqualTo("ORA-%05d".formatted(number));
    assertThat(fault.describe()).doesNotContain("secret");
  }

  @Test
  void everyLineSaysWhatAndWhyAndIsReached() {
    for (OracleVerdicts.Line line : OracleVerdicts.TABLE) {
      assertThat(line.summary()).isNotBlank();
      assertThat(line.reason()).isNotBlank();
      String code = line.code().length() == 2 ? line.code() + "ZZZ" : line.code().replace('n', '0');
      assertThat(OracleVerdicts.of(code)).isSameAs(line);
    }
  }

  @Test
  void failuresWithoutANumberAreJudgedByTheirState() {
    TargetFault lost = OracleVerdicts.judge(new SQLException("secret", "08006", 0));
    TargetFault unknown = OracleVerdicts.judge(new SQLException("secret"));

    assertThat(lost.connectionLost()).isTrue();
    assertThat(unknown.verdict()).isEqualTo(Verdict.FATAL);
  }

  /** Not every number of a lost connection is in the list. */
  @Test
  void whatTheDriverCallsRecoverableIsConnectedAgain() {
    for (SQLException lost :
        List.of(
            new SQLRecoverableException("ORA-00603: secret", "60000", 603),
            new SQLException("ORA-12530: secret", "08006", 12530))) {
      TargetFault fault = OracleVerdicts.judge(lost);
      assertThat(fault.verdict()).isEqualTo(Verdict.TRANSIENT);
      assertThat(fault.connectionLost()).isTrue();
    }
    assertThat(OracleVerdicts.judge(new SQLException("secret", "60000", 603)).verdict())
        .isEqualTo(Verdict.FATAL);
  }

  @Test
  void anErrorThatNamesItsCauseIsJudgedByIt() {
    TargetFault fault =
        judge(
            604,
            "ORA-00604: error occurred at recursive SQL level 1\nORA-00060: deadlock detected");
    assertThat(fault.code()).isEqualTo("ORA-00060");
    assertThat(fault.verdict()).isEqualTo(Verdict.TRANSIENT);
    assertThat(judge(604, "ORA-00604: error occurred").code()).isEqualTo("ORA-00604");
  }

  @Test
  void namesAreKeptAndValuesAreNot() {
    TargetFault unique =
        judge(
            1,
            "ORA-00001: unique constraint (SHOP.ORDERS_U) violated on table SHOP.ORDERS columns"
                + " (CODE)\nORA-03301: (ORA-00001 details) row with column values (CODE:'secret')"
                + " already exists\n\nhttps://docs.oracle.com/error-help/db/ora-00001/");
    TargetFault parent =
        judge(2291, "ORA-02291: integrity constraint (SHOP.FK 1) violated - parent key not found");
    TargetFault missing =
        judge(1400, "ORA-01400: cannot insert NULL into (\"SHOP\".\"ORDERS\".\"NOTE\")");
    TargetFault tooLong =
        judge(
            12899,
            "ORA-12899: value too large for column \"SHOP\".\"ORDERS\".\"NOTE\" (actual: 11, maximum: 10)");
    TargetFault precision =
        judge(1438, "ORA-01438: value secret greater than specified precision (2, 0) for column");
    TargetFault column = judge(904, "ORA-00904: \"T\".\"GONE\": invalid identifier");
    TargetFault trigger =
        judge(
            20001,
            "ORA-20001: secret \"A\".\"B\".\"secret\"\nORA-06512: at \"SHOP.ORDERS_T\", line 3");

    assertThat(unique.constraint()).isEqualTo("ORDERS_U");
    assertThat(parent.constraint()).isEqualTo("FK 1");
    assertThat(missing.table()).isEqualTo("SHOP.ORDERS");
    assertThat(missing.column()).isEqualTo("NOTE");
    assertThat(tooLong.column()).isEqualTo("NOTE");
    assertThat(column.column()).isEqualTo("GONE");
    for (TargetFault fault :
        new TargetFault[] {unique, parent, missing, tooLong, precision, column, trigger}) {
      assertThat(fault.toString() + fault.describe()).doesNotContain("secret");
    }
  }

  private static TargetFault judge(int number, String message) {
    return OracleVerdicts.judge(new SQLException(message, "72000", number));
  }

  @Test
  void aBatchIsJudgedAsItsRow() {
    TargetFault fault =
        OracleVerdicts.judge(
            new BatchUpdateException(
                "ORA-02292: integrity constraint (SHOP.FK) violated - child record found",
                "23000",
                2292,
                new int[0]));

    assertThat(fault.verdict()).isEqualTo(Verdict.DEFERRABLE);
    assertThat(fault.constraint()).isEqualTo("FK");
  }

  @Test
  void aCommitThatRolledBackIsJudgedByWhatMadeItSo() {
    TargetFault fault =
        judge(
            2091,
            "ORA-02091: transaction rolled back\nORA-02291: integrity constraint (SHOP.FK)"
                + " violated - parent key not found");

    assertThat(fault.verdict()).isEqualTo(Verdict.DEFERRABLE);
    assertThat(fault.code()).isEqualTo("ORA-02291");
    assertThat(fault.constraint()).isEqualTo("FK");
  }

  /**
   * Two tasks that make the same checkpoint row: one waits for the other and then meets its key.
   */
  @Test
  void aRaceForACheckpointRowIsTriedAgain() {
    TargetFault ours = judge(1, "ORA-00001: unique constraint (BELAY.BELAY_FRONTIER_PK) violated");

    assertThat(ours.verdict()).isEqualTo(Verdict.TRANSIENT);
    assertThat(ours.matter()).isEqualTo(Matter.CONTENTION);
  }
}
