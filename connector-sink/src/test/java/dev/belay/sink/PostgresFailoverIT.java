package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Network.Point;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.Trees;
import dev.belay.testkit.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A URL with several servers, as PostgreSQL's driver has them. */
class PostgresFailoverIT extends TaskCase {

  /** The URL names both servers. The first one comes back as a standby, the second takes over. */
  @Test
  void aTargetThatFailsOverToAnotherServerIsFollowed(@TempDir Path dir) throws Exception {
    Path firstFiles = dir.resolve("first");
    Path secondFiles = dir.resolve("second");
    int secondPort = LoopbackPort.free();
    try (PostgresServer first =
        PostgresServer.start(PostgresServer.Version.NEW, firstFiles, 0, false)) {
      db = TargetDatabase.on(first);
      makeOrders(db);
      feed.create("orders", 1);
      String both =
          db.url()
              .replace(
                  ":" + first.port() + "/", ":" + first.port() + ",127.0.0.1:" + secondPort + "/");
      try (TaskHarness task =
          task().set("target.connection.url", both + "?targetServerType=primary").start()) {
        put(1, 11);
        feed.resolved("orders", 15);
        untilFrontier(task, 15);
        assertThat(rows()).containsExactly("1@11");
        task.network().at(Point.BEFORE_COMMIT, first::stopImmediately);
        put(1, 21);
        put(2, 22);
        feed.resolved("orders", 25);
        task.until("it waits", () -> task.retries() > 2);
        Trees.copy(firstFiles, secondFiles);
        Files.deleteIfExists(secondFiles.resolve("postmaster.pid"));
        Files.createFile(firstFiles.resolve("standby.signal"));
        first.restart();
        int before = task.retries();
        task.until("it does not take the standby", () -> task.retries() > before + 2);
        try (PostgresServer second =
            PostgresServer.start(PostgresServer.Version.NEW, secondFiles, secondPort, false)) {
          db = db.copiedTo(second);
          untilFrontier(task, 25);
          assertThat(rows()).containsExactly("1@21", "2@22");
          assertThat(db.stepsBack()).isEmpty();
          assertThat(db.history("orders", "1")).containsExactly("11", "21");
        }
      }
    }
  }
}
