package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the threads of a worker were, from a flight recording: samples by thread, by the topmost
 * frame, by every frame on the stack, and garbage collection.
 *
 * @param byThread sample counts by name of thread
 * @param self by the method that ran
 * @param total by every method that was on the stack
 * @param allocated sampled bytes by class
 */
record Profile(
    long samples,
    Map<String, Long> byThread,
    Map<String, Long> self,
    Map<String, Long> total,
    Map<String, Long> allocated,
    long collectionMillis) {

  private static final int SHOWN = 45;

  static Profile of(Path recording) {
    long samples = 0;
    long nanosCollecting = 0;
    Map<String, Long> byThread = new HashMap<>();
    Map<String, Long> self = new HashMap<>();
    Map<String, Long> total = new HashMap<>();
    Map<String, Long> allocated = new HashMap<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample" -> {
            if (event.getStackTrace() == null) {
              continue;
            }
            samples++;
            count(byThread, event.getThread("sampledThread").getJavaName(), 1);
            List<RecordedFrame> frames = event.getStackTrace().getFrames();
            count(self, name(frames.get(0)), 1);
            Set<String> seen = new HashSet<>();
            frames.forEach(frame -> seen.add(name(frame)));
            seen.forEach(name -> count(total, name, 1));
          }
          case "jdk.ObjectAllocationSample" ->
              count(allocated, event.getClass("objectClass").getName(), event.getLong("weight"));
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
    return new Profile(samples, byThread, self, total, allocated, nanosCollecting / 1_000_000);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append("  samples ").append(samples).append(", GC pauses ").append(collectionMillis);
    text.append(" ms\n");
    list(text, "thread", byThread, samples, 8);
    list(text, "self", self, samples, SHOWN);
    list(text, "on the stack", total, samples, SHOWN * 2);
    long bytes = allocated.values().stream().mapToLong(Long::longValue).sum();
    list(text, "allocated, of " + (bytes >> 20) + " MB", allocated, bytes, 20);
    return text.toString();
  }

  private static void list(
      StringBuilder text, String title, Map<String, Long> counts, long all, int shown) {
    text.append("  ").append(title).append('\n');
    top(counts, shown)
        .forEach(
            (name, count) ->
                text.append(
                    String.format(Locale.ROOT, "    %5.1f %%  %s%n", 100.0 * count / all, name)));
  }

  private static Map<String, Long> top(Map<String, Long> counts, int shown) {
    List<Map.Entry<String, Long>> entries = new ArrayList<>(counts.entrySet());
    entries.sort(Map.Entry.<String, Long>comparingByValue().reversed());
    Map<String, Long> top = new LinkedHashMap<>();
    entries.stream().limit(shown).forEach(entry -> top.put(entry.getKey(), entry.getValue()));
    return top;
  }

  private static void count(Map<String, Long> counts, String name, long more) {
    counts.merge(name, more, Long::sum);
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }
}
