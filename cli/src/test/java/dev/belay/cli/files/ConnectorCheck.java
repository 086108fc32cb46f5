package dev.belay.cli.files;

import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.config.SinkKeys;
import dev.belay.source.CockroachSourceConnector;
import dev.belay.source.config.SourceKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.runtime.SinkConnectorConfig;
import org.apache.kafka.connect.runtime.SourceConnectorConfig;
import org.postgresql.PGProperty;

/** Says what is wrong with a connector's configuration, without its servers. */
final class ConnectorCheck {
  /** Asking a server is not for this: these say only that there is none here. */
  private static final Set<String> ASKED =
      Set.of(
          SinkKeys.TARGET_URL, SourceKeys.URL, SourceKeys.USER, SourceKeys.KAFKA_ADMIN_BOOTSTRAP);

  private ConnectorCheck() {}

  static boolean isOurs(Map<String, String> config) {
    return isSink(config)
        || CockroachSourceConnector.class.getName().equals(config.get("connector.class"));
  }

  static boolean isSink(Map<String, String> config) {
    return BelaySinkConnector.class.getName().equals(config.get("connector.class"));
  }

  /**
   * Every fault of a connector of ours: unknown keys, and what its validation finds.
   *
   * @param config without the name
   */
  static List<String> faults(String name, Map<String, String> config) {
    List<String> faults = new ArrayList<>();
    for (String key : config.keySet()) {
      if (!(isSink(config) ? isKeyOfASink(key) : isKeyOfASource(key))) {
        faults.add(key + " is no key");
      }
    }
    Map<String, String> offline = new HashMap<>(config);
    offline.put("name", name);
    if (isSink(config)) {
      offline.put(SinkKeys.TARGET_URL, "jdbc:none:");
    } else {
      offline.put(SourceKeys.URL, "jdbc:postgresql://127.0.0.1:1/shop");
      offline.put(SourceKeys.KAFKA_ADMIN_BOOTSTRAP, "no-broker.invalid:9092");
    }
    for (ConfigValue value :
        (isSink(config) ? new BelaySinkConnector() : new CockroachSourceConnector())
            .validate(offline)
            .configValues()) {
      if (!ASKED.contains(value.name())) {
        value.errorMessages().forEach(text -> faults.add(value.name() + ": " + text));
      }
    }
    return faults;
  }

  private static boolean isKeyOfASink(String key) {
    return SinkKeys.definition().names().contains(key)
        || SinkConnectorConfig.configDef().names().contains(key)
        || isUnder(key, SinkKeys.KAFKA_ADMIN_PREFIX, AdminClientConfig.configNames())
        || isUnder(key, "consumer.override.", ConsumerConfig.configNames())
        || isSettingOfTheDriver(key, SinkKeys.TARGET_JDBC_PREFIX);
  }

  private static boolean isKeyOfASource(String key) {
    return SourceKeys.definition().names().contains(key)
        || SourceConnectorConfig.configDef().names().contains(key)
        || key.startsWith(SourceKeys.OPTION_PREFIX)
        || isUnder(key, SourceKeys.KAFKA_ADMIN_PREFIX, AdminClientConfig.configNames())
        || isUnder(key, "producer.override.", ProducerConfig.configNames())
        || isSettingOfTheDriver(key, SourceKeys.JDBC_PREFIX);
  }

  private static boolean isUnder(String key, String prefix, Set<String> names) {
    return key.startsWith(prefix) && names.contains(key.substring(prefix.length()));
  }

  private static boolean isSettingOfTheDriver(String key, String prefix) {
    if (key.startsWith(prefix)) {
      for (PGProperty property : PGProperty.values()) {
        if (property.getName().equals(key.substring(prefix.length()))) {
          return true;
        }
      }
    }
    return false;
  }
}
