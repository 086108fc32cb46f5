package dev.belay.sink.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/** Geometries in PostGIS' extended well-known binary. */
final class Ewkb {
  private static final int HAS_SRID = 0x20000000;

  private Ewkb() {}

  /**
   * In hexadecimal digits.
   *
   * @param wkb with an SRID of its own or without
   * @param srid to add where it has none
   * @return empty if it is too short to be one
   */
  static Optional<String> hex(byte[] wkb, OptionalLong srid) {
    if (wkb.length < 5 || (wkb[0] & ~1) != 0) {
      return Optional.empty();
    }
    ByteOrder order = wkb[0] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer in = ByteBuffer.wrap(wkb).order(order);
    int type = in.getInt(1);
    if ((type & HAS_SRID) != 0 || srid.isEmpty()) {
      return Optional.of(HexFormat.of().withUpperCase().formatHex(wkb));
    }
    ByteBuffer out = ByteBuffer.allocate(wkb.length + Integer.BYTES).order(order);
    out.put(wkb[0]).putInt(type | HAS_SRID).putInt((int) srid.getAsLong());
    out.put(wkb, 5, wkb.length - 5);
    return Optional.of(HexFormat.of().withUpperCase().formatHex(out.array()));
  }
}
