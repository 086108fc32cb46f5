package dev.belay.cli.verify;

import java.sql.SQLException;
import java.util.Set;

/** Which failures of reading may be gone at the next try. */
public final class Passing {
  private static final Set<String> CLASSES = Set.of("08", "40", "53", "57");
  private static final Set<String> STATES = Set.of("HY000", "HYT00", "XXC03", "25P03");

  private Passing() {}

  /** Whether to try again. */
  public static boolean is(SQLException failure) {
    String state = failure.getSQLState();
    return state != null
        && (STATES.contains(state)
            || CLASSES.contains(state.substring(0, Math.min(2, state.length()))));
  }
}
