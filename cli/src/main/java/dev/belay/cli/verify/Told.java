package dev.belay.cli.verify;

import java.sql.SQLException;
import java.util.Set;

/** What a person is told of a database's failure: servers quote values in their texts. */
public final class Told {

  /** Classes whose texts name connections, rights and objects: 42 is syntax and names. */
  private static final Set<String> WITHOUT_VALUES = Set.of("08", "28", "3D", "42", "53", "57");

  private Told() {}

  /** One line, without values. */
  public static String of(SQLException failure) {
    String state = failure.getSQLState();
    // ours have none
    if (state == null || WITHOUT_VALUES.contains(state.substring(0, Math.min(2, state.length())))) {
      String text = String.valueOf(failure.getMessage());
      int end = text.indexOf('\n');
      return end < 0 ? text : text.substring(0, end);
    }
    return isTooOld(failure)
        ? "The time that the target holds is behind CockroachDB's garbage collection (gc.ttlseconds):"
            + " it cannot be read any more. See why the sink stands still, or use --method recheck."
        : "A database failed with SQLSTATE " + state + "; its log says more.";
  }

  private static boolean isTooOld(SQLException failure) {
    return String.valueOf(failure.getMessage()).contains("GC threshold");
  }
}
