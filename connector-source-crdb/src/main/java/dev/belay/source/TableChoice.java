package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;

/**
 * The tables that a configuration names or whose names its filters take.
 *
 * @param tables that are there
 * @param gone that are wanted and not there, with what was found of each
 */
record TableChoice(SortedSet<TableName> tables, SortedMap<TableName, String> gone) {
  private static final String CURE =
      "Correct the name (in double quotes where it has capitals), or the database in "
          + SourceKeys.URL
          + ".";

  /**
   * What there is to choose from.
   *
   * @param database of names that have none
   * @param tables of that database
   * @param others with names as tables have them, and what each of them is
   */
  record There(String database, Collection<TableName> tables, Map<TableName, String> others) {}

  /**
   * What is to be watched and is there.
   *
   * @throws ConfigException if a named table is not there, or no table is left
   */
  static SortedSet<TableName> of(SourceConfig config, There there) {
    TableChoice choice = with(config, there, new TreeSet<>());
    if (!choice.gone().isEmpty()) {
      throw new ConfigException(
          SourceKeys.TABLES + ": " + choice.gone().get(choice.gone().firstKey()) + " " + CURE);
    }
    return choice.tables();
  }

  /**
   * The same at a start, where one that is gone does not keep the others from being watched.
   *
   * @param remembered that the feed had before; one that the filters take still is missed
   * @throws ConfigException if a name cannot be read, or there is nothing to watch and to miss
   */
  static TableChoice with(SourceConfig config, There there, Collection<TableName> remembered) {
    SortedSet<TableName> chosen = new TreeSet<>();
    SortedMap<TableName, String> gone = new TreeMap<>();
    for (String text : config.tables()) {
      TableName name =
          TableName.parse(text, there.database())
              .orElseThrow(
                  () ->
                      new ConfigException(
                          SourceKeys.TABLES + ": " + text + " is no name of a table."));
      if (there.tables().contains(name)) {
        chosen.add(name);
      } else {
        gone.put(name, absence(name, there));
      }
    }
    if (config.hasFilters()) {
      there.tables().stream().filter(table -> isTaken(config, table)).forEach(chosen::add);
      for (TableName table : remembered) {
        if (isTaken(config, table) && !there.tables().contains(table)) {
          gone.putIfAbsent(
              table, absence(table, there) + " The filters take it, and the feed had it before.");
        }
      }
    }
    if (chosen.isEmpty() && gone.isEmpty()) {
      throw new ConfigException(nothing(config, there));
    }
    return new TableChoice(chosen, gone);
  }

  private static boolean isTaken(SourceConfig config, TableName table) {
    return config.takes(table.schema(), table.name());
  }

  private static String absence(TableName name, There there) {
    String other = there.others().get(name);
    return other == null
        ? "Table "
            + name
            + " is not in database "
            + there.database()
            + ", or this user may not see it."
        : "Name " + name + " is of a " + other + ", and changefeeds watch tables only.";
  }

  private static String nothing(SourceConfig config, There there) {
    return config.hasFilters()
        ? "The filters take none of the "
            + there.tables().size()
            + " tables of database "
            + there.database()
            + ". They are regular expressions for whole names of schemas and tables."
        : "No table is named. Set "
            + SourceKeys.TABLES
            + ", or "
            + SourceKeys.SCHEMA_FILTER
            + " and "
            + SourceKeys.TABLE_FILTER
            + ".";
  }
}
