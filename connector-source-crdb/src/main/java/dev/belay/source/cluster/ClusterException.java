package dev.belay.source.cluster;

import java.util.Set;

/**
 * CockroachDB refused a statement or did not answer. The message is fit to be shown: no secret of
 * the configuration is in it, and the driver's exception is not chained.
 */
public final class ClusterException extends Exception {
  private static final long serialVersionUID = 1;

  /** Whether another try may succeed. */
  public enum Kind {
    /** It cannot be reached, or lost the connection: what was asked for may have been done. */
    AWAY,
    /** It asks for another try: serialization failures, a node that drains. */
    BUSY,
    /** It refuses, and will again. */
    REFUSED
  }

  /** Classes of SQLSTATEs that say what is wrong with the statement or with who sends it. */
  private static final Set<String> FOR_GOOD = Set.of("0A", "22", "28", "3D", "3F", "42");

  private final Kind kind;
  private final String state;

  public ClusterException(Kind kind, String state, String message) {
    super(message, null, false, true);
    this.kind = kind;
    this.state = state;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether another try meets the same: data, logins, names, words, features. */
  public boolean isForGood() {
    return kind == Kind.REFUSED
        && FOR_GOOD.contains(state.substring(0, Math.min(2, state.length())));
  }

  /** The SQLSTATE; empty if there is none. */
  public String state() {
    return state;
  }
}
