package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows on disk in the order in which they were added: first all are written, then all are read,
 * once. Never read by another process: its form is free to change. One thread.
 */
final class SpillFile implements AutoCloseable {
  private static final int BUFFER = 1 << 18;

  private final Path path;
  private final DataOutputStream out;
  private final List<Route> routes = new ArrayList<>();
  private final Map<Route, Integer> numbers = new HashMap<>();
  private Optional<DataInputStream> in = Optional.empty();
  private long rows;

  SpillFile(Path path) throws IOException {
    this.path = path;
    this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), BUFFER));
  }

  void add(FeedItem.Row row) throws IOException {
    out.writeInt(number(row.route()));
    out.writeLong(row.time().wallNanos());
    out.writeInt(row.time().logical());
    out.writeInt(row.key().length);
    out.write(row.key());
    out.writeInt(row.value().length);
    out.write(row.value());
    rows++;
  }

  private int number(Route route) {
    return numbers.computeIfAbsent(
        route,
        added -> {
          routes.add(added);
          return routes.size() - 1;
        });
  }

  /** The next of the rows; empty after the last one, when the file is gone. */
  Optional<FeedItem.Row> next() throws IOException {
    if (rows == 0) {
      close();
      return Optional.empty();
    }
    if (in.isEmpty()) {
      out.close();
      in =
          Optional.of(
              new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER)));
    }
    DataInputStream from = in.get();
    rows--;
    return Optional.of(read(from));
  }

  private FeedItem.Row read(DataInputStream from) throws IOException {
    Route route = routes.get(from.readInt());
    HlcTimestamp time = new HlcTimestamp(from.readLong(), from.readInt());
    return new FeedItem.Row(route, bytes(from), bytes(from), time);
  }

  private static byte[] bytes(DataInputStream from) throws IOException {
    byte[] bytes = new byte[from.readInt()];
    from.readFully(bytes);
    return bytes;
  }

  /** Removes it from the disk. */
  @Override
  public void close() throws IOException {
    rows = 0;
    out.close();
    if (in.isPresent()) {
      in.get().close();
    }
    Files.deleteIfExists(path);
  }
}
