package dev.belay.cli.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One form for all texts of a value, so that two databases can write it in ways of their own. Equal
 * forms mean equal values and different forms different ones: nothing is rounded. A text that
 * cannot be read as its kind has a form that no other has.
 */
final class Canon {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final Pattern DAY =
      Pattern.compile("(-?\\d{1,7})-(\\d\\d)-(\\d\\d)(?:[ T](\\d.*?))?(?: (BC))?");
  private static final Pattern CLOCK =
      Pattern.compile("(\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d{1,9}))?)?");
  private static final Pattern ZONE =
      Pattern.compile("(.*?)([-+])(\\d\\d)(?::?(\\d\\d))?(?::?(\\d\\d))?");
  private static final BigInteger NANOS_OF_DAY = BigInteger.valueOf(86_400_000_000_000L);
  private static final int LARGEST_EXPONENT = 20_000;

  private Canon() {}

  /**
   * The form of a value.
   *
   * @param kind as what it is compared
   * @param text as the database wrote it
   */
  static String of(Kind kind, String text) {
    try {
      return switch (kind) {
        case INTEGER, DECIMAL -> number(text);
        case FLOAT -> Double.toString(Double.parseDouble(infinity(text)));
        case SHORT_FLOAT -> Float.toString(Float.parseFloat(infinity(text)));
        case BOOLEAN -> bool(text);
        case PADDED -> unpadded(text);
        case UUID -> text.toLowerCase(Locale.ROOT).replace("-", "");
        case DATE, TIMESTAMP, MOMENT -> isInfinite(text) ? text : nanos(text).toString();
        case TIME -> clock(text).toString();
        case TIME_WITH_ZONE -> zoned(text);
        case INTERVAL -> Spans.of(text);
        case JSON -> sorted(JSON.readTree(text)).toString();
        case ADDRESS -> address(text);
        case MIXED_FLOAT -> mixed(Double.parseDouble(infinity(text)));
        case TEXT, BYTES, BITS, ARRAY, SHAPE, OTHER -> text;
      };
    } catch (NumberFormatException | DateTimeException | JsonProcessingException unread) {
      // as no form is, so that it equals nothing but itself
      return "?" + text;
    }
  }

  /**
   * A value of a key in the order that databases give its kind.
   *
   * @throws NumberFormatException if it has no place in it
   * @throws DateTimeException likewise
   */
  static Comparable<?> ordered(Kind kind, String text) {
    return switch (kind) {
      case INTEGER, DECIMAL -> new BigDecimal(text);
      case FLOAT, SHORT_FLOAT, MIXED_FLOAT -> Double.valueOf(infinity(text));
      case DATE, TIMESTAMP, MOMENT -> isInfinite(text) ? infinite(text) : nanos(text);
      case TIME -> clock(text);
      default -> new Octets(of(kind, text));
    };
  }

  /** Text in the order of its UTF-8 bytes, which is that of the code points. */
  record Octets(byte[] bytes) implements Comparable<Octets> {
    Octets(String text) {
      this(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int compareTo(Octets other) {
      return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  private static String number(String text) {
    BigDecimal number;
    try {
      number = new BigDecimal(text);
    } catch (NumberFormatException notFinite) {
      return infinity(text);
    }
    // not to be written out: a text of 1E+1000000 would be long
    return number.signum() == 0
        ? "0"
        : Math.abs((long) number.scale()) > LARGEST_EXPONENT
            ? number.stripTrailingZeros().toString()
            : number.stripTrailingZeros().toPlainString();
  }

  /** The word that Java reads too; a text that is no such word stays. */
  private static String infinity(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> "Infinity";
      case "-inf", "-infinity" -> "-Infinity";
      case "nan" -> "NaN";
      default -> text;
    };
  }

  /**
   * A number of four bytes may have been widened, or have been taken since its digits are those of
   * the longer one: what four bytes can hold is told as they tell it.
   */
  private static String mixed(double number) {
    return Double.compare((float) number, number) == 0
        ? Float.toString((float) number)
        : Double.toString(number);
  }

  private static String bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "1", "t", "true", "y", "yes", "on" -> "true";
      case "0", "f", "false", "n", "no", "off" -> "false";
      default -> text;
    };
  }

  private static String unpadded(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private static boolean isInfinite(String text) {
    return text.endsWith("infinity");
  }

  private static BigInteger infinite(String text) {
    BigInteger beyond = BigInteger.ONE.shiftLeft(200);
    return text.startsWith("-") ? beyond.negate() : beyond;
  }

  /** Nanoseconds since the epoch; a date is its midnight. */
  private static BigInteger nanos(String text) {
    Matcher day = DAY.matcher(text);
    if (!day.matches()) {
      throw new DateTimeException("no date");
    }
    int year = Integer.parseInt(day.group(1));
    LocalDate date =
        LocalDate.of(
            day.group(5) == null ? year : 1 - year,
            Integer.parseInt(day.group(2)),
            Integer.parseInt(day.group(3)));
    BigInteger midnight = BigInteger.valueOf(date.toEpochDay()).multiply(NANOS_OF_DAY);
    if (day.group(4) == null) {
      return midnight;
    }
    String rest = day.group(4);
    Matcher zone = ZONE.matcher(rest);
    return zone.matches()
        ? midnight.add(BigInteger.valueOf(clock(zone.group(1)) - offset(zone)))
        : midnight.add(BigInteger.valueOf(clock(rest)));
  }

  private static long offset(Matcher zone) {
    long seconds = 0;
    for (int part = 3; part <= 5; part++) {
      seconds = seconds * 60 + (zone.group(part) == null ? 0 : Integer.parseInt(zone.group(part)));
    }
    return (zone.group(2).equals("-") ? -seconds : seconds) * 1_000_000_000;
  }

  /** Nanoseconds since midnight; 24:00:00 is a time of its own. */
  private static Long clock(String text) {
    Matcher clock = CLOCK.matcher(text);
    if (!clock.matches()) {
      throw new DateTimeException("no time of day");
    }
    int second = clock.group(3) == null ? 0 : Integer.parseInt(clock.group(3));
    String fraction = clock.group(4) == null ? "0" : clock.group(4);
    if (text.matches("24:00(:00(\\.0+)?)?")) {
      return 24L * 3_600_000_000_000L;
    }
    return LocalTime.of(Integer.parseInt(clock.group(1)), Integer.parseInt(clock.group(2)), second)
            .toNanoOfDay()
        + Long.parseLong((fraction + "000000000").substring(0, 9));
  }

  /** The same moment at another offset is another value. */
  private static String zoned(String text) {
    Matcher zone = ZONE.matcher(text);
    if (!zone.matches()) {
      throw new DateTimeException("no zone");
    }
    return clock(zone.group(1)) + "@" + offset(zone);
  }

  /** Without a mask that spans all, which is not always written. */
  private static String address(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.endsWith("/32") && !lower.contains(":")
        ? lower.substring(0, lower.length() - 3)
        : lower.endsWith("/128") ? lower.substring(0, lower.length() - 4) : lower;
  }

  /**
   * The form of an array.
   *
   * @param element as what its elements are compared
   */
  static String ofArray(Kind element, String text) {
    StringBuilder form = new StringBuilder();
    for (String one : ArrayText.elements(text)) {
      if (one == null) {
        form.append("N;");
      } else {
        String value = of(element, one);
        form.append(value.length()).append(':').append(value).append(';');
      }
    }
    return form.toString();
  }

  private static JsonNode sorted(JsonNode node) {
    if (node.isObject()) {
      Map<String, JsonNode> fields = new TreeMap<>();
      node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      return JSON.createObjectNode().setAll(fields);
    } else if (node.isArray()) {
      ArrayNode array = JSON.createArrayNode();
      node.forEach(element -> array.add(sorted(element)));
      return array;
    } else if (node.isNumber()) {
      // 1.0 and 1 are one number; as text, so that none is rounded
      return JSON.getNodeFactory().rawValueNode(new RawValue(number(node.asText())));
    }
    return node;
  }
}
