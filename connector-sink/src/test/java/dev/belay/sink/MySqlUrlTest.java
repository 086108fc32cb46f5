package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MySqlUrlTest {

  private static List<String> objections(String url) {
    return new MySqlUrl(url, new Properties()).objections();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db.example:3306/shop",
        "jdbc:mysql://db.example/shop?sslMode=VERIFY_IDENTITY&allowPublicKeyRetrieval=false",
        "jdbc:mysql://[::1]:3306/shop",
        "jdbc:mysql://db/shop?characterEncoding=UTF-8&connectionCollation=utf8mb4_0900_ai_ci",
        "jdbc:mysql://db/shop?autoReconnect=false&useAffectedRows=false",
        "jdbc:mysql://db/shop?sessionVariables=max_statement_time=60",
        "jdbc:mariadb://db:3306/shop?sslMode=verify-full"
      })
  void ordinaryUrlsAreTaken(String url) {
    assertThat(objections(url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:mysql://one,two/shop | more than one server",
        "jdbc:mysql://one:3306,two:3307/shop | more than one server",
        "jdbc:mysql://[one,two]/shop | more than one server",
        "jdbc:mysql://address=(host=one)(port=1)/shop | more than one server",
        "jdbc:mysql://(host=one),(host=two)/shop | more than one server",
        "jdbc:mysql:loadbalance://one/shop | more than one server",
        "jdbc:mysql:replication://one,two/shop | more than one server",
        "jdbc:mysql+srv://one/shop | more than one server",
        "jdbc:mariadb:sequential://one,two/shop | more than one server",
        "jdbc:mysql://db/shop?autoReconnect=true | autoReconnect",
        "jdbc:mysql://db/shop?ssl=true&AUTORECONNECT=yes | autoReconnect",
        "jdbc:mysql://db/shop?autoReconnectForPools=true | autoReconnect",
        "jdbc:mysql://db/shop?useAffectedRows=true | useAffectedRows",
        "jdbc:mysql://db/shop?characterEncoding=latin1 | other than UTF-8",
        "jdbc:mysql://db/shop?connectionCollation=latin1_swedish_ci | other than UTF-8",
        "jdbc:mysql://db/shop?connectionCollation=utf8mb3_bin | other than UTF-8",
        "jdbc:mysql://db/shop?sessionVariables=sql_mode='' | sql_mode",
        "jdbc:mysql://db/shop?sessionVariables=a=1,FOREIGN_KEY_CHECKS=0 | foreign_key_checks",
        "jdbc:mariadb://db/shop?initSql=SET @@session.sql_mode='' | sql_mode"
      })
  void whatHarmsIsRefusedOnceWithTheReason(String url, String reason) {
    assertThat(objections(url)).singleElement().asString().contains(reason);
  }

  @Test
  void settingsBesideTheUrlCountToo() {
    Properties beside = new Properties();
    beside.put("autoReconnect", "true");
    beside.put("password", "hunter2");
    assertThat(new MySqlUrl("jdbc:mysql://db/shop", beside).objections())
        .singleElement()
        .asString()
        .contains("autoReconnect")
        .doesNotContain("hunter2");
  }

  @Test
  void noValueIsQuoted() {
    assertThat(
            objections(
                "jdbc:mysql://u,v/s?sessionVariables=sql_mode='hush'&characterEncoding=hush"))
        .hasSize(3)
        .noneMatch(objection -> objection.contains("hush"));
  }
}
