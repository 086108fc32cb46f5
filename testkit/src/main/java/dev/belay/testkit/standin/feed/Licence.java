package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Refusal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether feeds are licensed. Any thread.
 *
 * <p>The words are those with which CockroachDB refuses features of an expired evaluation licence.
 * {@code CREATE CHANGEFEED} of 2026 has no such check any more: an expired licence throttles all
 * transactions instead ("License expired on ... The maximum number of concurrently open
 * transactions has been reached.", same SQLSTATE). Not verified: which release dropped the check.
 */
final class Licence {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMMM d, yyyy", Locale.ENGLISH);

  private volatile boolean expired;

  void expire(boolean now) {
    expired = now;
  }

  /** What is wrong; empty if nothing. */
  Optional<String> problem() {
    if (!expired) {
      return Optional.empty();
    }
    String yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1).format(DATE);
    return Optional.of(
        "Use of CHANGEFEED requires an enterprise license. Your evaluation license expired on "
            + yesterday
            + ". If you're interested in getting a new license, please contact"
            + " subscriptions@cockroachlabs.com and we can help you out.");
  }

  void check() {
    problem()
        .ifPresent(
            text -> {
              throw new Refusal("XXC02", text);
            });
  }
}
