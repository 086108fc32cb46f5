package dev.belay.cli.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the JMX exporter makes of an attribute by {@code config/metrics/jmx-exporter.yml}, as its
 * documentation has it: the first rule whose pattern is found decides. That the exporter itself
 * makes the same is shown in a worker, by {@link ComposeIT}.
 */
final class ExporterRules {
  private final List<Rule> rules;

  private record Rule(
      Pattern pattern, String name, Optional<String> value, Map<String, String> labels) {}

  /**
   * A time series.
   *
   * @param value as the exporter shows it
   */
  record Series(String name, Map<String, String> labels, double value) {}

  private ExporterRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  static ExporterRules read() throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (JsonNode rule : YamlFile.read("config/metrics/jmx-exporter.yml").path("rules")) {
      Map<String, String> labels = new TreeMap<>();
      rule.path("labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
      rules.add(
          new Rule(
              Pattern.compile("^.*(?:" + rule.path("pattern").asText() + ").*$"),
              rule.path("name").asText(),
              rule.has("value") ? Optional.of(rule.path("value").asText()) : Optional.empty(),
              labels));
    }
    return new ExporterRules(rules);
  }

  /**
   * The series of an attribute; empty if there is none.
   *
   * @param bean as the exporter writes it: {@code domain<key=value, key=value>}
   */
  Optional<Series> of(String bean, String attribute, Object value) {
    String text = bean + "<>" + attribute + ": " + value;
    for (Rule rule : rules) {
      Matcher matcher = rule.pattern().matcher(text);
      if (matcher.matches()) {
        Optional<Double> number =
            rule.value()
                .map(template -> matcher.replaceAll(template))
                .or(() -> plain(value))
                .map(Double::valueOf);
        Map<String, String> labels = new TreeMap<>();
        rule.labels().forEach((label, template) -> labels.put(label, matcher.replaceAll(template)));
        return number.map(
            shown -> new Series(name(matcher.replaceAll(rule.name())), labels, shown));
      }
    }
    return Optional.empty();
  }

  private static String name(String text) {
    return text.replaceAll("[^a-zA-Z0-9_:]", "_").toLowerCase(Locale.ROOT);
  }

  /** Text is left out where no rule gives it a number. */
  private static Optional<String> plain(Object value) {
    if (value instanceof Boolean truth) {
      return Optional.of(truth ? "1" : "0");
    }
    return value instanceof Number ? Optional.of(value.toString()) : Optional.empty();
  }
}
