package dev.belay.testkit.standin.encode;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The shape of a message around the row. */
public enum Envelope {
  WRAPPED,
  ENRICHED,
  BARE,
  ROW,
  KEY_ONLY;

  /**
   * Reads the option's value in any case; {@code deprecated_row} is the old name of {@code row}.
   */
  public static Optional<Envelope> named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.equals("DEPRECATED_ROW")
        ? Optional.of(ROW)
        : Arrays.stream(values()).filter(envelope -> envelope.name().equals(upper)).findFirst();
  }

  /** Whether metadata goes into a {@code __crdb__} object, beside the row's columns. */
  boolean keepsMetadataInside() {
    return this == BARE || this == ROW || this == KEY_ONLY;
  }
}
