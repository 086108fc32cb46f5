package dev.belay.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** {@code belay bench}: the program that the launcher starts for it. */
public final class Bench {
  /** The run could not be done; 0, 1 and 2 are taken by success, wrong rows and usage. */
  static final int FAILED = 3;

  private Bench() {}

  /** Runs and ends the JVM with the exit code. */
  public static void main(String[] arguments) {
    // What the clients and servers in this JVM log is not part of what is printed.
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    PrintWriter out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    int code = commandLine(out).execute(arguments);
    out.flush();
    System.exit(code);
  }

  static CommandLine commandLine(PrintWriter out) {
    CommandLine bench =
        new CommandLine(new BenchCommand())
            .addSubcommand(new LatencyCommand())
            .addSubcommand(new DelayCommand())
            .addSubcommand(new GrowthCommand())
            .addSubcommand(new SinklessCommand())
            .addSubcommand(new JmhCommand())
            .setOut(out);
    bench.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (!(failure instanceof BenchFailure)) {
            failure.printStackTrace(command.getErr());
          }
          command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
          return FAILED;
        });
    return bench;
  }
}
