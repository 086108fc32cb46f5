package dev.belay.sink.decode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Messages with schema ids, written by Avro's own library. */
public final class AvroBytes {
  private AvroBytes() {}

  public static byte[] message(int id, Schema schema, Object datum) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(0);
      out.write(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<>(schema, GenericData.get()).write(datum, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Of Avro's own JSON form. */
  static Object ofJson(Schema schema, String avroJson) {
    try {
      return new GenericDatumReader<>(schema)
          .read(null, DecoderFactory.get().jsonDecoder(schema, avroJson));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * A schema that Avro's JSON form of a message fits, as CockroachDB would make it: each field a
   * union with null, whose branches the form names.
   */
  static Schema schemaOf(String name, Map<?, ?> object) {
    StringBuilder fields = new StringBuilder();
    object.forEach(
        (field, value) ->
            fields
                .append(fields.isEmpty() ? "" : ",")
                .append("{\"name\":\"" + field + "\",\"type\":")
                .append(typeOf(value))
                .append("}"));
    return new Schema.Parser()
        .parse("{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[" + fields + "]}");
  }

  private static String typeOf(Object value) {
    if (!(value instanceof Map<?, ?> union)) {
      return "[\"null\"]";
    }
    Map.Entry<?, ?> branch = union.entrySet().iterator().next();
    String type = (String) branch.getKey();
    boolean isRecord = !List.of("long", "string", "boolean").contains(type);
    return "[\"null\","
        + (isRecord ? schemaOf(type, (Map<?, ?>) branch.getValue()).toString() : "\"" + type + "\"")
        + "]";
  }
}
