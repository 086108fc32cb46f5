package dev.belay.testkit.standin.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON as CockroachDB prints it: a blank after each comma and colon, object keys in the order of
 * their UTF-8 bytes, few escapes, numbers with their scale. Parts are passed around as rendered
 * text.
 */
final class JsonText {

  static final String NULL = "null";

  private static final Comparator<String> BYTEWISE = JsonText::compareBytes;

  private static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonText() {}

  /** The order of UTF-8 bytes is that of code points, and of chars but for surrogates. */
  private static int compareBytes(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) || Character.isSurrogate(y)
            ? Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8))
            : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** A map that keeps members in wire order. */
  static Map<String, String> members() {
    return new TreeMap<>(BYTEWISE);
  }

  static String object(Map<String, String> members) {
    StringBuilder out = new StringBuilder("{");
    members.forEach(
        (name, value) -> {
          if (out.length() > 1) {
            out.append(", ");
          }
          quote(name, out);
          out.append(": ").append(value);
        });
    return out.append('}').toString();
  }

  static String array(Collection<String> items) {
    return "[" + String.join(", ", items) + "]";
  }

  static String string(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2);
    quote(text, out);
    return out.toString();
  }

  /** A number in the General Decimal Arithmetic text form, which keeps the scale. */
  static String number(BigDecimal number) {
    // Zeros are plain whatever their scale; other numbers take an exponent below 1E-6.
    return number.signum() == 0 && number.scale() > 0 ? number.toPlainString() : number.toString();
  }

  /** Prints JSON again: members sorted, the last of duplicates kept, numbers exact. */
  static String reprint(String json) {
    try {
      return print(EXACT.readTree(json));
    } catch (JsonProcessingException e) {
      e.clearLocation();
      throw new IllegalArgumentException("The database gave a JSON value that does not parse");
    }
  }

  private static String print(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, String> members = members();
        node.properties().forEach(e -> members.put(e.getKey(), print(e.getValue())));
        yield object(members);
      }
      case ARRAY -> array(node.valueStream().map(JsonText::print).toList());
      case STRING -> string(node.textValue());
      case NUMBER -> number(node.decimalValue());
      case BOOLEAN -> node.asText();
      case NULL -> NULL;
      case BINARY, MISSING, POJO -> throw new IllegalArgumentException("not JSON");
    };
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
