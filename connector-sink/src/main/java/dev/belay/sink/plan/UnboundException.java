package dev.belay.sink.plan;

/** A change that does not fit the target as its catalog describes it. */
public final class UnboundException extends Exception {
  private static final long serialVersionUID = 1;

  /** How far the misfit reaches. */
  public enum Reach {
    /** This record only. */
    RECORD,
    /** The table: nothing of it can be applied until a person has changed something. */
    TABLE
  }

  private final Reach reach;
  private final boolean drift;

  /**
   * @param drift whether a catalog that changed meanwhile could explain it, so that it is to be
   *     read again before judging
   */
  UnboundException(Reach reach, boolean drift, String message) {
    super(message, null, false, false);
    this.reach = reach;
    this.drift = drift;
  }

  public Reach reach() {
    return reach;
  }

  public boolean mayBeDrift() {
    return drift;
  }
}
