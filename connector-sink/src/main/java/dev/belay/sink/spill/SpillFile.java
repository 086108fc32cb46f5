package dev.belay.sink.spill;

import dev.belay.sink.change.HlcTimestamp;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Records in the order in which they were added. The file is opened for each block that is written,
 * so that any number of them can be there at once. Never read by another process: its form is free
 * to change. One thread.
 */
public final class SpillFile {
  /** What is gathered before it is written, in bytes. */
  private static final int BLOCK = 32 << 10;

  private static final byte[] NONE = new byte[0];

  private final Path path;
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(block);
  private long records;
  private long bytes;

  SpillFile(Path path) {
    this.path = path;
  }

  /** Takes each record. */
  @FunctionalInterface
  public interface Visitor {
    void take(SpilledRecord record) throws IOException;
  }

  public long records() {
    return records;
  }

  /** Size, in bytes. */
  public long bytes() {
    return bytes;
  }

  /**
   * @throws IOException if the disk does not take it; the file is of no use then
   */
  public void add(SpilledRecord record) throws IOException {
    int before = block.size();
    out.writeUTF(record.topic());
    out.writeInt(record.partition());
    out.writeLong(record.offset());
    out.writeUTF(record.namedTopic());
    bytes(record.key());
    bytes(record.value());
    out.writeLong(record.version().wallNanos());
    out.writeLong(record.version().logical());
    out.writeBoolean(record.delete());
    bytes += block.size() - before;
    records++;
    if (block.size() >= BLOCK) {
      flush();
    }
  }

  private void bytes(Optional<byte[]> part) throws IOException {
    out.writeInt(part.isPresent() ? part.get().length : -1);
    out.write(part.orElse(NONE));
  }

  private void flush() throws IOException {
    if (block.size() > 0) {
      Files.write(path, block.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      block.reset();
    }
  }

  /** Reads all that was added; may be called again. */
  public void each(Visitor visitor) throws IOException {
    flush();
    if (records == 0) {
      return;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BLOCK))) {
      for (long i = 0; i < records; i++) {
        visitor.take(
            new SpilledRecord(
                in.readUTF(),
                in.readInt(),
                in.readLong(),
                in.readUTF(),
                bytes(in),
                bytes(in),
                new HlcTimestamp(in.readLong(), in.readLong()),
                in.readBoolean()));
      }
    }
  }

  private static Optional<byte[]> bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return Optional.empty();
    }
    byte[] part = new byte[length];
    in.readFully(part);
    return Optional.of(part);
  }

  /** Removes it from the disk. */
  public void delete() throws IOException {
    block.reset();
    Files.deleteIfExists(path);
  }
}
