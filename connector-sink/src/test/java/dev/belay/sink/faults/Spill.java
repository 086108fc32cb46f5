package dev.belay.sink.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A connector whose windows do not fit into memory. */
final class Spill {
  static final int TRANSFERS = 600;

  private Spill() {}

  static Map<String, String> settings(Path disk) {
    return Map.of(
        "window.buffer.bytes",
        "16384",
        "spill.dir",
        disk.toString(),
        "consumer.override.max.poll.records",
        "100");
  }

  static long files(Path disk) {
    try (Stream<Path> found = Files.walk(disk)) {
      return found.filter(Files::isRegularFile).count();
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalStateException(e);
    }
  }
}
