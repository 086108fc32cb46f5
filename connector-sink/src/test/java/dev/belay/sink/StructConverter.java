package dev.belay.sink;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apicurio.registry.utils.converter.avro.AvroData;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;

/**
 * An AvroConverter as schema registries bring one, with the schemas in its configuration ({@code
 * schema.<id>}) in place of a registry.
 */
public final class StructConverter implements Converter {
  private static final int HEAD = 1 + Integer.BYTES;
  private static final String SCHEMA = "schema.";

  private final AvroData data = new AvroData(10);
  private final Map<Integer, org.apache.avro.Schema> schemas = new HashMap<>();

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    settings.forEach(
        (key, text) -> {
          if (key.startsWith(SCHEMA)) {
            schemas.put(
                Integer.valueOf(key.substring(SCHEMA.length())),
                new org.apache.avro.Schema.Parser().parse(text.toString()));
          }
        });
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    throw new DataException("reads only");
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] message) {
    if (message == null) {
      return SchemaAndValue.NULL;
    }
    org.apache.avro.Schema schema = schemas.get(ByteBuffer.wrap(message).getInt(1));
    try {
      return data.toConnectData(
          schema,
          new GenericDatumReader<>(schema)
              .read(
                  null,
                  DecoderFactory.get().binaryDecoder(message, HEAD, message.length - HEAD, null)));
    } catch (IOException e) {
      throw new DataException("no Avro", e);
    }
  }

  /** A plugin's zip with this converter and what it needs. */
  static Path plugin(Path dir) throws IOException, URISyntaxException {
    Path jar = dir.resolve("struct-converter.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      String file = StructConverter.class.getName().replace('.', '/') + ".class";
      out.putNextEntry(new ZipEntry(file));
      try (InputStream compiled = StructConverter.class.getResourceAsStream("/" + file)) {
        compiled.transferTo(out);
      }
      out.putNextEntry(new ZipEntry("META-INF/services/" + Converter.class.getName()));
      out.write(StructConverter.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    Path zip = dir.resolve("struct-converter.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      add(out, jar);
      for (Class<?> of :
          List.of(
              AvroData.class,
              org.apache.avro.Schema.class,
              JsonFactory.class,
              ObjectMapper.class,
              JsonInclude.class)) {
        add(out, Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI()));
      }
    }
    return zip;
  }

  private static void add(ZipOutputStream out, Path jar) throws IOException {
    out.putNextEntry(new ZipEntry("struct-converter/" + jar.getFileName()));
    Files.copy(jar, out);
  }
}
