package dev.belay.testkit.connect;

import dev.belay.sample.SampleSinkConnector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs {@link SampleSinkConnector} as plugins are shipped: a zip, a folder, {@code lib}, a jar.
 */
final class SampleZip {

  private SampleZip() {}

  static Path in(Path dir) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      for (Class<?> each :
          List.of(SampleSinkConnector.class, SampleSinkConnector.SampleTask.class)) {
        String name = each.getName().replace('.', '/') + ".class";
        try (InputStream in = each.getClassLoader().getResourceAsStream(name)) {
          add(jar, name, in.readAllBytes());
        }
      }
      add(
          jar,
          "META-INF/services/org.apache.kafka.connect.sink.SinkConnector",
          SampleSinkConnector.class.getName().getBytes(StandardCharsets.UTF_8));
    }
    Path file = dir.resolve("sample-1.2.3.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      add(zip, "sample/README.md", "A sample".getBytes(StandardCharsets.UTF_8));
      add(zip, "sample/lib/sample.jar", bytes.toByteArray());
    }
    return file;
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }
}
