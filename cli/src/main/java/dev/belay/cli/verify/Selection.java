package dev.belay.cli.verify;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is compared with what.
 *
 * @param schemas empty for the session's own
 * @param tables patterns of names in the source, any of which must match the whole; none for all
 * @param renames of tables and of columns ({@code table.column}), from the source to the target
 * @param excluded columns, {@code table.column} or {@code column} of any table, in lower case
 * @param filters SQL that rows must meet, by table; under the empty name for all others
 */
record Selection(
    Sides<Optional<String>> schemas,
    List<Pattern> tables,
    Map<String, String> renames,
    Set<String> excluded,
    Map<String, String> filters) {

  boolean isWanted(String table) {
    return tables.isEmpty() || tables.stream().anyMatch(t -> t.matcher(table).matches());
  }

  String renamed(String table) {
    return renames.getOrDefault(table, table);
  }

  String renamedColumn(String table, String column) {
    return renames.getOrDefault(table + "." + column, column);
  }

  boolean isExcluded(String table, String column) {
    String name = column.toLowerCase(Locale.ROOT);
    return excluded.contains(name)
        || excluded.contains(table.toLowerCase(Locale.ROOT) + "." + name);
  }

  Optional<String> filter(String table) {
    return Optional.ofNullable(filters.getOrDefault(table, filters.get("")));
  }
}
