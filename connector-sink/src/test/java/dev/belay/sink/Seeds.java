package dev.belay.sink;

import java.util.Random;
import java.util.function.Consumer;

/**
 * Tries a property with many random inputs. The seeds are the same at each run, and a failure names
 * its own, so that it is tried again by itself with {@code -Dbelay.seed=N}.
 */
public final class Seeds {
  private static final long ONLY = Long.getLong("belay.seed", -1);

  private Seeds() {}

  public static void each(int seeds, Consumer<Random> property) {
    for (long seed = ONLY < 0 ? 0 : ONLY; seed < (ONLY < 0 ? seeds : ONLY + 1); seed++) {
      try {
        property.accept(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with -Dbelay.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
