package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * CLOB and NCLOB, from every value as the wire wrote it. Here an empty string is not NULL.
 *
 * @param national NCLOB
 * @param json whether a constraint says IS JSON
 */
record ClobForm(String type, CharacterSet charset, boolean national, boolean json)
    implements LobForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = json ? JsonText.of(datum, type) : datum.text();
    TextForm.requireCharacters(text, type, charset);
    return text;
  }

  @Override
  public String placeholder() {
    return national ? "TO_NCLOB(?)" : "TO_CLOB(?)";
  }

  @Override
  public boolean isLong(String encoded) {
    return encoded.isEmpty() || encoded.length() > SHORT_TEXT;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    if (national) {
      statement.setNString(at, encoded);
    } else {
      statement.setString(at, encoded);
    }
  }

  @Override
  public void bindLob(PreparedStatement statement, int at, String encoded, Lobs lobs)
      throws SQLException {
    if (national) {
      statement.setNClob(at, lobs.nclob(encoded));
    } else {
      statement.setClob(at, lobs.clob(encoded));
    }
  }

  @Override
  public int nullType() {
    return national ? Types.NVARCHAR : Types.VARCHAR;
  }

  @Override
  public int lobType() {
    return national ? Types.NCLOB : Types.CLOB;
  }

  @Override
  public String kind() {
    return json ? "json" : "text";
  }
}
