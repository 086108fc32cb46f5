package dev.belay.sink.docs;

import static dev.belay.sink.docs.Page.code;

import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.target.CommittedText;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;

class SinkConfigPageTest {
  private static final Map<String, String> PREFIXES =
      Map.of(
          SinkKeys.TARGET_JDBC_PREFIX,
          "Everything under this prefix is given to the JDBC driver, without the prefix:"
              + " `target.jdbc.sslmode` is pgjdbc's `sslmode`. Belay sets `connectTimeout` and `loginTimeout`"
              + " (from `target.connect.timeout.ms`), `socketTimeout` (120 seconds, or"
              + " `target.lock.timeout.ms` and 60 s if that is more) and `tcpKeepAlive=true`; what is set"
              + " here wins.",
          SinkKeys.KAFKA_ADMIN_PREFIX,
          "Everything under this prefix is a setting of the task's Kafka admin client. It is a"
              + " client of its own: the worker's settings and `consumer.override.` do not reach it.");

  @Test
  void thePageOfKeysIsThatOfTheDefinition() throws Exception {
    Page page =
        new Page("Sink: configuration")
            .paragraph(
                """
                Every key of `dev.belay.sink.BelaySinkConnector`. Kafka Connect's own keys for sinks (`topics`,
                `tasks.max`, `errors.*`, `transforms`, ...) work beside them. Which feed option goes with which delivery
                mode is on the page [Envelopes and modes](envelopes-and-modes.md); complete connectors are in
                [config/](../../config/README.md).
                """)
            .generatedFrom("SinkKeys");
    ConfigDef definition = SinkKeys.definition();
    for (String group : definition.groups()) {
      page.heading(group);
      List<ConfigKey> keys =
          definition.configKeys().values().stream()
              .filter(key -> group.equals(key.group))
              .sorted(Comparator.comparingInt(key -> key.orderInGroup))
              .toList();
      for (ConfigKey key : keys) {
        page.subheading(code(key.name)).paragraph(key.documentation).paragraph(facts(key));
      }
    }
    page.heading("Prefixes").head("prefix", "meaning");
    PREFIXES.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(prefix -> page.row(code(prefix.getKey() + "*"), prefix.getValue()));
    CommittedText.assertCommitted(Repository.docs("reference/sink-config.md"), page.text());
  }

  private static String facts(ConfigKey key) {
    StringBuilder facts = new StringBuilder("Type: ").append(lower(key.type));
    facts.append(". Default: ").append(standard(key));
    if (key.validator != null && !isAnonymous(key.validator)) {
      facts.append(". Valid: ").append(key.validator);
    }
    return facts.append(". Importance: ").append(lower(key.importance)).append('.').toString();
  }

  /** A rule without a name is told by the key's own text. */
  private static boolean isAnonymous(ConfigDef.Validator validator) {
    return validator.toString().contains("$$Lambda");
  }

  private static String standard(ConfigKey key) {
    if (!key.hasDefault()) {
      return "none, it must be set";
    }
    if (key.defaultValue instanceof List<?> list) {
      return list.isEmpty()
          ? "empty"
          : list.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    if (key.type == ConfigDef.Type.PASSWORD || "".equals(key.defaultValue)) {
      return "empty";
    }
    return code(String.valueOf(key.defaultValue));
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
