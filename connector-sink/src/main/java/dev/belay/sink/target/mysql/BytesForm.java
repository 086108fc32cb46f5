package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * BINARY, VARBINARY and the BLOB types, from {@code \\x} and hexadecimal digits; a UUID as its 16
 * bytes.
 *
 * @param octets most bytes
 * @param fixed BINARY, which fills up with zeros
 */
record BytesForm(String type, long octets, boolean fixed) implements ValueForm {
  private static final int UUID_BYTES = 16;

  /** Encoded as hexadecimal digits in lower case. */
  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    String digits;
    if (text.startsWith("\\x")) {
      digits = text.substring(2);
    } else if (octets == UUID_BYTES && isUuid(text)) {
      digits = text.replace("-", "");
    } else {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    if (digits.length() % 2 != 0 || !isHexadecimal(digits)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    int bytes = digits.length() / 2;
    if (bytes > octets) {
      throw Unfit.of("A value of more than " + octets + " bytes", type);
    }
    if (fixed && bytes < octets) {
      throw Unfit.of("A value of " + bytes + " bytes, which BINARY fills up with zeros,", type);
    }
    return digits.toLowerCase(Locale.ROOT);
  }

  private static boolean isUuid(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i : new int[] {8, 13, 18, 23}) {
      if (text.charAt(i) != '-') {
        return false;
      }
    }
    return text.chars().filter(c -> c == '-').count() == 4;
  }

  private static boolean isHexadecimal(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (!HexFormat.isHexDigit(digits.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setBytes(at, HexFormat.of().parseHex(encoded));
  }

  @Override
  public String kind() {
    return "bytes";
  }
}
