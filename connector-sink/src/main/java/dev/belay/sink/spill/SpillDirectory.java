package dev.belay.sink.spill;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The folder of one task under {@code spill.dir}, for its eyes only (mode 0700): it holds row
 * values. What is in it is worth nothing to anybody else, nor to the task itself after a restart,
 * since Kafka has all of it; so it is emptied whenever the task starts, and when it ends. One
 * thread.
 */
public final class SpillDirectory {
  private final Path folder;
  private long files;

  /**
   * Touches no disk.
   *
   * @param root {@code spill.dir}
   * @param connector name of the connector
   * @param task number of the task
   */
  public SpillDirectory(Path root, String connector, String task) {
    this.folder =
        root.resolve("belay-" + URLEncoder.encode(connector, StandardCharsets.UTF_8) + "-" + task);
  }

  /** Where it is, for messages. */
  public Path folder() {
    return folder;
  }

  /** A new file in it. */
  public SpillFile file() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.getParent());
      Files.createDirectory(folder, ownerOnly());
    }
    return new SpillFile(folder.resolve("window-" + files++));
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Removes the folder and what is in it, if it is there. */
  public void clear() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
