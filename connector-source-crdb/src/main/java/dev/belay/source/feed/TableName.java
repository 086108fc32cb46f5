package dev.belay.source.feed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A table of CockroachDB by its full name, as the catalog spells it. */
public record TableName(String database, String schema, String name)
    implements Comparable<TableName> {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");
  private static final Comparator<TableName> ORDER =
      Comparator.comparing(TableName::database)
          .thenComparing(TableName::schema)
          .thenComparing(TableName::name);

  /**
   * Reads {@code database.schema.table}, {@code schema.table} or {@code table}, with parts in
   * double quotes where they are not plain names; unquoted parts are folded to lower case, as in
   * SQL.
   *
   * @param database of a name that has none
   * @return empty if the text is no name
   */
  public static Optional<TableName> parse(String text, String database) {
    List<String> parts = parts(text.strip());
    if (parts.contains("")) {
      return Optional.empty();
    }
    return switch (parts.size()) {
      case 1 -> Optional.of(new TableName(database, "public", parts.get(0)));
      case 2 -> Optional.of(new TableName(database, parts.get(0), parts.get(1)));
      case 3 -> Optional.of(new TableName(parts.get(0), parts.get(1), parts.get(2)));
      default -> Optional.empty();
    };
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        part.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '.' && !quoted) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(quoted ? c : Character.toLowerCase(c));
      }
    }
    parts.add(quoted ? "" : part.toString());
    return parts;
  }

  /** For a statement: every part in double quotes. */
  public String sql() {
    return quoted(database) + "." + quoted(schema) + "." + quoted(name);
  }

  /** A name in double quotes. */
  public static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public int compareTo(TableName other) {
    return ORDER.compare(this, other);
  }

  /** For people, and as the key of an offset: quoted only where a part is no plain name. */
  @Override
  public String toString() {
    return spelled(database) + "." + spelled(schema) + "." + spelled(name);
  }

  /** The table's own name, as {@link #toString} has it. */
  public String spelledName() {
    return spelled(name);
  }

  private static String spelled(String part) {
    return PLAIN.matcher(part).matches() ? part : quoted(part);
  }
}
