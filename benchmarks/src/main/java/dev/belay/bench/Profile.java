package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the threads of a connector's tasks were, from a flight recording. The JVM's own threads
 * (compiler, collector) are not in it; {@link ThreadCpu} has them.
 *
 * @param samples taken of task threads
 * @param self samples by the method that ran
 * @param total samples by every method between the worker's loop and the one that ran
 * @param allocated bytes that task threads allocated, estimated, by class
 * @param collectionMillis in which the collector held up all threads
 */
record Profile(
    long samples,
    Map<String, Long> self,
    Map<String, Long> total,
    Map<String, Long> allocated,
    long collectionMillis) {

  private static final int SHOWN = 40;
  private static final String LOOP = "org.apache.kafka.connect.runtime.WorkerSinkTask.iteration";

  static Profile of(Path recording) {
    long samples = 0;
    long nanosCollecting = 0;
    Map<String, Long> self = new HashMap<>();
    Map<String, Long> total = new HashMap<>();
    Map<String, Long> allocated = new HashMap<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        List<String> work = inTask(event);
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample" -> {
            if (!work.isEmpty()) {
              samples++;
              count(self, work.get(0), 1);
              Set<String> once = new HashSet<>(work);
              once.forEach(method -> count(total, method, 1));
            }
          }
          case "jdk.ObjectAllocationSample" -> {
            if (!work.isEmpty()) {
              count(allocated, event.getClass("objectClass").getName(), event.getLong("weight"));
            }
          }
          case "jdk.GarbageCollection" ->
              nanosCollecting += event.getDuration("sumOfPauses").toNanos();
          default -> {
            // of no interest here
          }
        }
      }
    } catch (IOException e) {
      throw new BenchFailure("Cannot read flight recording " + recording, e);
    }
    return new Profile(samples, self, total, allocated, nanosCollecting / 1_000_000);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append("  samples of task threads ").append(samples);
    text.append(", GC pauses ").append(collectionMillis).append(" ms\n");
    list(text, "in the method itself", self, samples, SHOWN);
    list(text, "in the method or what it called", total, samples, 2 * SHOWN);
    long bytes = allocated.values().stream().mapToLong(Long::longValue).sum();
    list(text, "allocated, of " + (bytes >> 20) + " MB", allocated, bytes, SHOWN / 2);
    return text.toString();
  }

  /** The methods on the stack inside the loop of a sink task, topmost first. */
  private static List<String> inTask(RecordedEvent event) {
    List<String> methods = new ArrayList<>();
    if (event.getStackTrace() != null) {
      for (RecordedFrame frame : event.getStackTrace().getFrames()) {
        String name = frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
        if (name.equals(LOOP)) {
          return methods;
        }
        methods.add(name);
      }
    }
    return List.of();
  }

  private static void list(
      StringBuilder text, String title, Map<String, Long> counts, long all, int shown) {
    text.append("  ").append(title).append('\n');
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(shown)
        .forEach(
            entry ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "    %5.1f %%  %s%n",
                        100.0 * entry.getValue() / all,
                        entry.getKey())));
  }

  private static void count(Map<String, Long> counts, String name, long more) {
    counts.merge(name, more, Long::sum);
  }
}
