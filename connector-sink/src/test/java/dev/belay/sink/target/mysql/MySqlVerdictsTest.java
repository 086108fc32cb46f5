package dev.belay.sink.target.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlVerdictsTest {

  @ParameterizedTest
  @CsvSource({
    "1213, TRANSIENT, CONTENTION, false", "1205, TRANSIENT, OTHER, false",
    "3101, TRANSIENT, CONTENTION, false", "1040, TRANSIENT, OTHER, true",
    "1053, TRANSIENT, OTHER, true", "1290, TRANSIENT, OTHER, true",
    "1836, TRANSIENT, OTHER, true", "1180, TRANSIENT, OTHER, true",
    "2006, TRANSIENT, OTHER, true", "2013, TRANSIENT, OTHER, true",
    "4031, TRANSIENT, OTHER, true", "1927, TRANSIENT, OTHER, true",
    "1062, DEFERRABLE, COLLISION, false", "1242, DEFERRABLE, COLLISION, false",
    "1451, DEFERRABLE, COLLISION, false", "1452, DEFERRABLE, COLLISION, false",
    "1216, DEFERRABLE, COLLISION, false", "1217, DEFERRABLE, COLLISION, false",
    "1048, POISON, OTHER, false", "1264, POISON, OTHER, false",
    "1366, POISON, OTHER, false", "1406, POISON, OTHER, false",
    "1153, POISON, OTHER, false", "3140, POISON, OTHER, false",
    "3819, POISON, OTHER, false", "4025, POISON, OTHER, false",
    "1644, POISON, OTHER, false", "1142, FATAL, RIGHTS, false",
    "1146, FATAL, DEFINITION, false", "1054, FATAL, DEFINITION, false",
    "1197, FATAL, OTHER, false", "3100, FATAL, OTHER, false",
    "1665, FATAL, OTHER, false", "1045, FATAL, OTHER, false",
    "9999, FATAL, OTHER, false"
  })
  void linesByNumberAndNeverByState(int number, Verdict verdict, Matter matter, boolean lost) {
    TargetFault fault = MySqlVerdicts.judge(new SQLException("secret", "HY000", number));

    assertThat(fault.verdict()).isEqualTo(verdict);
    assertThat(fault.matter()).isEqualTo(matter);
    assertThat(fault.connectionLost()).isEqualTo(lost);
    assertThat(fault.code()).isEqualTo(Integer.toString(number));
    assertThat(fault.describe()).doesNotContain("secret");
  }

  @Test
  void everyLineSaysWhatAndWhyAndIsReached() {
    for (MySqlVerdicts.Line line : MySqlVerdicts.TABLE) {
      assertThat(line.summary()).isNotBlank();
      assertThat(line.reason()).isNotBlank();
      String code = line.code().length() == 2 ? line.code() + "ZZZ" : line.code();
      assertThat(MySqlVerdicts.of(code)).isSameAs(line);
    }
  }

  @Test
  void driversOwnFailuresAreJudgedByTheirState() {
    TargetFault lost = MySqlVerdicts.judge(new SQLException("secret", "08S01", 0));
    TargetFault unknown = MySqlVerdicts.judge(new SQLException("secret"));

    assertThat(lost.connectionLost()).isTrue();
    assertThat(lost.code()).isEqualTo("08S01");
    assertThat(unknown.verdict()).isEqualTo(Verdict.FATAL);
  }

  @Test
  void whatIsTooLongForThePacketIsTheRowsFault() {
    final class PacketTooBigException extends SQLException {
      private static final long serialVersionUID = 1;

      PacketTooBigException() {
        super("secret", "S1000", 0);
      }
    }

    assertThat(MySqlVerdicts.judge(new PacketTooBigException()).verdict())
        .isEqualTo(Verdict.POISON);
  }

  @Test
  void namesAreKeptAndValuesAreNot() {
    TargetFault duplicate =
        MySqlVerdicts.judge(
            new SQLException(
                "(conn=7) Duplicate entry 'secret' for key 'x'' for key 'orders.u_code'",
                "23000",
                1062));
    TargetFault parent =
        MySqlVerdicts.judge(
            new SQLException(
                "Cannot add or update a child row: a foreign key constraint fails (`my"
                    + " shop`.`or``der`, CONSTRAINT `fk 1` FOREIGN KEY (`a`) REFERENCES `p`"
                    + " (`id`))",
                "23000",
                1452));
    TargetFault column =
        MySqlVerdicts.judge(
            new SQLException("Data too long for column 'a' at row 1: secret", "22001", 1406));

    TargetFault value =
        MySqlVerdicts.judge(
            new SQLException(
                "Incorrect integer value: 'Column 'secret'' for column 'a' at row 1",
                "HY000",
                1366));
    TargetFault missing =
        MySqlVerdicts.judge(new SQLException("(conn=7) Column 'a' cannot be null", "23000", 1048));

    assertThat(missing.column()).isEqualTo("a");
    assertThat(duplicate.constraint()).isEqualTo("u_code");
    assertThat(parent.constraint()).isEqualTo("fk 1");
    assertThat(parent.table()).isEqualTo("my shop.or`der");
    for (TargetFault fault : new TargetFault[] {duplicate, parent, column, value}) {
      assertThat(fault.toString() + fault.describe()).doesNotContain("secret");
    }
  }
}
