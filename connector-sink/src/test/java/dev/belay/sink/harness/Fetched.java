package dev.belay.sink.harness;

import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that come from Debian's archive: tests that need one are skipped, saying so, on a machine
 * that has none and cannot reach the archive.
 */
public final class Fetched {
  private static final Logger LOG = LoggerFactory.getLogger(Fetched.class);

  private Fetched() {}

  /** Skips the test, or the class, where there is no such server. */
  public static void assume(Product product) {
    Optional<String> obstacle = MySqlServer.obstacle(product);
    if (obstacle.isPresent()) {
      // Maven's summary leaves out why something is skipped
      LOG.warn("Skipped: {}", obstacle.get());
      Assumptions.abort(obstacle.get());
    }
  }
}
