package dev.belay.source.preflight;

/**
 * One answer of the preflight.
 *
 * @param key the configuration's key that it is about
 * @param found what was found and why it matters
 * @param cure the SQL or the setting that cures it
 */
public record Finding(Weight weight, String key, String found, String cure) {

  /** What it means for the feed. */
  public enum Weight {
    /** The feed would lose rows or not begin. */
    STOP,
    /** It works, and a person should know. */
    WARNING
  }

  /** The feed must not begin like this. */
  public static Finding stop(String key, String found, String cure) {
    return new Finding(Weight.STOP, key, found, cure);
  }

  static Finding warning(String key, String found, String cure) {
    return new Finding(Weight.WARNING, key, found, cure);
  }

  public boolean stops() {
    return weight == Weight.STOP;
  }

  /** For people. */
  public String text() {
    return found + " " + cure;
  }
}
