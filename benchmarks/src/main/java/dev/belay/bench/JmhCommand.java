package dev.belay.bench;

import dev.belay.bench.jmh.DecoderBench;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Single rooms of the sink under JMH. */
@Command(
    name = "jmh",
    description = "Measures the decoder and the planner by themselves: time and bytes a change.",
    mixinStandardHelpOptions = true)
final class JmhCommand implements Callable<Integer> {

  private static final int WARM_UPS = 5;
  private static final int MEASURED = 5;

  @Option(
      names = "--forks",
      defaultValue = "1",
      paramLabel = "N",
      description = "JVMs to measure in, one after another (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Override
  public Integer call() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(DecoderBench.class.getPackageName() + ".*")
                .forks(forks)
                .warmupIterations(WARM_UPS)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(MEASURED)
                .measurementTime(TimeValue.seconds(2))
                .addProfiler(GCProfiler.class)
                .build())
        .run();
    return 0;
  }
}
