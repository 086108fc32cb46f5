package dev.belay.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What Belay wants to reach, and whether this run did. A ratio needs both its contestants. */
record Bars(List<Bar> bars) {

  static final double SHARE_OF_PLAIN = 0.85;
  static final double SHARE_OF_DEBEZIUM_CPU = 1.0 / 3;

  /**
   * One ratio.
   *
   * @param what both sides in words
   * @param wanted in words
   */
  record Bar(String what, String wanted, double ratio, boolean isMet) {}

  static Bars of(Engine engine, List<Result> results) {
    Map<String, Result> byName =
        results.stream().collect(Collectors.toMap(Result::name, Function.identity()));
    List<Bar> bars = new ArrayList<>();
    for (Result belay : results) {
      if (!belay.name().startsWith("belay-")) {
        continue;
      }
      Result debezium = byName.get("debezium-1");
      if (debezium != null) {
        double speed = belay.changesPerSecond() / debezium.changesPerSecond();
        bars.add(
            new Bar(
                belay.name() + " : debezium-1, changes/s",
                String.format(Locale.ROOT, "at least %.0f", engine.fasterThanDebezium()),
                speed,
                speed >= engine.fasterThanDebezium()));
        double cpu = belay.workerCpuPerMillion() / debezium.workerCpuPerMillion();
        bars.add(
            new Bar(
                belay.name() + " : debezium-1, worker CPU per change",
                String.format(Locale.ROOT, "at most %.2f", SHARE_OF_DEBEZIUM_CPU),
                cpu,
                cpu <= SHARE_OF_DEBEZIUM_CPU));
      }
      results.stream()
          .filter(result -> result.name().startsWith("plain-"))
          .max((a, b) -> Double.compare(a.changesPerSecond(), b.changesPerSecond()))
          .ifPresent(
              plain -> {
                double share = belay.changesPerSecond() / plain.changesPerSecond();
                bars.add(
                    new Bar(
                        belay.name() + " : " + plain.name() + ", changes/s",
                        String.format(Locale.ROOT, "at least %.2f", SHARE_OF_PLAIN),
                        share,
                        share >= SHARE_OF_PLAIN));
              });
    }
    return new Bars(List.copyOf(bars));
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Bar bar : bars) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-55s %6.2f  (%s: %s)%n",
              bar.what(),
              bar.ratio(),
              bar.wanted(),
              bar.isMet() ? "met" : "NOT MET"));
    }
    return text.toString();
  }

  ArrayNode json() {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Bar bar : bars) {
      array
          .addObject()
          .put("what", bar.what())
          .put("wanted", bar.wanted())
          .put("ratio", bar.ratio())
          .put("met", bar.isMet());
    }
    return array;
  }
}
