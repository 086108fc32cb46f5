package dev.belay.sink.target.oracle;

import java.util.Locale;

/** From ALL_TAB_COLS to forms: the production side of the type table. */
final class OracleTypes {

  /** A precision or scale that the column does not have; a scale may be negative. */
  static final int NONE = Integer.MIN_VALUE;

  /**
   * A column as the catalog has it; what does not apply is {@link #NONE}.
   *
   * @param data the type's name, {@code TIMESTAMP(6) WITH TIME ZONE}
   * @param octets bytes of a text or RAW
   * @param characters of a text
   * @param byCharacters whether a text's length is in characters
   * @param precision digits of a number, or of an interval's years or days
   * @param scale of a number; decimals of a second
   * @param key whether it is in the primary key
   * @param collation empty for none
   * @param json whether a constraint says IS JSON
   * @param flags for true and false
   */
  record Facts(
      String data,
      long octets,
      long characters,
      boolean byCharacters,
      long precision,
      long scale,
      boolean key,
      String collation,
      boolean json,
      Flags flags) {}

  private final ServerFacts server;

  OracleTypes(ServerFacts server) {
    this.server = server;
  }

  /** The type as people write it, for messages. */
  static String text(Facts facts) {
    return switch (facts.data()) {
      case "NUMBER" ->
          facts.scale() == NONE && facts.precision() == NONE
              ? "NUMBER"
              : "NUMBER("
                  + (facts.precision() == NONE ? "*" : facts.precision())
                  + (facts.scale() == 0 ? "" : "," + facts.scale())
                  + ")";
      case "FLOAT" -> "FLOAT(" + facts.precision() + ")";
      case "VARCHAR2", "CHAR" ->
          facts.data()
              + (facts.byCharacters()
                  ? "(" + facts.characters() + " CHAR)"
                  : "(" + facts.octets() + " BYTE)");
      case "NVARCHAR2", "NCHAR" -> facts.data() + "(" + facts.characters() + ")";
      case "RAW" -> "RAW(" + facts.octets() + ")";
      default -> facts.data();
    };
  }

  ValueForm form(Facts facts) {
    String type = text(facts);
    String data = facts.data().toUpperCase(Locale.ROOT);
    if (data.startsWith("TIMESTAMP")) {
      return new TimestampForm(
          type,
          (int) facts.scale(),
          data.endsWith("LOCAL TIME ZONE")
              ? TimestampForm.Kind.LOCAL
              : data.endsWith("TIME ZONE") ? TimestampForm.Kind.ZONED : TimestampForm.Kind.PLAIN);
    }
    if (data.startsWith("INTERVAL")) {
      return new IntervalForm(
          type,
          data.startsWith("INTERVAL YEAR"),
          (int) facts.precision(),
          (int) Math.max(0, facts.scale()));
    }
    return switch (data) {
      case "NUMBER" -> number(facts, type);
      // binary digits, of which the server makes decimal ones
      case "FLOAT" -> new NumberForm(type, (int) Math.ceil(facts.precision() * 0.30103), 0, true);
      case "BINARY_FLOAT" -> new BinaryFloatForm(type, true);
      case "BINARY_DOUBLE" -> new BinaryFloatForm(type, false);
      case "VARCHAR2", "CHAR" -> text(facts, type, server.charset(), false);
      case "NVARCHAR2", "NCHAR" -> text(facts, type, server.national(), true);
      case "CLOB" -> new ClobForm(type, server.charset(), false, facts.json());
      case "NCLOB" -> new ClobForm(type, server.national(), true, facts.json());
      case "BLOB" -> new BlobForm(type, facts.json());
      case "RAW" -> new BytesForm(type, (int) facts.octets());
      case "DATE" -> new TimestampForm(type, 0, TimestampForm.Kind.DATE);
      case "JSON" -> new JsonForm(type);
      case "BOOLEAN" -> new BooleanForm(type);
      case "LONG" ->
          new RefusedForm(type, "LONG is out of use; make it a CLOB (ALTER TABLE ... MODIFY)");
      case "LONG RAW" ->
          new RefusedForm(type, "LONG RAW is out of use; make it a BLOB (ALTER TABLE ... MODIFY)");
      case "XMLTYPE" ->
          new RefusedForm(
              type, "the server would write the XML anew and not as it came; use a CLOB");
      case "SDO_GEOMETRY" ->
          new RefusedForm(
              type, "GeoJSON of the wire has lost its SRID; use a CLOB with IS JSON", false);
      case "ROWID", "UROWID" ->
          new RefusedForm(type, "the address of a row means nothing in another database");
      case "BFILE" -> new RefusedForm(type, "the file is not in the database", false);
      case "VECTOR" -> new RefusedForm(type, "its text does not name the floats exactly");
      default -> new RefusedForm(type, "Belay does not know the type", false);
    };
  }

  private static ValueForm number(Facts facts, String type) {
    if (facts.precision() == NONE && facts.scale() == NONE) {
      return new NumberForm(type, NumberForm.MOST_DIGITS, 0, true);
    }
    int digits = facts.precision() == NONE ? NumberForm.MOST_DIGITS : (int) facts.precision();
    return new NumberForm(type, digits, (int) facts.scale(), false);
  }

  private static ValueForm text(Facts facts, String type, CharacterSet charset, boolean national) {
    if (facts.key() && !isBinary(facts.collation())) {
      return new RefusedForm(
          type,
          "its collation "
              + facts.collation()
              + " calls texts equal that differ, and it is in the primary key; give it COLLATE BINARY");
    }
    boolean fixed = facts.data().endsWith("CHAR") && !facts.data().contains("VAR");
    return new TextForm(
        type,
        national || facts.byCharacters() ? (int) facts.characters() : 0,
        facts.octets(),
        !fixed
            ? TextForm.Padding.NONE
            : facts.key() ? TextForm.Padding.BLANKS_IN_KEY : TextForm.Padding.BLANKS,
        charset,
        national,
        facts.flags(),
        facts.json());
  }

  private static boolean isBinary(String collation) {
    return collation.isEmpty() || collation.equals("USING_NLS_COMP") || collation.equals("BINARY");
  }
}
