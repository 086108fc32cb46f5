package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time of an {@code AS OF SYSTEM TIME} clause.
 *
 * @param first index of {@code AS}
 * @param last index of the last token of the time
 */
record SystemTime(Hlc time, int first, int last) {

  private static final Duration FOLLOWER_READ = Duration.ofMillis(4_200);
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)(?:[ T](\\d\\d:\\d\\d)(:\\d\\d)?(\\.\\d{1,9})?)?\\s*"
              + "(Z|UTC|[-+]\\d\\d(?::?\\d\\d)?)?");
  private static final Pattern DECIMAL =
      Pattern.compile("-?\\d{1,40}(\\.\\d+)?([eE][-+]?\\d{1,3})?");
  private static final Pattern PART = Pattern.compile("([-+]?)(\\d+(?:\\.\\d+)?)\\s*([a-zµ]+)\\s*");
  private static final Pattern CLOCK =
      Pattern.compile("(-?)(\\d+):(\\d\\d)(?::(\\d\\d(?:\\.\\d+)?))?");
  private static final BigInteger MOST_LOGICAL = BigInteger.valueOf(Integer.MAX_VALUE);

  /**
   * Finds the clause. Empty if the statement has none.
   *
   * @param now what intervals and functions count from
   * @throws Refusal if its time is none
   */
  static Optional<SystemTime> find(Sql sql, Hlc now) {
    for (int i = 0; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "AS", "OF", "SYSTEM", "TIME")) {
        return Optional.of(read(sql, i, now));
      }
    }
    return Optional.empty();
  }

  private static SystemTime read(Sql sql, int first, Hlc now) {
    int at = first + 4;
    if (at >= sql.tokens().size()) {
      throw new Refusal("42601", "at or near \"EOF\": syntax error");
    }
    Token token = sql.tokens().get(at);
    if (token.kind() == Token.Kind.STRING) {
      int last = sql.hasAt(at + 1, "::") ? at + 2 : at;
      return new SystemTime(ofText(token.value(), now), first, last);
    } else if (token.kind() == Token.Kind.NUMBER && DECIMAL.matcher(token.value()).matches()) {
      return new SystemTime(ofDecimal(token.value()), first, at);
    } else if (sql.hasAt(at + 1, "(")) {
      int last = at + 1;
      while (last < sql.tokens().size() - 1 && !sql.hasAt(last, ")")) {
        last++;
      }
      return new SystemTime(ofFunction(token.value(), now), first, last);
    }
    throw notConstant();
  }

  private static Refusal notConstant() {
    return new Refusal(
        "XXUUU",
        "AS OF SYSTEM TIME: only constant expressions, with_min_timestamp, with_max_staleness, or"
            + " follower_read_timestamp are allowed");
  }

  private static Hlc ofFunction(String name, Hlc now) {
    return switch (name) {
      case "follower_read_timestamp", "experimental_follower_read_timestamp" ->
          before(now, FOLLOWER_READ);
      // Staleness is allowed, not asked for.
      case "with_min_timestamp", "with_max_staleness" -> now;
      default -> throw notConstant();
    };
  }

  private static Hlc ofText(String text, Hlc now) {
    Matcher timestamp = TIMESTAMP.matcher(text.trim());
    if (timestamp.matches()) {
      return ofTimestamp(timestamp);
    } else if (DECIMAL.matcher(text).matches()) {
      return ofDecimal(text);
    }
    Duration interval = interval(text);
    if (interval.isZero()) {
      throw wrong("interval value '" + text + "' too small, absolute value must be >= 1µs");
    } else if (!interval.isNegative()) {
      throw wrong("interval value '" + text + "' too large, AS OF interval must be <= -1µs");
    }
    return before(now, interval.negated());
  }

  private static Hlc before(Hlc now, Duration interval) {
    return new Hlc(now.wallNanos() - interval.toNanos(), 0);
  }

  private static Hlc ofTimestamp(Matcher parts) {
    String minutes = Optional.ofNullable(parts.group(2)).orElse("00:00");
    String seconds = Optional.ofNullable(parts.group(3)).orElse(":00");
    String fraction = Optional.ofNullable(parts.group(4)).orElse("");
    String zone = Optional.ofNullable(parts.group(5)).orElse("Z").replace("UTC", "Z");
    String offset =
        zone.length() == 3
            ? zone + ":00"
            : zone.length() == 5 ? zone.substring(0, 3) + ":" + zone.substring(3) : zone;
    try {
      OffsetDateTime time =
          OffsetDateTime.parse(parts.group(1) + "T" + minutes + seconds + fraction + offset);
      return new Hlc(
          Math.addExact(Math.multiplyExact(time.toEpochSecond(), 1_000_000_000L), time.getNano()),
          0);
    } catch (DateTimeException | ArithmeticException e) {
      throw wrong("value is neither timestamp, decimal, nor interval");
    }
  }

  /** Digits before the point are nanoseconds, the ten after it the logical part. */
  private static Hlc ofDecimal(String text) {
    BigDecimal decimal = new BigDecimal(text);
    BigInteger wall = decimal.toBigInteger();
    BigInteger logical =
        decimal.subtract(new BigDecimal(wall)).movePointRight(10).toBigInteger().abs();
    if (decimal.signum() == 0) {
      throw wrong("zero timestamp is invalid");
    } else if (decimal.signum() < 0) {
      throw wrong("timestamp before 1970-01-01T00:00:00Z is invalid");
    } else if (wall.bitLength() > 63 || logical.compareTo(MOST_LOGICAL) > 0) {
      throw wrong("parsing argument: value out of range");
    }
    return new Hlc(wall.longValueExact(), logical.intValueExact());
  }

  private static Duration interval(String text) {
    Matcher clock = CLOCK.matcher(text.trim());
    if (clock.matches()) {
      String seconds = Optional.ofNullable(clock.group(4)).orElse("0");
      double total =
          Integer.parseInt(clock.group(2)) * 3600.0
              + Integer.parseInt(clock.group(3)) * 60.0
              + Double.parseDouble(seconds);
      return nanos(clock.group(1).equals("-") ? -total : total);
    }
    Matcher part = PART.matcher(text.trim());
    double total = 0;
    double sign = 1;
    int end = 0;
    while (part.find() && part.start() == end) {
      // As Go reads -1h30m: the sign holds until the next one.
      sign = part.group(1).isEmpty() ? sign : part.group(1).equals("-") ? -1 : 1;
      total += sign * Double.parseDouble(part.group(2)) * seconds(part.group(3));
      end = part.end();
    }
    if (end == 0 || end != text.trim().length()) {
      throw wrong("value is neither timestamp, decimal, nor interval");
    }
    return nanos(total);
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static double seconds(String unit) {
    return switch (unit) {
      case "ns" -> 1e-9;
      case "us", "µs" -> 1e-6;
      case "ms", "millisecond", "milliseconds" -> 1e-3;
      case "s", "sec", "secs", "second", "seconds" -> 1;
      case "m", "min", "mins", "minute", "minutes" -> 60;
      case "h", "hr", "hrs", "hour", "hours" -> 3_600;
      case "d", "day", "days" -> 86_400;
      default -> throw wrong("value is neither timestamp, decimal, nor interval");
    };
  }

  private static Refusal wrong(String what) {
    return new Refusal("XXUUU", "AS OF SYSTEM TIME: " + what);
  }
}
