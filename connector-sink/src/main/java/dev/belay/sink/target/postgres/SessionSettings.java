package dev.belay.sink.target.postgres;

import dev.belay.sink.target.SessionLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an apply session sets; an ordinary role may set all of it. */
final class SessionSettings {

  /**
   * What a user's trigger asks to know whether Belay writes: {@code
   * current_setting('belay.applying', true) = 'on'}.
   */
  static final String GUARD = "belay.applying";

  private SessionSettings() {}

  static Map<String, String> of(SessionLimits limits) {
    Map<String, String> settings = new LinkedHashMap<>();
    // text forms that do not depend on the server, the role or the driver
    settings.put("client_encoding", "UTF8");
    settings.put("TimeZone", "UTC");
    settings.put("DateStyle", "ISO, YMD");
    settings.put("IntervalStyle", "postgres");
    settings.put("extra_float_digits", "3");
    settings.put("bytea_output", "hex");
    settings.put("standard_conforming_strings", "on");
    // the fence of the checkpoint rows is written for it
    settings.put("default_transaction_isolation", "read committed");
    settings.put("default_transaction_deferrable", "off");
    settings.put("array_nulls", "on");
    settings.put("lock_timeout", milliseconds(limits.lockWait()));
    settings.put("idle_in_transaction_session_timeout", milliseconds(limits.idleInTransaction()));
    settings.put("application_name", limits.applicationName());
    // A plan made for a few rows of a small table would be kept while the table grows; planning
    // costs less than a millisecond for thousands of rows.
    settings.put("plan_cache_mode", "force_custom_plan");
    // compiling takes longer than any of these statements
    settings.put("jit", "off");
    settings.put(GUARD, "on");
    return settings;
  }

  /** At least one: zero would mean "no limit". */
  private static String milliseconds(Duration duration) {
    return Math.max(1, duration.toMillis()) + "ms";
  }
}
