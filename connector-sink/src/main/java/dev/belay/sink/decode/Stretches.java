package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.sink.change.Datum;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Values as stretches of the message that carried them, each made when it is asked for. A change
 * waits for its time, or for the database; until then it is two objects and not four a column,
 * which the garbage collector would have to carry along.
 */
final class Stretches extends AbstractList<Datum> implements RandomAccess {
  private final byte[] message;

  /** Of each value the first byte, and the one behind the last. */
  private final int[] bounds;

  private Stretches(byte[] message, int[] bounds) {
    this.message = message;
    this.bounds = bounds;
  }

  /** Takes note of the values of one row after the other. */
  static final class Gatherer {
    private int[] bounds = new int[32];
    private int size;

    void clear() {
      size = 0;
    }

    int size() {
      return size / 2;
    }

    /** Adds the value at the cursor, which is at its end afterwards. */
    void add(JsonCursor cursor) throws UnreadableException {
      cursor.pass();
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * size);
      }
      bounds[size++] = cursor.start();
      bounds[size++] = cursor.end();
    }

    /**
     * What was added since {@link #clear}.
     *
     * @param message where the cursor was; nobody changes it any more
     */
    List<Datum> values(byte[] message) {
      return new Stretches(message, Arrays.copyOf(bounds, size));
    }
  }

  @Override
  public int size() {
    return bounds.length / 2;
  }

  @Override
  public Datum get(int index) {
    Objects.checkIndex(index, size());
    return datum(message, bounds[2 * index], bounds[2 * index + 1]);
  }

  /** The value between two positions, of which the cursor has made sure. */
  static Datum datum(byte[] message, int from, int to) {
    return switch (message[from]) {
      case 'n' -> Datum.Null.NULL;
      case 't' -> Datum.Bool.TRUE;
      case 'f' -> Datum.Bool.FALSE;
      case '"' -> new Datum.Text(text(message, from + 1, to - 1));
      case '{', '[' -> new Datum.Json(new String(message, from, to - from, UTF_8));
      default -> new Datum.Number(new String(message, from, to - from, ISO_8859_1));
    };
  }

  private static String text(byte[] message, int from, int to) {
    int odd = JsonStrings.behindPlain(message, from);
    if (odd == to) {
      return new String(message, from, to - from, ISO_8859_1);
    }
    for (int i = odd; i < to; i++) {
      if (message[i] == '\\') {
        return JsonStrings.text(message, from, to);
      }
    }
    return new String(message, from, to - from, UTF_8);
  }
}
