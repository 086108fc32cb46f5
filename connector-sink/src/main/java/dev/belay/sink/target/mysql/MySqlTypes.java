package dev.belay.sink.target.mysql;

import java.util.Locale;

/** From information_schema.COLUMNS to forms: the production side of the type table. */
final class MySqlTypes {

  /**
   * A column's type as the catalog has it; numbers that do not apply are -1.
   *
   * @param data the type's name in lower case
   * @param column the whole type, {@code int unsigned}, {@code enum('a','b')}
   * @param charset empty for what is no text
   * @param json whether a constraint says that it is valid JSON, which is what MariaDB's JSON is
   * @param srid of a geometry column, 0 if it has none
   */
  record Facts(
      String data,
      String column,
      String charset,
      long characters,
      long octets,
      long precision,
      long scale,
      long decimals,
      boolean json,
      long srid) {}

  private final boolean mariaDb;

  MySqlTypes(boolean mariaDb) {
    this.mariaDb = mariaDb;
  }

  ValueForm form(Facts facts) {
    String type = facts.column();
    boolean unsigned = type.toLowerCase(Locale.ROOT).contains("unsigned");
    return switch (facts.data()) {
      case "tinyint" -> new IntegerForm(type, 1, unsigned);
      case "smallint" -> new IntegerForm(type, 2, unsigned);
      case "mediumint" -> new IntegerForm(type, 3, unsigned);
      case "int" -> new IntegerForm(type, 4, unsigned);
      case "bigint" -> new IntegerForm(type, 8, unsigned);
      case "decimal" ->
          new DecimalForm(type, (int) facts.precision(), (int) facts.scale(), unsigned);
      case "float", "double" ->
          new FloatForm(type, facts.data().equals("float"), (int) facts.scale(), unsigned);
      case "char", "varchar" ->
          new TextForm(
              type,
              (int) facts.characters(),
              facts.octets(),
              facts.data().equals("char"),
              facts.charset());
      case "tinytext", "text", "mediumtext", "longtext" ->
          facts.json()
              ? new JsonForm(type, false)
              : new TextForm(type, 0, facts.octets(), false, facts.charset());
      case "binary" -> new BytesForm(type, facts.octets(), true);
      case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
          new BytesForm(type, facts.octets(), false);
      case "bit" -> new BitForm(type, (int) facts.precision());
      case "date" -> new DateForm(type);
      case "time" -> new TimeForm(type, (int) facts.decimals());
      case "datetime" -> TimestampForm.datetime(type, (int) facts.decimals());
      case "timestamp" -> TimestampForm.timestamp(type, (int) facts.decimals());
      case "year" -> new YearForm(type);
      case "json" -> new JsonForm(type, true);
      case "enum" -> new LabelForm(type, LabelForm.labels(type), false);
      case "set" -> new LabelForm(type, LabelForm.labels(type), true);
      case "uuid", "inet4", "inet6" -> new NativeForm(type, facts.data());
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geomcollection",
          "geometrycollection" ->
          new GeometryForm(type, facts.srid(), mariaDb);
      case "vector" ->
          new RefusedForm(type, "the text of a VECTOR does not name its floats exactly");
      default -> new RefusedForm(type, "Belay does not know the type");
    };
  }
}
