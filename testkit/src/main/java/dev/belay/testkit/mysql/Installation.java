package dev.belay.testkit.mysql;

import dev.belay.testkit.OperatingSystem;
import dev.belay.testkit.ServerCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server's program with all its libraries, and the data of a server in which nothing has happened
 * yet. Fetched once for a user of the machine, into the {@link ServerCache}.
 */
final class Installation {

  private static final String SCRIPT = "fetch-server.sh";
  // Raise it when the script or the template changes.
  private static final int EDITION = 1;
  private static final long FETCH_MINUTES = 10;
  private static final long INITIALISE_MINUTES = 2;
  private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";
  // Another one at the start would only have the files made anew.
  private static final String REDO_LOG = "32M";

  private final Product product;
  private final Path home;

  private Installation(Product product, Path home) {
    this.product = product;
    this.home = home;
  }

  /**
   * Fetches it if it was never fetched.
   *
   * @throws IOException with the words of the script if it cannot be fetched
   */
  static Installation of(Product product) throws IOException {
    String name = product.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Path home =
        ServerCache.prepared(
            name + "-" + product.suite() + "-" + EDITION,
            program(product),
            draft -> prepare(new Installation(product, draft)));
    return new Installation(product, home);
  }

  /** Data of an empty server that was stopped in good order; to be copied. */
  Path template() {
    return home.resolve("template");
  }

  /**
   * The server's program and what it must be told of where its parts are.
   *
   * @param dataDir exists
   */
  List<String> command(Path dataDir) throws IOException {
    Path share = share();
    // Its own loader and libraries: the libc of this machine may be older than the program's.
    List<String> command =
        new ArrayList<>(
            List.of(
                home.resolve(LIBRARIES).resolve("ld-linux-x86-64.so.2").toString(),
                "--library-path",
                home.resolve(LIBRARIES).toString(),
                home.resolve(program(product)).toString(),
                "--no-defaults",
                "--basedir=" + home.resolve("usr"),
                "--datadir=" + dataDir,
                "--lc-messages-dir=" + share,
                "--character-sets-dir=" + share.resolve("charsets")));
    if (OperatingSystem.userId() == 0) {
      // It refuses root unless told. In a user namespace MariaDB could not make a second trigger of
      // a table, since it gives the file that it writes anew to its owner, who is nobody there.
      command.add("--user=root");
    }
    if (product.isMariaDb()) {
      command.add("--innodb-log-file-size=" + REDO_LOG);
      command.add("--innodb-undo-tablespaces=0");
    } else {
      command.add("--innodb-redo-log-capacity=" + REDO_LOG);
      command.add("--plugin-dir=" + home.resolve("usr/lib/mysql/plugin"));
      // Debian's default is a folder that the package's installation would make.
      command.add("--secure-file-priv=");
    }
    return command;
  }

  private static String program(Product product) {
    return product.isMariaDb() ? "usr/sbin/mariadbd" : "usr/sbin/mysqld";
  }

  private Path share() {
    Path own = home.resolve("usr/share/mariadb");
    return Files.isDirectory(own) ? own : home.resolve("usr/share/mysql");
  }

  private static void prepare(Installation draft) throws IOException {
    draft.fetch();
    Files.createDirectory(draft.template());
    if (draft.product.isMariaDb()) {
      draft.bootstrapMariaDb();
    } else {
      draft.initialiseMySql();
    }
  }

  private void fetch() throws IOException {
    Path script = home.resolve(SCRIPT);
    try (InputStream resource = Installation.class.getResourceAsStream(SCRIPT)) {
      Files.copy(resource, script);
    }
    String debianPackage = product.isMariaDb() ? "mariadb-server-core" : "mysql-server-core";
    try {
      run(
          "fetching " + product.title() + " from Debian's archive",
          List.of("sh", script.toString(), home.toString(), product.suite(), debianPackage),
          Path.of("/dev/null"),
          FETCH_MINUTES);
    } catch (IOException e) {
      throw new FetchException(e.getMessage());
    }
  }

  /** The server was never fetched on this machine, and cannot be now. */
  static final class FetchException extends IOException {
    private static final long serialVersionUID = 1;

    FetchException(String message) {
      super(message);
    }
  }

  private void initialiseMySql() throws IOException {
    List<String> command = new ArrayList<>(command(template()));
    command.add("--initialize-insecure");
    run("initialising MySQL", command, Path.of("/dev/null"), INITIALISE_MINUTES);
    // The server's own identity, which a copy makes anew.
    Files.deleteIfExists(template().resolve("auto.cnf"));
  }

  /** What {@code mariadb-install-db} does, which needs programs that are not here. */
  private void bootstrapMariaDb() throws IOException {
    Path script = home.resolve("bootstrap.sql");
    try (OutputStream all = Files.newOutputStream(script)) {
      all.write(
          """
          CREATE DATABASE mysql;
          USE mysql;
          SET @auth_root_socket = NULL, @skip_auth_anonymous = 1;
          """
              .getBytes(StandardCharsets.UTF_8));
      Files.copy(bootstrapPart("system_tables.sql"), all);
      Files.copy(bootstrapPart("performance_tables.sql"), all);
      Files.copy(bootstrapPart("system_tables_data.sql"), all);
      Files.copy(share().resolve("maria_add_gis_sp_bootstrap.sql"), all);
    }
    List<String> command = new ArrayList<>(command(template()));
    command.add("--bootstrap");
    run("initialising MariaDB", command, script, INITIALISE_MINUTES);
  }

  /** The files changed their names between 10.11 and 11. */
  private Path bootstrapPart(String name) {
    return Stream.of("mariadb_", "mysql_")
        .map(prefix -> share().resolve(prefix + name))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No " + name + " in " + share()));
  }

  private void run(String what, List<String> command, Path input, long minutes) throws IOException {
    Path log = home.resolve("preparation.log");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      if (!process.waitFor(minutes, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(
            "Not possible: "
                + what
                + ". It said:\n"
                + Files.readString(log, StandardCharsets.UTF_8).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted: " + what, e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
