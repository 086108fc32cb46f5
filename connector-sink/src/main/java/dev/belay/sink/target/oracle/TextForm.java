package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireText;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * VARCHAR2, NVARCHAR2, CHAR and NCHAR, from every value as the wire wrote it.
 *
 * @param characters most characters, 0 if only bytes are limited (VARCHAR2(n BYTE))
 * @param octets most bytes in the column's own encoding
 * @param padding CHAR and NCHAR, which fill up with blanks
 * @param national NVARCHAR2 and NCHAR
 * @param flags for true and false
 * @param json whether a constraint says IS JSON
 */
record TextForm(
    String type,
    int characters,
    long octets,
    Padding padding,
    CharacterSet charset,
    boolean national,
    Flags flags,
    boolean json)
    implements ValueForm {

  /** What becomes of a text shorter than the column. */
  enum Padding {
    NONE,
    /** Blanks are added, which nobody can tell from those that were there. */
    BLANKS,
    /** The same in a key, where two texts would become one. */
    BLANKS_IN_KEY
  }

  /** Bytes of VARCHAR2 on a server that was not made for more (MAX_STRING_SIZE=STANDARD). */
  private static final int STANDARD = 4_000;

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = json ? JsonText.of(datum, type) : plain(datum);
    requireCharacters(text, type, charset);
    long count = charset.countsUnits() ? text.length() : text.codePointCount(0, text.length());
    if (characters > 0 && count > characters) {
      throw Unfit.of("A string of more than " + characters + " characters", type);
    }
    long bytes = charset.bytes(text);
    if (bytes > octets) {
      throw Unfit.of("A string of more than " + octets + " bytes", type);
    }
    boolean shorter = characters > 0 ? count < characters : bytes < octets;
    if (shorter && padding == Padding.BLANKS_IN_KEY && !text.isEmpty()) {
      throw Unfit.of(
          "A string that CHAR fills up with blanks, in a key, where it could become another row's,",
          type);
    }
    if (shorter && padding == Padding.BLANKS && text.endsWith(" ")) {
      throw Unfit.of("A string with a blank at its end, which CHAR adds to,", type);
    }
    return text;
  }

  @Override
  public String filled(String text) {
    if (padding == Padding.NONE) {
      return text;
    }
    long missing =
        characters > 0
            ? characters - text.codePointCount(0, text.length())
            : octets - charset.bytes(text);
    return text + " ".repeat((int) Math.max(0, missing));
  }

  private String plain(Datum datum) throws UnfitValueException {
    if (!(datum instanceof Datum.Bool bool)) {
      return datum.text();
    }
    if (flags.areKnown()) {
      return bool == Datum.Bool.TRUE ? flags.yes() : flags.no();
    }
    if (octets < "false".length()) {
      throw Unfit.of(
          "A boolean, for which no constraint names the two values (as CHECK (c IN ('Y', 'N'))"
              + " would),",
          type);
    }
    return bool.text();
  }

  /** Refuses what the database could not keep. */
  static void requireCharacters(String text, String type, CharacterSet charset)
      throws UnfitValueException {
    if (WireText.hasUnpairedSurrogate(text)) {
      throw Unfit.of("A string with half of a surrogate pair", type);
    }
    if (!charset.has(text)) {
      throw Unfit.of("A character that it does not have", type + " in " + charset.name());
    }
  }

  @Override
  public String placeholder() {
    boolean extended = octets > STANDARD;
    if (national) {
      return extended ? "CAST(? AS NVARCHAR2(16383))" : "CAST(? AS NVARCHAR2(2000))";
    }
    return extended ? "CAST(? AS VARCHAR2(32767))" : "CAST(? AS VARCHAR2(4000))";
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
  public int nullType() {
    return national ? Types.NVARCHAR : Types.VARCHAR;
  }

  @Override
  public boolean emptyIsNull() {
    return true;
  }

  @Override
  public String kind() {
    return json ? "json" : flags.areKnown() ? "boolean" : "text";
  }
}
