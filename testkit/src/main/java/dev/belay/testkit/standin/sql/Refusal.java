package dev.belay.testkit.standin.sql;

/** A statement that cannot be done, for a reason to tell its author. */
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String state;

  /**
   * @param state the SQLSTATE, five characters
   */
  public Refusal(String state, String message) {
    super(message);
    this.state = state;
  }

  /** An option or parameter with a wrong value. */
  public static Refusal invalid(String message) {
    return new Refusal("22023", message);
  }

  /** What CockroachDB refuses without a code of its own. */
  public static Refusal uncoded(String message) {
    return new Refusal("XXUUU", message);
  }

  /** What the user may not do. */
  public static Refusal forbidden(String message) {
    return new Refusal("42501", message);
  }

  /** Something that CockroachDB has and the stand-in has not. */
  public static Refusal notInStandIn(String what) {
    return new Refusal("0A000", what + " is not implemented by the stand-in");
  }

  public String state() {
    return state;
  }
}
