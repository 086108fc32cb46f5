package dev.belay.source.sinkless;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a scan has come, as its offset has it: a JSON object of the key's columns, in the key's
 * order, with their values as text, or null before the first page. With the columns in it, a
 * primary key that was changed meanwhile is noticed.
 */
final class ScanKey {
  private static final JsonMapper JSON = new JsonMapper();

  private ScanKey() {}

  /**
   * @param values none before the first page
   */
  static String written(List<String> columns, List<String> values) {
    Map<String, String> key = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      key.put(columns.get(i), values.isEmpty() ? null : values.get(i));
    }
    try {
      return JSON.writeValueAsString(key);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }

  /**
   * Whether it is one of these columns; an empty one may be of any.
   *
   * @throws IllegalArgumentException if it is no key
   */
  static boolean isOf(String key, List<String> columns) {
    return key.isEmpty() || List.copyOf(parsed(key).keySet()).equals(columns);
  }

  /**
   * The values after which to go on; none to begin.
   *
   * @throws IllegalArgumentException if it is no key
   */
  static List<String> values(String key) {
    if (key.isEmpty()) {
      return List.of();
    }
    List<String> values = new ArrayList<>(parsed(key).values());
    return values.contains(null) ? List.of() : values;
  }

  private static LinkedHashMap<String, String> parsed(String key) {
    try {
      return JSON.readValue(key, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      // without the key itself, which is a row's
      throw new IllegalArgumentException(
          "The key of a scan's offset is no JSON object of columns and texts. Delete the offset for"
              + " a fresh start.");
    }
  }
}
