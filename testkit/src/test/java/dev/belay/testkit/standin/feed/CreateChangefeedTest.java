package dev.belay.testkit.standin.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.standin.encode.Envelope;
import dev.belay.testkit.standin.encode.FeedFormat;
import dev.belay.testkit.standin.encode.FeedFormat.With;
import dev.belay.testkit.standin.feed.FeedOptions.InitialScan;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Sql;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateChangefeedTest {

  private static CreateChangefeed parse(String sql) {
    return CreateChangefeed.parse(Sql.of(sql)).orElseThrow();
  }

  private static FeedOptions options(String with) {
    return FeedOptions.of(parse("CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH " + with).options());
  }

  @Test
  void readsTablesSinkAndOptions() {
    CreateChangefeed statement =
        parse(
            "create changefeed for table d.public.\"T 1\", b INTO 'kafka://h:1?topic_prefix=p_'"
                + " WITH OPTIONS (updated, Resolved = '10s', envelope=ROW)");
    assertThat(statement.tables()).containsExactly("d.public.\"T 1\"", "b");
    assertThat(statement.sinkUri()).isEqualTo("kafka://h:1?topic_prefix=p_");
    assertThat(statement.options())
        .isEqualTo(
            Map.of(
                "updated",
                Optional.empty(),
                "resolved",
                Optional.of("10s"),
                "envelope",
                Optional.of("row")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE CHANGEFEED FOR t INTO ''",
        "EXPERIMENTAL CHANGEFEED FOR t INTO 'kafka://x'",
        "CREATE CHANGEFEED INTO 'kafka://x' AS SELECT * FROM t",
        "CREATE CHANGEFEED FOR DATABASE d INTO 'kafka://x'",
        "CREATE CHANGEFEED FOR t FAMILY f INTO 'kafka://x'",
        "CREATE TABLE t (id INT)"
      })
  void leavesOtherStatementsAlone(String sql) {
    assertThat(CreateChangefeed.parse(Sql.of(sql))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE CHANGEFEED FOR t, u WITH updated",
        "CREATE CHANGEFEED FOR TABLE t, TABLE u WITH OPTIONS (updated)",
        "EXPERIMENTAL CHANGEFEED FOR t, u WITH updated"
      })
  void statementWithoutSinkIsKnownInItsOldFormToo(String sql) {
    CreateChangefeed statement = parse(sql);
    assertThat(statement.isSinkless()).isTrue();
    assertThat(statement.tables()).containsExactly("t", "u");
    assertThat(statement.options()).containsOnlyKeys("updated");
  }

  @Test
  void optionsHaveTheirDefaults() {
    FeedOptions plain = FeedOptions.of(Map.of());
    assertThat(plain.format()).isEqualTo(FeedFormat.of(Envelope.WRAPPED));
    assertThat(plain.initialScan()).isEqualTo(InitialScan.YES);
    assertThat(plain.resolved()).isEmpty();
    assertThat(plain.checkpoint()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void cursorMeansNoInitialScan() {
    FeedOptions options = options("cursor = '17.0000000001'");
    assertThat(options.cursor()).contains(new Hlc(17, 1));
    assertThat(options.initialScan()).isEqualTo(InitialScan.NO);
  }

  @Test
  void resolvedIsNotMoreFrequentThanTheCheckpoint() {
    assertThat(options("resolved = '1m30s'").resolved()).contains(Duration.ofSeconds(90));
    assertThat(options("resolved = '100ms', min_checkpoint_frequency = '5s'").resolved())
        .contains(Duration.ofSeconds(5));
    assertThatThrownBy(() -> options("resolved = '-1s'")).hasMessageContaining("negative");
    assertThatThrownBy(() -> options("resolved = 'soon'")).hasMessageContaining("invalid duration");
  }

  @Test
  void enrichedPropertiesAreASet() {
    assertThat(options("envelope = 'enriched', enriched_properties = 'source, schema'").format())
        .isEqualTo(FeedFormat.of(Envelope.ENRICHED, With.SOURCE, With.SCHEMA));
    assertThatThrownBy(() -> options("enriched_properties = 'source'"))
        .hasMessageContaining("envelope=enriched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka://h?sasl_user=u|sasl_enabled must be enabled if sasl_user is provided",
        "kafka://h?sasl_enabled=true|sasl_user must be provided when SASL is enabled",
        "kafka://h?ca_cert=%25|param ca_cert must be base 64 encoded",
        "kafka://h?ca_cert=QQ==|ca_cert requires tls_enabled=true",
        "kafka://h?tls_enabled=true&client_cert=QQ==|client_cert requires client_key to be set",
        "kafka://h?tls_enabled=true&client_key=QQ==|client_key requires client_cert to be set",
        "kafka://h?tls_enabled=true&client_key=QQ==&client_cert=QQ==|invalid client certificate",
        "kafka://h?tls_enabled=true&ca_cert=BASE64|param ca_cert must be base 64 encoded",
        "kafka://h?sasl_enabled=maybe|param sasl_enabled must be a bool",
        "kafka://h?sasl_handshake=false|sasl_enabled must be enabled to configure SASL handshake",
        "kafka://h?sasl_mechanism=PLAIN|sasl_enabled must be enabled to configure SASL mechanism",
        "kafka://h?sasl_password=p|sasl_enabled must be enabled if sasl_password is provided",
        "kafka://h?sasl_enabled=true&sasl_user=u|sasl_password must be provided when SASL is",
        "kafka://h?topic_name=|topic_name must not be empty",
        "kafka://h?b=1&a=2|unknown kafka sink query parameters: a, b",
        "kafka://h?sasl_enabled=true&sasl_mechanism=X|param sasl_mechanism must be one of",
        "kafka://h?sasl_enabled=true&sasl_mechanism=OAUTHBEARER|not implemented by the stand-in"
      })
  void sinkParametersAreChecked(String line) {
    String[] parts = line.split("\\|");
    assertThatThrownBy(() -> SinkUri.parse(parts[0])).hasMessageContaining(parts[1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "on_error = 'x'|unknown on_error: x, valid values are 'fail' and 'pause'",
        "schema_change_policy = 'x'|unknown schema_change_policy: x",
        "schema_change_events = 'x'|unknown schema_change_events: x",
        "gc_protect_expires_after = '-1h'|negative durations are not accepted",
        "gc_protect_expires_after = 'long'|invalid duration",
        "kafka_sink_config = 'no json'|failed to parse sarama config; check kafka_sink_config option",
        "kafka_sink_config = '{\"RequiredAcks\": \"SOME\"}'|invalid acks value: SOME",
        "kafka_sink_config = '{\"RequiredAcks\": 1}'|field RequiredAcks is no string",
        "kafka_sink_config = '{\"Compression\": \"ZIP\"}'|supported compression codecs are"
      })
  void optionsAreChecked(String line) {
    String[] parts = line.split("\\|");
    assertThatThrownBy(() -> options(parts[0])).hasMessageContaining(parts[1]);
  }

  @Test
  void kafkaSettingsComeFromTheSinkConfig() {
    assertThat(options("updated").kafka()).isEqualTo(new KafkaSettings("1", "CockroachDB"));
    assertThat(
            options("kafka_sink_config = '{\"RequiredAcks\": \"ALL\", \"ClientID\": \"b\"}'")
                .kafka())
        .isEqualTo(new KafkaSettings("all", "b"));
  }

  @Test
  void descriptionEscapesWhatPlainQuotesCannotHold() {
    assertThat(Description.literal("plain {\"a\": 1}")).isEqualTo("'plain {\"a\": 1}'");
    assertThat(Description.literal("it's\n\\é")).isEqualTo("e'it\\'s\\n\\\\\\u00E9'");
    assertThat(Targets.printed("Db.PUBLIC.\"A b\"")).isEqualTo("db.public.\"A b\"");
  }
}
