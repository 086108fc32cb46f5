package dev.belay.sink.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9092",
        "kafka.invalid:9092",
        "a-1.example.com:9092, a_2.example.com:65535,",
        "10.0.0.1:9092",
        "[::1]:9092",
        "[fe80::1%eth0]:9092",
        "SASL_SSL://kafka.example.com:9093"
      })
  void addressesThatMayBecomeReachableAreTaken(String addresses) {
    assertThatCode(() -> new Brokers().ensureValid("brokers", addresses))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ",",
        "kafka.example.com",
        "kafka.example.com:",
        ":9092",
        "kafka.example.com:many",
        "kafka.example.com:65536",
        "kafka.example.com:9092;other:9092",
        "kafka example com:9092",
        "good:9092,bad"
      })
  void whatCanNeverBeAnAddressIsRefused(String addresses) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new Brokers().ensureValid("brokers", addresses));
  }
}
