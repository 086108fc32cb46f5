package dev.belay.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.bench.ThreadCpu.Kind;
import dev.belay.bench.Throughput.Judged;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results of a run, in columns. */
record ResultTable(List<Judged> judged) {

  static final List<String> HEAD =
      List.of(
          "contestant",
          "changes/s",
          "seconds",
          "rows written",
          "transactions",
          "worker CPU s per million",
          "of it tasks/JIT/GC",
          "database CPU s per million",
          "others on the machine",
          "peak memory MB",
          "rows");

  /** One list of texts for each result, as {@link #HEAD} says. */
  List<List<String>> cells() {
    List<List<String>> lines = new ArrayList<>();
    for (Judged each : judged) {
      Result result = each.result();
      lines.add(
          List.of(
              result.name(),
              String.format(Locale.ROOT, "%,.0f", result.changesPerSecond()),
              decimals(1, Result.seconds(result.used().elapsed())),
              String.format(Locale.ROOT, "%,d", result.written().rows()),
              String.format(Locale.ROOT, "%,d", result.written().transactions()),
              decimals(2, result.workerCpuPerMillion()),
              threads(result),
              decimals(2, result.databaseCpuPerMillion()),
              Math.round(100 * result.othersShare()) + " %",
              Long.toString(result.used().peakMemory() >> 20),
              each.isRight() ? "right" : "WRONG"));
    }
    return lines;
  }

  String text() {
    List<List<String>> lines = new ArrayList<>(List.of(HEAD));
    lines.addAll(cells());
    StringBuilder text = new StringBuilder("\n");
    for (List<String> line : lines) {
      for (int column = 0; column < HEAD.size(); column++) {
        int at = column;
        int width = lines.stream().mapToInt(cells -> cells.get(at).length()).max().orElse(0);
        String format = (column == 0 ? "%-" : "%") + width + "s  ";
        text.append(String.format(Locale.ROOT, format, line.get(column)));
      }
      text.append('\n');
    }
    return text.append('\n').toString();
  }

  ArrayNode json() {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Judged each : judged) {
      Result result = each.result();
      ObjectNode node = array.addObject();
      node.put("name", result.name());
      node.put("changesPerSecond", result.changesPerSecond());
      node.put("seconds", Result.seconds(result.used().elapsed()));
      node.put("inserted", result.written().inserted());
      node.put("updated", result.written().updated());
      node.put("deleted", result.written().deleted());
      node.put("transactions", result.written().transactions());
      node.put("workerCpuSecondsPerMillion", result.workerCpuPerMillion());
      ObjectNode threads = node.putObject("workerCpuSecondsPerMillionByThreads");
      for (Kind kind : Kind.values()) {
        threads.put(
            kind.name().toLowerCase(Locale.ROOT),
            result.perMillion(result.used().threads().of(kind)));
      }
      node.put("databaseCpuSecondsPerMillion", result.databaseCpuPerMillion());
      node.put("othersShareOfMachine", result.othersShare());
      node.put("peakMemoryBytes", result.used().peakMemory());
      node.put("rowsRight", each.isRight());
    }
    return array;
  }

  private static String threads(Result result) {
    ThreadCpu threads = result.used().threads();
    return decimals(1, result.perMillion(threads.of(Kind.TASK)))
        + " / "
        + decimals(1, result.perMillion(threads.of(Kind.COMPILER)))
        + " / "
        + decimals(1, result.perMillion(threads.of(Kind.COLLECTOR)));
  }

  private static String decimals(int digits, double number) {
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }
}
