package dev.belay.sink.target.oracle;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tables from declarations of columns, as the catalog would describe them. */
final class Columns {
  private static final Pattern LENGTH =
      Pattern.compile("\\((\\*|\\d+)( BYTE| CHAR)?(?:,\\s*(-?\\d+))?\\)");
  private static final Pattern FLAGS = Pattern.compile("CHECK \\((.*)\\)$");
  private static final ServerFacts UNICODE = ServerFacts.UNKNOWN;

  private Columns() {}

  /**
   * @param declaration a type, and after it of: IS JSON, CHECK (...), IN KEY, COLLATE name, CHARSET
   *     name
   */
  static OracleTypes.Facts facts(String declaration) {
    String type =
        declaration.replaceFirst(
            " (IS JSON|CHECK|IN KEY|COLLATE|CHARSET) .*| (IS JSON|IN KEY)$", "");
    Matcher length = LENGTH.matcher(type);
    String data = type;
    int first = OracleTypes.NONE;
    int second = OracleTypes.NONE;
    boolean characters = false;
    if (length.find()) {
      first = length.group(1).equals("*") ? OracleTypes.NONE : Integer.parseInt(length.group(1));
      characters = " CHAR".equals(length.group(2));
      second = length.group(3) == null ? OracleTypes.NONE : Integer.parseInt(length.group(3));
      data =
          type.startsWith("TIMESTAMP") || type.startsWith("INTERVAL")
              ? type
              : type.substring(0, length.start());
    }
    boolean national = data.startsWith("N") && data.contains("CHAR");
    int octets = national ? first * 2 : characters ? first * 4 : first;
    if (data.equals("NUMBER") && first != OracleTypes.NONE && second == OracleTypes.NONE) {
      second = 0;
    }
    if (data.startsWith("TIMESTAMP")) {
      second = first;
    }
    if (data.startsWith("INTERVAL DAY") && length.find()) {
      second = Integer.parseInt(length.group(1));
    }
    Matcher check = FLAGS.matcher(declaration);
    Matcher collation = Pattern.compile("COLLATE (\\w+)").matcher(declaration);
    return new OracleTypes.Facts(
        data,
        octets,
        first,
        characters || national,
        first,
        second,
        declaration.contains("IN KEY"),
        collation.find() ? collation.group(1) : "",
        declaration.contains("IS JSON"),
        check.find() ? Flags.of(check.group(1), "C").orElseThrow() : Flags.UNKNOWN);
  }

  static ValueForm form(String declaration) {
    Matcher charset = Pattern.compile("CHARSET (\\w+)").matcher(declaration);
    return new OracleTypes(
            charset.find()
                ? new ServerFacts(19, CharacterSet.of(charset.group(1)), UNICODE.national())
                : UNICODE)
        .form(facts(declaration));
  }

  static ColumnShape column(String name, String declaration, boolean nullable) {
    ValueForm form = form(declaration);
    return new ColumnShape(
        name,
        OracleTypes.text(facts(declaration)),
        form.kind(),
        nullable,
        declaration.contains("IDENTITY"),
        false,
        new OracleColumn(
            form,
            false,
            declaration.contains("IDENTITY"),
            false,
            nullable ? OracleColumn.Empties.NULL : OracleColumn.Empties.REFUSED));
  }

  /**
   * A table in schema SHOP.
   *
   * @param columns name and declaration, one after the other; those not in the key are nullable
   */
  static TableShape table(
      String name, List<String> key, List<UniqueShape> uniques, String... columns) {
    List<ColumnShape> shapes = new ArrayList<>();
    for (int i = 0; i < columns.length; i += 2) {
      shapes.add(column(columns[i], columns[i + 1], !key.contains(columns[i])));
    }
    return new TableShape(TableName.of("SHOP", name), shapes, key, false, uniques, List.of());
  }
}
