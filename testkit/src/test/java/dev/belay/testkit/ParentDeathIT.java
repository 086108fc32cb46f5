package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ParentDeathIT {
  private static final Logger LOG = LoggerFactory.getLogger(ParentDeathIT.class);

  @TempDir Path dir;

  @Test
  void everyServerEndsWhenTheJvmThatStartedItIsKilled() throws Exception {
    // fetched before the clock runs: apt-get would outlive a starter that is killed amid it
    MySqlServer.obstacle(Product.MYSQL)
        .ifPresent(
            obstacle -> {
              LOG.warn("ParentDeathIT is skipped: {}", obstacle);
              abort(obstacle);
            });
    ChildJvm starter =
        ChildJvm.start(
            StarterMain.class,
            List.of(dir.toString()),
            ClassPath.ofThisJvm(),
            List.of(),
            dir.resolve("pids"),
            dir.resolve("starter.log"));
    try {
      List<Long> pids =
          Stream.of(starter.awaitAnnouncement(Duration.ofSeconds(180)).split(" "))
              .map(Long::valueOf)
              .toList();
      assertThat(pids).hasSize(4).allMatch(ParentDeathIT::runs);

      starter.kill9();

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(pids).noneMatch(ParentDeathIT::runs));
    } finally {
      starter.kill9();
    }
  }

  /** A process that has ended may keep its number as a zombie where nobody collects orphans. */
  private static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException gone) {
      return false;
    }
  }
}
