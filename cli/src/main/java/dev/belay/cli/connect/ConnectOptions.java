package dev.belay.cli.connect;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where Kafka Connect is, and how it is asked. */
public final class ConnectOptions {
  private static final String DEFAULT = "http://localhost:8083";

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--connect",
      paramLabel = "URL",
      description =
          "Kafka Connect's REST address, any worker of the cluster; default: environment variable"
              + " BELAY_CONNECT, or "
              + DEFAULT
              + ".")
  private String url;

  @Option(
      names = "--connect-user",
      paramLabel = "USER",
      description = "Who asks, where Connect wants basic authentication.")
  private String user;

  @Option(
      names = "--connect-password",
      paramLabel = "PASSWORD",
      description =
          "Better as $${env:NAME} or $${file:FILE:KEY} than in words; default: environment variable"
              + " BELAY_CONNECT_PASSWORD.")
  private String password;

  @Option(
      names = "--connect-ca",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) that Connect's own is signed by; default: those that Java trusts.")
  private Path authorities;

  /**
   * What asks it.
   *
   * @throws IOException if the file of certificates cannot be used
   */
  public ConnectClient client() throws IOException {
    String given = url == null ? System.getenv("BELAY_CONNECT") : url;
    String address = given == null || given.isBlank() ? DEFAULT : given;
    String secret = password == null ? System.getenv("BELAY_CONNECT_PASSWORD") : password;
    if (!address.matches("https?://[^/?#@]+(/[^?#]*)?")) {
      throw new ParameterException(
          spec.commandLine(),
          "--connect is an address such as "
              + DEFAULT
              + "; a user goes to --connect-user, and not into the address.");
    }
    if (user == null && password != null) {
      throw new ParameterException(
          spec.commandLine(), "--connect-password is whose? Add --connect-user.");
    }
    return new ConnectClient(
        URI.create(address.replaceAll("/+$", "") + "/"),
        Optional.ofNullable(user)
            .map(
                name ->
                    name
                        + ":"
                        + ConnectorFile.resolved(Map.of("p", secret == null ? "" : secret))
                            .get("p")),
        Optional.ofNullable(authorities));
  }
}
