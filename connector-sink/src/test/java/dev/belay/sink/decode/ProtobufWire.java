package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * Puts the samples' JSON rendering of Protobuf messages back into bytes, by the field numbers of
 * CockroachDB's changefeed.proto.
 */
final class ProtobufWire {
  private ProtobufWire() {}

  static byte[] message(Map<String, Object> options, String part, String rendering) {
    Map<String, Object> json = ExactJson.object(rendering);
    if (part.equals("key")) {
      return columns(json);
    }
    return switch ((String) options.get("envelope")) {
      case "wrapped" -> field(1, envelope(json, 6));
      case "bare" -> field(2, columns(object(json.get("values"))));
      default -> field(3, envelope(json, 0));
    };
  }

  private static byte[] envelope(Map<String, Object> json, int keyField) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (json.get("after") instanceof Map) {
      out.writeBytes(field(1, columns(object(object(json.get("after")).get("values")))));
    }
    if (json.get("before") instanceof Map) {
      out.writeBytes(field(2, columns(object(object(json.get("before")).get("values")))));
    }
    if (keyField > 0 && json.get("key") instanceof Map) {
      out.writeBytes(field(keyField, columns(object(json.get("key")))));
    }
    return out.toByteArray();
  }

  /** {@code map<string, Value>} as field 1. */
  private static byte[] columns(Map<String, Object> columns) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    columns.forEach(
        (name, value) -> {
          ByteArrayOutputStream entry = new ByteArrayOutputStream();
          entry.writeBytes(field(1, name.getBytes(UTF_8)));
          entry.writeBytes(field(2, value(value)));
          out.writeBytes(field(1, entry.toByteArray()));
        });
    return out.toByteArray();
  }

  private static byte[] value(Object value) {
    if (value instanceof String text) {
      return field(1, text.getBytes(UTF_8));
    }
    if (value instanceof ExactJson.NumberText number) {
      ByteBuffer bits = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
      return bits.put((byte) (6 << 3 | 1)).putDouble(Double.parseDouble(number.text())).array();
    }
    if (value instanceof List<?> list) {
      ByteArrayOutputStream array = new ByteArrayOutputStream();
      list.forEach(element -> array.writeBytes(field(1, value(element))));
      return field(9, array.toByteArray());
    }
    return new byte[0];
  }

  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(number << 3 | 2);
    int length = content.length;
    for (; length > 0x7F; length >>>= 7) {
      out.write(length & 0x7F | 0x80);
    }
    out.write(length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }
}
