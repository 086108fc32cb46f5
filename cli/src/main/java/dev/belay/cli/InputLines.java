package dev.belay.cli;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads records from lines of JSON: {@code {"topic": "t", "key": "[1]", "value": "{...}"}}, with
 * key and value as the text on the wire or null, or {@code key_hex} and {@code value_hex} for
 * bytes. Other fields are passed over, so that samples with notes can be read as they are.
 */
final class InputLines {
  private final ObjectMapper mapper =
      new ObjectMapper(
              new JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final InputStream in;
  private long number;

  InputLines(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /** What is done with the lines, one after the other. */
  interface Visitor {
    void record(long line, WireRecord record);

    void unreadable(long line, String reason);
  }

  /** Reads to the end. Lines with nothing on them are passed over, but counted. */
  void forEach(Visitor visitor) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    do {
      next = in.read();
      if (next >= 0 && next != '\n') {
        line.write(next);
        continue;
      }
      if (next >= 0 || line.size() > 0) {
        number++;
        visit(line.toByteArray(), visitor);
        line.reset();
      }
    } while (next >= 0);
  }

  private void visit(byte[] line, Visitor visitor) {
    if (isBlank(line)) {
      return;
    }
    WireRecord record;
    try {
      record = read(line);
    } catch (UnreadableLineException unreadable) {
      visitor.unreadable(number, "Line " + number + " " + unreadable.getMessage());
      return;
    }
    visitor.record(number, record);
  }

  private WireRecord read(byte[] line) throws UnreadableLineException {
    JsonNode json;
    try {
      json = mapper.readTree(line);
    } catch (IOException notJson) {
      throw new UnreadableLineException(
          "is not one JSON object. Write each record as {\"topic\": ..., \"key\": ..., \"value\":"
              + " ...} on a line of its own.");
    }
    if (!json.isObject()) {
      throw new UnreadableLineException("is JSON, but no object with topic, key and value.");
    }
    if (!json.path("topic").isTextual()) {
      throw new UnreadableLineException("has no topic, from which the table's name is read.");
    }
    if (!json.has("value") && !json.has("value_hex")) {
      throw new UnreadableLineException("has no value. For Kafka's null write null.");
    }
    return new WireRecord(
        json.path("topic").textValue(),
        bytes(json, "key"),
        bytes(json, "value"),
        keyColumns(json.path("key_columns")));
  }

  /** Kafka's bytes, null included. */
  private static byte[] bytes(JsonNode json, String part) throws UnreadableLineException {
    JsonNode hex = json.path(part + "_hex");
    if (hex.isTextual()) {
      try {
        return HexFormat.of().parseHex(hex.textValue());
      } catch (IllegalArgumentException notHex) {
        throw new UnreadableLineException("has a " + part + "_hex that is not hexadecimal.");
      }
    }
    JsonNode text = json.path(part);
    if (text.isNull() || text.isMissingNode()) {
      return null;
    }
    if (!text.isTextual()) {
      throw new UnreadableLineException(
          "has a " + part + " that is no string. Quote the text as it is on the wire.");
    }
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.textValue()));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException loneSurrogate) {
      throw new UnreadableLineException(
          "has a " + part + " with half a surrogate pair; give its bytes in " + part + "_hex.");
    }
  }

  /** Empty only if the line does not give any. */
  private static List<String> keyColumns(JsonNode names) throws UnreadableLineException {
    if (names.isMissingNode()) {
      return List.of();
    }
    if (!names.isArray() || names.isEmpty()) {
      throw new UnreadableLineException(
          "has key_columns that are no array of names. Write [\"first\", \"second\"], or leave"
              + " them out.");
    }
    Set<String> columns = new LinkedHashSet<>();
    for (JsonNode name : names) {
      if (!name.isTextual()) {
        throw new UnreadableLineException("has key_columns that are not all strings.");
      }
      if (!columns.add(name.textValue())) {
        throw new UnreadableLineException("has key_columns that name a column twice.");
      }
    }
    return List.copyOf(columns);
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private static final class UnreadableLineException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableLineException(String reason) {
      super(reason, null, false, false);
    }
  }
}
