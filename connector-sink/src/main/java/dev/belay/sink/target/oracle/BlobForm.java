package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HexFormat;

/**
 * BLOB of any size. Here a value of no bytes is not NULL.
 *
 * @param json whether a constraint says IS JSON: the bytes are then its text in UTF-8
 */
record BlobForm(String type, boolean json) implements LobForm {

  /** Encoded as hexadecimal digits in lower case. */
  @Override
  public String encode(Datum datum) throws UnfitValueException {
    return json
        ? HexFormat.of().formatHex(JsonText.of(datum, type).getBytes(StandardCharsets.UTF_8))
        : BytesForm.digits(datum, type);
  }

  @Override
  public String placeholder() {
    return "TO_BLOB(?)";
  }

  @Override
  public boolean isLong(String encoded) {
    return encoded.isEmpty() || encoded.length() > 2 * SHORT_BYTES;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setBytes(at, HexFormat.of().parseHex(encoded));
  }

  @Override
  public void bindLob(PreparedStatement statement, int at, String encoded, Lobs lobs)
      throws SQLException {
    statement.setBlob(at, lobs.blob(encoded));
  }

  @Override
  public int nullType() {
    return Types.VARBINARY;
  }

  @Override
  public int lobType() {
    return Types.BLOB;
  }

  @Override
  public String kind() {
    return json ? "json" : "bytes";
  }
}
