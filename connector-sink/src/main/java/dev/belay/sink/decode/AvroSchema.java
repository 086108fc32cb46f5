package dev.belay.sink.decode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * How messages of one Avro schema read as the JSON that the same changefeed writes with {@code
 * format=json}: unions without their branch names, dates and times as text, bytes in hexadecimal
 * digits, JSONB as JSON. Immutable once made; any thread may use it.
 *
 * <p>The schemas are those of CockroachDB's {@code ccl/changefeedccl/avro}: each column is a union
 * with null, and its property {@code __crdb__} declares it.
 */
final class AvroSchema {
  /** Writes the next value of a message as JSON. */
  @FunctionalInterface
  private interface Value {
    void write(AvroCursor in, JsonText out) throws UnreadableException;
  }

  private static final String DECLARATION = "__crdb__";

  private final Value message;

  private AvroSchema(Value message) {
    this.message = message;
  }

  /**
   * @param part {@code key} or {@code value}
   * @param text the schema's JSON
   * @param bare whether the feed has {@code envelope=bare}, whose Avro form has the columns a level
   *     deeper than its JSON
   */
  static AvroSchema parse(String part, String text, boolean bare, JsonWire json)
      throws UnreadableException {
    Schema schema;
    try {
      schema =
          new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false).parse(text);
    } catch (AvroRuntimeException e) {
      throw new UnreadableException(
          "The schema of the "
              + part
              + " is no Avro schema. Check what else registers schemas under its subject.");
    }
    Compiler compiler = new Compiler(part, json);
    if (schema.getType() != Schema.Type.RECORD) {
      throw compiler.unknown("whose schema is no record but " + schema.getType().getName());
    }
    return new AvroSchema(
        bare && part.equals("value") ? compiler.bare(schema) : compiler.record(schema));
  }

  void write(AvroCursor in, JsonText out) throws UnreadableException {
    message.write(in, out);
    in.finish();
  }

  /** Makes a writer of each part of a schema, once. */
  private static final class Compiler {
    private final String part;
    private final JsonWire json;
    private final Set<String> open = new HashSet<>();

    Compiler(String part, JsonWire json) {
      this.part = part;
      this.json = json;
    }

    UnreadableException unknown(String found) {
      return new UnreadableException(
          "The "
              + part
              + " is an Avro message "
              + found
              + ", which no changefeed writes. Check that the topic is a changefeed's and that"
              + " feed.schema.registry.url is of the changefeed's registry.");
    }

    Value record(Schema schema) throws UnreadableException {
      if (!open.add(schema.getFullName())) {
        throw unknown("whose schema contains itself");
      }
      List<byte[]> names = new ArrayList<>();
      List<Value> values = new ArrayList<>();
      for (Field field : schema.getFields()) {
        ColumnDeclaration column = declaration(field);
        JsonText name = new JsonText();
        name.put(names.isEmpty() ? '{' : ',');
        name.quoted(column.name().isEmpty() ? AvroNames.plain(field.name()) : column.name());
        name.put(':');
        names.add(name.bytes());
        values.add(value(field.schema(), column));
      }
      open.remove(schema.getFullName());
      if (names.isEmpty()) {
        return (in, out) -> out.raw("{}");
      }
      return (in, out) -> {
        for (int i = 0; i < names.size(); i++) {
          out.raw(names.get(i));
          values.get(i).write(in, out);
        }
        out.put('}');
      };
    }

    /**
     * The columns of {@code record}, and everything else under {@code __crdb__}, as the JSON of a
     * bare feed has it.
     */
    Value bare(Schema schema) throws UnreadableException {
      List<byte[]> names = new ArrayList<>();
      List<Value> values = new ArrayList<>();
      int row = -1;
      for (Field field : schema.getFields()) {
        if (field.name().equals("record")) {
          row = values.size();
        }
        JsonText name = new JsonText();
        name.quoted(field.name());
        name.put(':');
        names.add(name.bytes());
        values.add(value(field.schema(), declaration(field)));
      }
      int rowAt = row;
      return (in, out) -> {
        JsonText columns = new JsonText();
        JsonText metadata = new JsonText();
        for (int i = 0; i < values.size(); i++) {
          if (i == rowAt) {
            values.get(i).write(in, columns);
          } else {
            metadata.put(metadata.isEmpty() ? '{' : ',');
            metadata.raw(names.get(i));
            values.get(i).write(in, metadata);
          }
        }
        byte[] object = columns.bytes();
        if (rowAt >= 0 && object[0] != '{') {
          throw unknown("of envelope=bare whose record is null");
        }
        out.put('{');
        boolean hasColumns = object.length > 2;
        if (hasColumns) {
          out.raw(Arrays.copyOfRange(object, 1, object.length - 1));
        }
        if (!metadata.isEmpty()) {
          out.raw(hasColumns ? ",\"__crdb__\":" : "\"__crdb__\":");
          out.raw(metadata.bytes());
          out.put('}');
        }
        out.put('}');
      };
    }

    private static ColumnDeclaration declaration(Field field) {
      String declared = field.getProp(DECLARATION);
      return declared == null ? ColumnDeclaration.NONE : ColumnDeclaration.parse(declared);
    }

    private Value value(Schema schema, ColumnDeclaration column) throws UnreadableException {
      return switch (schema.getType()) {
        case NULL -> (in, out) -> out.raw("null");
        case BOOLEAN -> (in, out) -> out.raw(in.bool() ? "true" : "false");
        case INT, LONG -> whole(schema.getLogicalType(), column);
        case FLOAT ->
            (in, out) -> {
              float read = Float.intBitsToFloat(in.fixed32());
              out.number(read, Float.toString(read));
            };
        case DOUBLE ->
            (in, out) -> {
              double read = Double.longBitsToDouble(in.fixed64());
              out.number(read, Double.toString(read));
            };
        case STRING -> column.isJson() ? this::document : (in, out) -> out.quoted(in.text());
        case ENUM -> {
          List<String> labels = schema.getEnumSymbols();
          yield (in, out) -> out.quoted(labels.get(in.branch(labels.size())));
        }
        case BYTES -> bytes(schema.getLogicalType(), column);
        case FIXED -> {
          int size = schema.getFixedSize();
          yield schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
              ? (in, out) -> decimal(in.bytes(size), decimal.getScale(), out)
              : (in, out) -> out.hex("\\\\x", in.bytes(size));
        }
        case UNION -> union(schema.getTypes(), column);
        case ARRAY -> array(schema.getElementType(), column);
        case MAP -> map(schema.getValueType(), column);
        case RECORD -> record(schema);
      };
    }

    private static Value whole(LogicalType logical, ColumnDeclaration column) {
      if (logical instanceof LogicalTypes.Date) {
        return (in, out) -> out.quoted(WireTimes.date(in.number()));
      }
      if (logical instanceof LogicalTypes.TimeMicros) {
        return (in, out) -> out.quoted(WireTimes.time(in.number()));
      }
      if (logical instanceof LogicalTypes.TimestampMicros) {
        String zone = column.isZoned() ? "Z" : "";
        return (in, out) -> out.quoted(WireTimes.timestamp(in.number()) + zone);
      }
      return (in, out) -> out.raw(Long.toString(in.number()));
    }

    private static Value bytes(LogicalType logical, ColumnDeclaration column) {
      if (logical instanceof LogicalTypes.Decimal decimal) {
        return (in, out) -> decimal(in.bytes(), decimal.getScale(), out);
      }
      return column.isShape()
          ? (in, out) -> ShapeText.write(in.bytes(), out)
          : (in, out) -> out.hex("\\\\x", in.bytes());
    }

    private static void decimal(byte[] unscaled, int scale, JsonText out)
        throws UnreadableException {
      BigInteger digits = unscaled.length == 0 ? BigInteger.ZERO : new BigInteger(unscaled);
      out.raw(new BigDecimal(digits, scale).toPlainString());
    }

    private Value union(List<Schema> types, ColumnDeclaration column) throws UnreadableException {
      List<Value> branches = new ArrayList<>();
      for (Schema type : types) {
        branches.add(value(type, column));
      }
      return (in, out) -> branches.get(in.branch(branches.size())).write(in, out);
    }

    private Value array(Schema items, ColumnDeclaration column) throws UnreadableException {
      if (column.isBits() && items.getType() == Schema.Type.LONG) {
        return Compiler::bits;
      }
      Value item = value(items, column);
      int least = least(items);
      return (in, out) -> {
        out.put('[');
        boolean isFirst = true;
        for (int left = in.block(least); left > 0; left = in.block(least)) {
          for (int i = 0; i < left; i++) {
            if (!isFirst) {
              out.put(',');
            }
            isFirst = false;
            item.write(in, out);
          }
        }
        out.put(']');
      };
    }

    private Value map(Schema values, ColumnDeclaration column) throws UnreadableException {
      Value value = value(values, column);
      int least = 1 + least(values);
      return (in, out) -> {
        out.put('{');
        boolean isFirst = true;
        for (int left = in.block(least); left > 0; left = in.block(least)) {
          for (int i = 0; i < left; i++) {
            if (!isFirst) {
              out.put(',');
            }
            isFirst = false;
            out.quoted(in.text());
            out.put(':');
            value.write(in, out);
          }
        }
        out.put('}');
      };
    }

    /** Bytes that a value takes at least; a list of what takes none could be of any length. */
    private int least(Schema items) throws UnreadableException {
      return switch (items.getType()) {
        case NULL -> throw unknown("with a list of nothing");
        case FLOAT -> Float.BYTES;
        case DOUBLE -> Double.BYTES;
        case FIXED -> Math.max(1, items.getFixedSize());
        case RECORD -> {
          if (items.getFields().isEmpty()) {
            throw unknown("with a list of nothing");
          }
          yield items.getFields().size();
        }
        default -> 1;
      };
    }

    private static void bits(AvroCursor in, JsonText out) throws UnreadableException {
      List<Long> words = new ArrayList<>();
      for (int left = in.block(1); left > 0; left = in.block(1)) {
        for (int i = 0; i < left; i++) {
          words.add(in.number());
        }
      }
      out.quoted(BitWords.text(words));
    }

    /**
     * JSONB, which Avro carries as text. Read once by itself, so that a text that is not JSON
     * cannot become part of the message around it.
     */
    private void document(AvroCursor in, JsonText out) throws UnreadableException {
      String text = in.text();
      JsonText list = new JsonText();
      list.put('[');
      list.raw(text);
      list.put(']');
      Payload payload = new Payload(part);
      payload.hold(list.bytes());
      try (JsonCursor cursor = json.objectOrArray(payload)) {
        cursor.next();
        if (!cursor.nextElement()) {
          throw unknown("with an empty text for JSON");
        }
        cursor.skip();
        if (cursor.nextElement()) {
          throw unknown("with more than one document in a column of type JSONB");
        }
        cursor.finish();
      }
      // which Avro can tell from SQL NULL, as JSON can with encode_json_value_null_as_object
      out.raw(text.strip().equals("null") ? "{\"__crdb_json_null__\":true}" : text);
    }
  }
}
