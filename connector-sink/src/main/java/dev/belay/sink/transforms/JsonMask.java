package dev.belay.sink.transforms;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.belay.sink.decode.JsonBounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.DataException;

/**
 * Copies a changefeed's JSON but for some columns. Numbers are copied as they are written.
 *
 * @param replacement empty for NULL
 * @param images whether rows are under {@code after} and {@code before}, else at the top
 */
record JsonMask(Set<String> columns, Optional<String> replacement, boolean images) {
  private static final Set<String> IMAGES = Set.of("after", "before");
  private static final Set<String> ENVELOPE = Set.of("after", "before", "resolved");
  private static final String PAYLOAD = "payload";

  /**
   * @throws DataException if it is no JSON object
   */
  byte[] of(byte[] json) {
    ByteArrayOutputStream copy = new ByteArrayOutputStream(json.length + 32);
    try (JsonParser in = JsonBounds.FACTORY.createParser(json);
        JsonGenerator out = JsonBounds.FACTORY.createGenerator(copy)) {
      // half of a surrogate pair has no form in UTF-8 but this
      out.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw unreadable();
      }
      if (images && !envelope(in, out, true)) {
        throw MaskColumns.anotherEnvelope("neither after nor before");
      } else if (!images) {
        flat(in, out);
      }
      if (in.nextToken() != null) {
        throw unreadable();
      }
    } catch (IOException noJson) {
      throw unreadable();
    }
    return copy.toByteArray();
  }

  /**
   * From the start of an object to its end.
   *
   * @return whether it is one
   */
  private boolean envelope(JsonParser in, JsonGenerator out, boolean top) throws IOException {
    boolean isOne = false;
    out.writeStartObject();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      out.writeFieldName(name);
      boolean isObject = in.nextToken() == JsonToken.START_OBJECT;
      isOne |= ENVELOPE.contains(name);
      if (isObject && IMAGES.contains(name)) {
        row(in, out);
      } else if (isObject && top && name.equals(PAYLOAD)) {
        isOne |= envelope(in, out, false);
      } else {
        copy(in, out);
      }
    }
    out.writeEndObject();
    return isOne;
  }

  /** A row by itself, or what a feed of such rows says beside them. */
  private void flat(JsonParser in, JsonGenerator out) throws IOException {
    Look look = row(in, out);
    if (look.hasAfter() && !look.isMasked()) {
      throw MaskColumns.anotherEnvelope("after and none of the columns");
    }
  }

  /**
   * What a row looked like.
   *
   * @param hasAfter whether it has what may be a column, or the envelope's own
   * @param isMasked whether it has a column to mask
   */
  private record Look(boolean hasAfter, boolean isMasked) {}

  private Look row(JsonParser in, JsonGenerator out) throws IOException {
    boolean hasAfter = false;
    boolean isMasked = false;
    out.writeStartObject();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      boolean isColumn = columns.contains(name);
      hasAfter |= name.equals("after");
      isMasked |= isColumn;
      out.writeFieldName(name);
      boolean isNull = in.nextToken() == JsonToken.VALUE_NULL;
      if (isNull || !isColumn) {
        copy(in, out);
      } else {
        in.skipChildren();
        if (replacement.isPresent()) {
          out.writeString(replacement.get());
        } else {
          out.writeNull();
        }
      }
    }
    out.writeEndObject();
    return new Look(hasAfter, isMasked);
  }

  /** The value at hand, with all that is in it. */
  private static void copy(JsonParser in, JsonGenerator out) throws IOException {
    int depth = 0;
    do {
      switch (in.currentToken()) {
        case START_OBJECT -> {
          out.writeStartObject();
          depth++;
        }
        case START_ARRAY -> {
          out.writeStartArray();
          depth++;
        }
        case END_OBJECT -> {
          out.writeEndObject();
          depth--;
        }
        case END_ARRAY -> {
          out.writeEndArray();
          depth--;
        }
        case FIELD_NAME -> out.writeFieldName(in.currentName());
        case VALUE_STRING -> out.writeString(in.getText());
        // as text, since a number of Java would spell it anew
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(in.getText());
        case VALUE_TRUE -> out.writeBoolean(true);
        case VALUE_FALSE -> out.writeBoolean(false);
        case VALUE_NULL -> out.writeNull();
        default -> throw unreadable();
      }
      if (depth > 0 && in.nextToken() == null) {
        throw unreadable();
      }
    } while (depth > 0);
  }

  private static DataException unreadable() {
    return new DataException(
        "MaskColumns found a value that is no JSON object, so its columns cannot be masked. Check"
            + " that the topic is a changefeed's with format=json; for Avro set value.converter to the"
            + " converter of its schema registry.");
  }
}
