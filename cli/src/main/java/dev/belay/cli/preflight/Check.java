package dev.belay.cli.preflight;

/**
 * One thing that was looked at.
 *
 * @param of what it is about: a connector, a table, a topic
 * @param found what was seen
 * @param cure why it matters and what to do; empty if all is well
 */
record Check(Level level, String of, String found, String cure) {

  /** How bad it is. */
  enum Level {
    OK,
    WARNING,
    STOP
  }

  static Check ok(String of, String found) {
    return new Check(Level.OK, of, found, "");
  }

  static Check warning(String of, String found, String cure) {
    return new Check(Level.WARNING, of, found, cure);
  }

  static Check stop(String of, String found, String cure) {
    return new Check(Level.STOP, of, found, cure);
  }
}
