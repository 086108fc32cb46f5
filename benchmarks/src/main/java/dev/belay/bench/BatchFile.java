package dev.belay.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The workload for those who need no Kafka: a file of batches, each what lies between two resolved
 * times, the newest change of each key only.
 */
final class BatchFile {

  private static final int BUFFER = 1 << 20;

  private BatchFile() {}

  /** One batch: no key is in it twice. */
  record Batch(List<Row> upserts, List<Long> deletes) {}

  /** Receives batches in order. */
  @FunctionalInterface
  interface Reader<E extends Exception> {
    void batch(Batch batch) throws E;
  }

  static void write(Path file, Workload workload) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
      Map<Long, Change> window = new LinkedHashMap<>();
      workload.play(
          new Workload.Audience() {
            @Override
            public void change(Change change) {
              window.put(change.id(), change);
            }

            @Override
            public void resolved(long nanos) {
              write(out, window);
              window.clear();
            }
          });
    }
  }

  static <E extends Exception> void read(Path file, Reader<E> reader) throws IOException, E {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      while (in.available() > 0) {
        List<Row> upserts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          upserts.add(readRow(in));
        }
        List<Long> deletes = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          deletes.add(in.readLong());
        }
        reader.batch(new Batch(upserts, deletes));
      }
    }
  }

  private static void write(DataOutputStream out, Map<Long, Change> window) {
    List<Row> upserts = new ArrayList<>();
    List<Long> deletes = new ArrayList<>();
    for (Change change : window.values()) {
      if (change instanceof Change.Upsert upsert) {
        upserts.add(upsert.row());
      } else {
        deletes.add(change.id());
      }
    }
    try {
      out.writeInt(upserts.size());
      for (Row row : upserts) {
        writeRow(out, row);
      }
      out.writeInt(deletes.size());
      for (long id : deletes) {
        out.writeLong(id);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeRow(DataOutputStream out, Row row) throws IOException {
    out.writeLong(row.id());
    out.writeLong(row.qty());
    out.writeUTF(row.name());
    out.writeLong(row.price());
    out.writeLong(row.at());
    out.writeBoolean(row.active());
    out.writeLong(row.ref().getMostSignificantBits());
    out.writeLong(row.ref().getLeastSignificantBits());
    out.writeDouble(row.score());
    out.writeUTF(row.doc());
    out.writeInt(row.day());
    out.writeUTF(row.note());
  }

  private static Row readRow(DataInputStream in) throws IOException {
    return new Row(
        in.readLong(),
        in.readLong(),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        new UUID(in.readLong(), in.readLong()),
        in.readDouble(),
        in.readUTF(),
        in.readInt(),
        in.readUTF());
  }
}
