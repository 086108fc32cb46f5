package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** CPU time of a JVM by what its threads are for. Threads that have ended are not counted. */
record ThreadCpu(Map<Kind, Duration> used) {

  /** What a thread is for, by its name, of which Linux keeps 15 characters. */
  enum Kind {
    /** Runs a connector's task, or is the main thread of a program that is no worker. */
    TASK,
    /** Compiles byte code: much in the first minute, little later. */
    COMPILER,
    /** Collects garbage. */
    COLLECTOR,
    /** All others: heartbeats, the REST interface, admin clients. */
    OTHER;

    private static Kind of(String name) {
      if (name.startsWith("task-thread") || name.equals("java") || name.equals("main")) {
        return TASK;
      } else if (name.startsWith("C1 Comp") || name.startsWith("C2 Comp")) {
        return COMPILER;
      } else if (name.startsWith("G1 ") || name.startsWith("GC ") || name.startsWith("VM Thread")) {
        return COLLECTOR;
      }
      return OTHER;
    }
  }

  static ThreadCpu of(long pid) {
    Map<Kind, Duration> used = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      used.put(kind, Duration.ZERO);
    }
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        try {
          Kind kind = Kind.of(Files.readString(thread.resolve("comm")).strip());
          used.merge(kind, CpuMeter.ofThread(thread), Duration::plus);
        } catch (IOException ended) {
          continue;
        }
      }
    } catch (IOException e) {
      throw new BenchFailure("Process " + pid + " has ended", e);
    }
    return new ThreadCpu(used);
  }

  /** What was used since an earlier look; never negative, though threads come and go. */
  ThreadCpu since(ThreadCpu before) {
    Map<Kind, Duration> more = new EnumMap<>(Kind.class);
    used.forEach(
        (kind, time) -> {
          Duration spent = time.minus(before.used.get(kind));
          more.put(kind, spent.isNegative() ? Duration.ZERO : spent);
        });
    return new ThreadCpu(more);
  }

  Duration of(Kind kind) {
    return used.get(kind);
  }
}
