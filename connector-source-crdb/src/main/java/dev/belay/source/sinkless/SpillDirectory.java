package dev.belay.source.sinkless;

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
 * values. After a restart the feed tells all of it again, so it is emptied whenever the task
 * starts, and when it ends. One thread.
 */
final class SpillDirectory {
  private final Path folder;
  private long files;

  /** Touches no disk. */
  SpillDirectory(Path root, String connector, int task) {
    this.folder =
        root.resolve(
            "belay-source-" + URLEncoder.encode(connector, StandardCharsets.UTF_8) + "-" + task);
  }

  Path folder() {
    return folder;
  }

  SpillFile file() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(folder, ownerOnly());
    }
    return new SpillFile(folder.resolve("rows-" + files++));
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Removes the folder and what is in it, if it is there. */
  void clear() throws IOException {
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
