package dev.belay.cli.handover;

import dev.belay.cli.status.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is handed over, and who looks. */
public final class LineOptions {
  @Option(
      names = "--source",
      required = true,
      paramLabel = "FILE",
      description = "The source connector's JSON, as it is POSTed.")
  private Path source;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "FILE",
      description = "The sink connector's JSON, as it is POSTed.")
  private Path target;

  @Option(
      names = "--source-user",
      paramLabel = "USER",
      description =
          "Who reads the tables in CockroachDB; default: the connector's user, which needs SELECT"
              + " then.")
  private Optional<String> sourceUser = Optional.empty();

  @Option(
      names = "--source-password",
      paramLabel = "PASSWORD",
      description =
          "Better as $${env:NAME} or $${file:FILE:KEY} than in words; default: environment variable"
              + " BELAY_SOURCE_PASSWORD, or the connector's.")
  private Optional<String> sourcePassword = Optional.empty();

  @Option(
      names = "--target-user",
      paramLabel = "USER",
      description =
          "Who reads the old database and sets its sequences; default: the connector's user.")
  private Optional<String> targetUser = Optional.empty();

  @Option(
      names = "--target-password",
      paramLabel = "PASSWORD",
      description = "The same; default: environment variable BELAY_TARGET_PASSWORD.")
  private Optional<String> targetPassword = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = Span.class,
      description = "How long to wait for the old database; default ${DEFAULT-VALUE}.")
  private Duration timeout;

  /**
   * Both connectors.
   *
   * @throws IOException if a file cannot be used; the message is for the user
   */
  public Line line() throws IOException {
    return Line.of(source, target)
        .as(
            sourceUser,
            sourcePassword.or(() -> Optional.ofNullable(System.getenv("BELAY_SOURCE_PASSWORD"))),
            targetUser,
            targetPassword.or(() -> Optional.ofNullable(System.getenv("BELAY_TARGET_PASSWORD"))));
  }

  /** The source connector's file. */
  public Path source() {
    return source;
  }

  /** The sink connector's file. */
  public Path target() {
    return target;
  }

  /** How long to wait for the old database. */
  public Duration timeout() {
    return timeout;
  }
}
