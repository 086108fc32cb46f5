package dev.belay.sink.target.pgwire;

import dev.belay.sink.step.StepRow;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes PostgreSQL's binary form of an array of one dimension ({@code array_recv}). */
public final class BinaryArray {
  private static final int HEADER = 20;
  private static final int NULL = -1;

  private ByteBuffer out = ByteBuffer.allocate(1 << 12);

  private BinaryArray() {}

  /**
   * @param place of the column's value in each row; null is SQL NULL
   * @return empty if one of them has to travel as text, and so all have to
   */
  public static Optional<byte[]> of(BinaryElement element, List<StepRow> rows, int place) {
    BinaryArray array = new BinaryArray();
    array.out.position(HEADER);
    boolean hasNulls = false;
    for (StepRow row : rows) {
      String text = row.values()[place];
      array.room(Integer.BYTES);
      if (text == null) {
        hasNulls = true;
        array.out.putInt(NULL);
        continue;
      }
      int length = array.out.position();
      array.out.putInt(0);
      if (!element.write(array, text)) {
        return Optional.empty();
      }
      array.out.putInt(length, array.out.position() - length - Integer.BYTES);
    }
    array.out.putInt(0, 1); // dimensions
    array.out.putInt(4, hasNulls ? 1 : 0);
    array.out.putInt(8, element.oid());
    array.out.putInt(12, rows.size());
    array.out.putInt(16, 1); // the first index
    return Optional.of(Arrays.copyOf(array.out.array(), array.out.position()));
  }

  void int8(int value) {
    room(Byte.BYTES);
    out.put((byte) value);
  }

  void int16(short value) {
    room(Short.BYTES);
    out.putShort(value);
  }

  void int32(int value) {
    room(Integer.BYTES);
    out.putInt(value);
  }

  void int64(long value) {
    room(Long.BYTES);
    out.putLong(value);
  }

  void bytes(byte[] value) {
    room(value.length);
    out.put(value);
  }

  private void room(int more) {
    if (out.remaining() < more) {
      int size = Math.max(2 * out.capacity(), out.position() + more);
      out = ByteBuffer.wrap(Arrays.copyOf(out.array(), size)).position(out.position());
    }
  }
}
