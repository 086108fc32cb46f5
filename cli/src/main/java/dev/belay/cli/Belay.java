package dev.belay.cli;

import dev.belay.cli.demo.DemoCommand;
import dev.belay.cli.dlq.DlqCommand;
import dev.belay.cli.feed.FeedCommand;
import dev.belay.cli.handover.DrainCommand;
import dev.belay.cli.handover.RollbackCommand;
import dev.belay.cli.init.InitCommand;
import dev.belay.cli.plan.PlanCommand;
import dev.belay.cli.preflight.PreflightCommand;
import dev.belay.cli.status.StatusCommand;
import dev.belay.cli.verify.VerifyCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code belay} command. What it can do are its subcommands. */
@Command(
    name = "belay",
    description = "Keeps the database you migrated from in step with CockroachDB.",
    mixinStandardHelpOptions = true,
    versionProvider = Belay.Version.class)
public final class Belay implements Runnable {
  /** The work could not be done; 0, 1 and 2 are taken by success, findings and usage. */
  static final int FAILED = 3;

  @Spec private CommandSpec spec;

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    // Not System.out: its charset is the platform's, and what is printed must be exact.
    PrintWriter out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    int code = commandLine(System.in, out).execute(arguments);
    out.flush();
    System.exit(code);
  }

  /** All commands, reading and writing here; errors go to stderr. */
  static CommandLine commandLine(InputStream in, PrintWriter out) {
    CommandLine belay =
        new CommandLine(new Belay())
            .addSubcommand(new DecodeCommand(in))
            .addSubcommand(new DemoCommand())
            .addSubcommand(new DlqCommand())
            .addSubcommand(new DrainCommand())
            .addSubcommand(new FeedCommand())
            .addSubcommand(new PreflightCommand())
            .addSubcommand(new RollbackCommand())
            .addSubcommand(new StatusCommand())
            .addSubcommand(new InitCommand())
            .addSubcommand(new PlanCommand(in))
            .addSubcommand(new VerifyCommand())
            .setOut(out);
    belay.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println(command.getCommandName() + ": " + failure.getMessage());
          return FAILED;
        });
    return belay;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do: name a command.");
  }

  /** The version that the sink reports too, from the same place. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      try (InputStream file =
          Belay.class.getResourceAsStream("/dev/belay/sink/version.properties")) {
        Properties properties = new Properties();
        properties.load(file);
        return new String[] {"belay " + properties.getProperty("version")};
      }
    }
  }
}
