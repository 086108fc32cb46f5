package dev.belay.sink.target.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as MySQL 9.7 and MariaDB 11.8 write them. */
class GrantsTest {
  private static final TableName ORDERS = TableName.of("my_shop", "orders");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRANT SELECT, INSERT, TRIGGER ON `my_shop`.* TO `belay`@`%`",
        "GRANT TRIGGER ON `my\\_shop`.* TO `belay`@`%`",
        "GRANT TRIGGER ON `my%`.* TO `belay`@`%`",
        "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION",
        "GRANT SELECT, INSERT (`a`, `b`), TRIGGER ON `my_shop`.`orders` TO `belay`@`%`",
        "GRANT `writers`@`%` TO `belay`@`%`"
      })
  void aRightOnTheTableOrOnMoreIsSeen(String line) {
    assertThat(
            Grants.of(List.of("GRANT USAGE ON *.* TO `belay`@`%`", line))
                .mayHave("TRIGGER", ORDERS))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `my_shop`.* TO `belay`@`%`",
        "GRANT ALL PRIVILEGES ON `belay`.* TO `belay`@`%`",
        "GRANT TRIGGER ON `my_shop`.`order_lines` TO `belay`@`%`",
        "GRANT TRIGGER ON `my\\_shops`.* TO `belay`@`%`",
        "GRANT SELECT (`trigger`) ON `my_shop`.`orders` TO `belay`@`%`"
      })
  void aRightOnSomethingElseIsNone(String line) {
    assertThat(
            Grants.of(List.of("GRANT USAGE ON *.* TO `belay`@`%`", line))
                .mayHave("TRIGGER", ORDERS))
        .isFalse();
  }

  @Test
  void aTableNameThatLooksLikeSyntaxIsReadAsAName() {
    assertThat(
            Grants.of(List.of("GRANT TRIGGER ON `a``.b`.`c ON d` TO `belay`@`%`"))
                .mayHave("TRIGGER", TableName.of("a`.b", "c ON d")))
        .isTrue();
  }
}
