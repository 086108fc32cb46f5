package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HexFormat;
import java.util.Locale;

/**
 * RAW, from {@code \\x} and hexadecimal digits; a UUID as its 16 bytes.
 *
 * @param octets most bytes
 */
record BytesForm(String type, int octets) implements ValueForm {
  private static final int UUID_BYTES = 16;

  /** Encoded as hexadecimal digits in lower case. */
  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String digits =
        octets == UUID_BYTES && datum instanceof Datum.Text && isUuid(datum.text())
            ? datum.text().replace("-", "").toLowerCase(Locale.ROOT)
            : digits(datum, type);
    if (digits.length() / 2 > octets) {
      throw Unfit.of("A value of more than " + octets + " bytes", type);
    }
    return digits;
  }

  /** The digits of {@code \\x} and what follows, in lower case. */
  static String digits(Datum datum, String type) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text) || !text.startsWith("\\x") || text.length() % 2 != 0) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    for (int i = 2; i < text.length(); i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        throw Unfit.of(Unfit.nameOf(datum), type);
      }
    }
    return text.substring(2).toLowerCase(Locale.ROOT);
  }

  private static boolean isUuid(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? text.charAt(i) != '-' : !HexFormat.isHexDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String placeholder() {
    return octets > LobForm.SHORT_BYTES ? "CAST(? AS RAW(32767))" : "CAST(? AS RAW(2000))";
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setBytes(at, HexFormat.of().parseHex(encoded));
  }

  @Override
  public int nullType() {
    return Types.VARBINARY;
  }

  @Override
  public boolean emptyIsNull() {
    return true;
  }

  @Override
  public String kind() {
    return "bytes";
  }
}
