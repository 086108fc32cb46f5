package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** CPU time and memory of processes, as Linux counts them. */
final class CpuMeter {

  /** {@code USER_HZ}; 100 on every architecture that Linux tells programs about. */
  private static final long TICKS_PER_SECOND = 100;

  // In /proc/PID/stat, counted from the field after the command's name in parentheses.
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int WAITED_USER = 13;
  private static final int WAITED_SYSTEM = 14;

  private CpuMeter() {}

  /** What a process has used since it began. */
  static Duration ofProcess(long pid) {
    return own(stat(Path.of("/proc/" + pid)));
  }

  /**
   * What a thread has used.
   *
   * @param thread its folder under {@code /proc/PID/task}
   */
  static Duration ofThread(Path thread) {
    return own(stat(thread));
  }

  private static Duration own(List<String> stat) {
    return ticks(ticksAt(stat, USER) + ticksAt(stat, SYSTEM));
  }

  /** What a process and all its children have used, those included that have ended. */
  static Duration ofFamily(long pid) {
    Path folder = Path.of("/proc/" + pid);
    while (true) {
      List<String> before = stat(folder);
      Duration children =
          ProcessHandle.of(pid).stream()
              .flatMap(ProcessHandle::children)
              .map(child -> ofProcess(child.pid()))
              .reduce(Duration.ZERO, Duration::plus);
      Duration ended = waitedFor(before);
      // Else a child ended in between, and would be counted twice or not at all.
      if (ended.equals(waitedFor(stat(folder)))) {
        return own(before).plus(ended).plus(children);
      }
    }
  }

  private static Duration waitedFor(List<String> stat) {
    return ticks(ticksAt(stat, WAITED_USER) + ticksAt(stat, WAITED_SYSTEM));
  }

  /** What everything on this machine has used since it started. */
  static Duration ofMachine() {
    try {
      String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split(" +");
      // user, nice, system, then idle and iowait, then irq and softirq
      long busy = 0;
      for (int field : new int[] {1, 2, 3, 6, 7}) {
        busy += Long.parseLong(fields[field]);
      }
      return ticks(busy);
    } catch (IOException e) {
      throw new BenchFailure("Cannot read /proc/stat; the benchmark runs on Linux only", e);
    }
  }

  /** The most memory that a process ever had, in bytes ({@code VmHWM}). */
  static long peakMemory(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new BenchFailure("Process " + pid + " has ended", e);
    }
  }

  /** Empty if it has just ended: its parent counts it now. */
  private static List<String> stat(Path folder) {
    try {
      String line = Files.readString(folder.resolve("stat"));
      return List.of(line.substring(line.lastIndexOf(')') + 2).trim().split(" "));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static long ticksAt(List<String> stat, int field) {
    return stat.isEmpty() ? 0 : Long.parseLong(stat.get(field));
  }

  private static Duration ticks(long ticks) {
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }
}
