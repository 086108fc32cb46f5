package dev.belay.cli.status;

import java.time.Duration;
import java.util.Locale;

/** Numbers and times as a person reads them. */
public final class Words {
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Words() {}

  /** Two units at most: {@code 1.2 s}, {@code 3 min 4 s}, {@code 2 h 5 min}, {@code 3 d 4 h}. */
  public static String of(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < MINUTE) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    } else if (seconds < HOUR) {
      return seconds / MINUTE + " min" + rest(seconds % MINUTE, "s");
    } else if (seconds < DAY) {
      return seconds / HOUR + " h" + rest(seconds % HOUR / MINUTE, "min");
    }
    return seconds / DAY + " d" + rest(seconds % DAY / HOUR, "h");
  }

  private static String rest(long number, String unit) {
    return number == 0 ? "" : " " + number + " " + unit;
  }

  /** With commas between thousands. */
  public static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
