package dev.belay.testkit.docs;

import static dev.belay.testkit.docs.Page.code;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** Every key of a definition, group by group, as a page of reference. */
public final class ConfigReference {
  private ConfigReference() {}

  /**
   * @param prefixes with what settings under them mean; they are not in the definition
   */
  public static void write(Page page, ConfigDef definition, Map<String, String> prefixes) {
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
    new TreeMap<>(prefixes).forEach((prefix, meaning) -> page.row(code(prefix + "*"), meaning));
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
