package dev.belay.sink.decode;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Geometries of Avro, which are in PostGIS's extended well-known binary form, as the GeoJSON
 * objects that the same changefeed sends with {@code format=json}. These have lost the reference
 * system; here it stands in front, as {@code crs}, unless it is the unknown one.
 */
final class ShapeText {
  private static final int POINT = 1;
  private static final int COLLECTION = 7;

  /** By the type's number. */
  private static final String[] NAMES = {
    "",
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection"
  };

  private static final int HAS_Z = 0x8000_0000;
  private static final int HAS_M = 0x4000_0000;
  private static final int HAS_SRID = 0x2000_0000;

  /** CockroachDB nests collections as deep as the user likes; nobody does. */
  private static final int DEEPEST = 32;

  private final ByteBuffer in;
  private final JsonText out;

  private ShapeText(byte[] shape, JsonText out) {
    this.in = ByteBuffer.wrap(shape);
    this.out = out;
  }

  /**
   * @throws UnreadableException if it is no geometry, or one that GeoJSON has no form for
   */
  static void write(byte[] shape, JsonText out) throws UnreadableException {
    ShapeText text = new ShapeText(shape, out);
    try {
      text.object(0);
    } catch (BufferUnderflowException tooShort) {
      throw unreadable("ends too early");
    }
    if (text.in.hasRemaining()) {
      throw unreadable("has bytes behind its end");
    }
  }

  /** What begins with a byte order and a type. */
  private int head() throws UnreadableException {
    byte order = in.get();
    if (order != 0 && order != 1) {
      throw unreadable("has an unknown byte order");
    }
    in.order(order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int head = in.getInt();
    int type = head & ~(HAS_Z | HAS_M | HAS_SRID);
    if (type < POINT || type > COLLECTION) {
      throw unreadable("is of type " + Integer.toUnsignedString(type) + ", which GeoJSON lacks");
    }
    if ((head & HAS_M) != 0) {
      throw unreadable("has measures (M), which GeoJSON has no place for");
    }
    return head;
  }

  private static int type(int head) {
    return head & ~(HAS_Z | HAS_SRID);
  }

  private void object(int depth) throws UnreadableException {
    if (depth > DEEPEST) {
      throw unreadable("has collections in each other, more than " + DEEPEST + " deep");
    }
    int head = head();
    out.put('{');
    int system = (head & HAS_SRID) == 0 ? 0 : in.getInt();
    if (system != 0 && depth == 0) {
      out.raw("\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:" + system + "\"}},");
    }
    out.raw("\"type\":\"" + NAMES[type(head)] + "\",");
    if (type(head) == COLLECTION) {
      out.raw("\"geometries\":");
      list(() -> object(depth + 1));
    } else {
      out.raw("\"coordinates\":");
      coordinates(type(head), (head & HAS_Z) != 0);
    }
    out.put('}');
  }

  private void coordinates(int type, boolean z) throws UnreadableException {
    switch (type) {
      case POINT -> position(z, true);
      case 2 -> list(() -> position(z, false));
      case 3 -> list(() -> list(() -> position(z, false)));
      default -> list(() -> member(type - 3));
    }
  }

  /** A geometry within one of several, which has a head of its own. */
  private void member(int type) throws UnreadableException {
    int head = head();
    if (type(head) != type) {
      throw unreadable("has a member of another type");
    }
    if ((head & HAS_SRID) != 0) {
      in.getInt();
    }
    coordinates(type, (head & HAS_Z) != 0);
  }

  @FunctionalInterface
  private interface Item {
    void write() throws UnreadableException;
  }

  private void list(Item item) throws UnreadableException {
    int count = in.getInt();
    // each takes four bytes at least
    if (count < 0 || count > in.remaining() / Integer.BYTES) {
      throw unreadable("ends too early");
    }
    out.put('[');
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.put(',');
      }
      item.write();
    }
    out.put(']');
  }

  /** An empty point has NaN for its coordinates. */
  private void position(boolean z, boolean mayBeEmpty) throws UnreadableException {
    double[] position = new double[z ? 3 : 2];
    boolean isEmpty = mayBeEmpty;
    boolean isFinite = true;
    for (int i = 0; i < position.length; i++) {
      position[i] = in.getDouble();
      isEmpty &= Double.isNaN(position[i]);
      isFinite &= Double.isFinite(position[i]);
    }
    if (isEmpty) {
      out.raw("[]");
      return;
    }
    if (!isFinite) {
      throw unreadable("has a coordinate that is no number");
    }
    for (int i = 0; i < position.length; i++) {
      out.put(i == 0 ? '[' : ',');
      out.raw(Double.toString(position[i]));
    }
    out.put(']');
  }

  private static UnreadableException unreadable(String found) {
    return new UnreadableException(
        "A geometry "
            + found
            + ". Leave the column out of the feed (a changefeed AS SELECT), or create the changefeed with"
            + " format=json.");
  }
}
