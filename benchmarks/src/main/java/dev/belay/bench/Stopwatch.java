package dev.belay.bench;

import dev.belay.testkit.Deadline;
import java.time.Duration;

/**
 * Watches one run from outside, the same way for every contestant: begins when the contestant says
 * that it runs, ends when the finish rows are in the target. Both are looked for every 20 ms.
 */
final class Stopwatch {

  private static final Duration PATIENCE = Duration.ofHours(2);

  private final long worker;
  private final long server;
  private final long began;
  private final Duration workerBefore;
  private final Duration serverBefore;
  private final Duration machineBefore;
  private final ThreadCpu threadsBefore;

  private Stopwatch(long worker, long server) {
    this.worker = worker;
    this.server = server;
    this.workerBefore = CpuMeter.ofProcess(worker);
    this.serverBefore = CpuMeter.ofFamily(server);
    this.machineBefore = CpuMeter.ofMachine();
    this.threadsBefore = ThreadCpu.of(worker);
    this.began = System.nanoTime();
  }

  /**
   * Begins now.
   *
   * @param worker process of the contestant
   * @param server first process of the database server
   */
  static Stopwatch start(long worker, long server) {
    return new Stopwatch(worker, server);
  }

  /**
   * What was used between begin and end.
   *
   * @param peakMemory of the worker since its own start, bytes
   */
  record Reading(
      Duration elapsed,
      Duration worker,
      ThreadCpu threads,
      Duration server,
      Duration machine,
      long peakMemory) {}

  /**
   * Waits for the finish.
   *
   * @param alive throws if the contestant has failed and will never get there
   */
  Reading awaitFinish(TargetTables tables, Runnable alive) {
    long[] looks = {0};
    Deadline.in(PATIENCE)
        .await(
            "the finish rows are in the target",
            () -> {
              if (++looks[0] % 50 == 0) {
                alive.run();
              }
              return tables.isFinished();
            });
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
    return new Reading(
        elapsed,
        CpuMeter.ofProcess(worker).minus(workerBefore),
        ThreadCpu.of(worker).since(threadsBefore),
        CpuMeter.ofFamily(server).minus(serverBefore),
        CpuMeter.ofMachine().minus(machineBefore),
        CpuMeter.peakMemory(worker));
  }
}
