package dev.belay.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;

/** One text for values that are equal, though two databases write them in ways of their own. */
final class SameText {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private SameText() {}

  /**
   * @param type of the column in the new database
   * @param text null is NULL
   */
  static String of(String type, String text) {
    if (text == null) {
      return null;
    }
    return switch (type) {
      case "bool" -> text.equals("true") || text.equals("1") ? "true" : "false";
      // a column of another scale writes zeros at the end
      case "numeric" -> new BigDecimal(text).stripTrailingZeros().toPlainString();
      case "timestamptz" ->
          text.replaceFirst("\\+00$", "")
              .replaceFirst("(\\.\\d*?)0+$", "$1")
              .replaceFirst("\\.$", "");
      case "bytea" -> text.startsWith("\\x") ? text.substring(2) : text;
      case "jsonb" -> json(text);
      default -> text;
    };
  }

  private static String json(String text) {
    try {
      return JSON.writeValueAsString(JSON.readValue(text, Object.class));
    } catch (JsonProcessingException e) {
      // no JSON: differs from all that is
      return text;
    }
  }
}
