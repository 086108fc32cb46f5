package dev.belay.bench;

import dev.belay.testkit.ChildLife;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * Plain JDBC as a program of its own, so that its CPU and memory are counted as a worker's are:
 * {@code ANNOUNCEMENT-FILE WAY URL USER WARM-UP-FILE WARM-UP-TABLE FILE TABLE}. Announces itself
 * when it begins with what counts, and ends when its parent does.
 */
final class PlainMain {

  private PlainMain() {}

  public static void main(String[] args) {
    ChildLife.run(
        () -> {
          PlainWay way = PlainWay.valueOf(args[1]);
          try (Connection connection = DriverManager.getConnection(args[2], args[3], "")) {
            way.prepare(connection, args[5]);
            way.prepare(connection, args[7]);
            connection.setAutoCommit(false);
            write(way, connection, Path.of(args[4]), args[5]);
            ChildLife.announce(Path.of(args[0]), "runs");
            write(way, connection, Path.of(args[6]), args[7]);
            // The parent reads the CPU time of this process and its session before it ends them.
            Thread.currentThread().join();
          }
        });
  }

  private static void write(PlainWay way, Connection connection, Path file, String table)
      throws IOException, SQLException {
    BatchFile.<SQLException>read(
        file,
        batch -> {
          try {
            way.write(connection, table, batch);
          } catch (IOException e) {
            throw new BenchFailure("COPY breaks off: " + e.getMessage(), e);
          }
        });
  }
}
