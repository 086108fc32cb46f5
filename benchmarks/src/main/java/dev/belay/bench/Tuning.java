package dev.belay.bench;

import java.util.List;
import java.util.Map;

/**
 * Settings to try out; a run with any of them says so.
 *
 * @param belay settings of Belay's connector that win over those chosen here
 * @param jvm further options of every worker's JVM
 */
record Tuning(Map<String, String> belay, List<String> jvm) {

  static final Tuning NONE = new Tuning(Map.of(), List.of());

  Tuning {
    belay = Map.copyOf(belay);
    jvm = List.copyOf(jvm);
  }

  boolean isNone() {
    return belay.isEmpty() && jvm.isEmpty();
  }
}
