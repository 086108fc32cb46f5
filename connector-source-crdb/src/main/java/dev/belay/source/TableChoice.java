package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;

/** The tables that a configuration names or whose names its filters take. */
final class TableChoice {
  private TableChoice() {}

  /**
   * @param database of names that have none
   * @param there the tables of that database
   * @throws ConfigException if a named table is not there, or no table is left
   */
  static SortedSet<TableName> of(
      SourceConfig config, String database, Collection<TableName> there) {
    SortedSet<TableName> chosen = new TreeSet<>();
    for (String text : config.tables()) {
      TableName name =
          TableName.parse(text, database)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          SourceKeys.TABLES + ": " + text + " is no name of a table."));
      if (!there.contains(name)) {
        throw new ConfigException(
            SourceKeys.TABLES
                + ": table "
                + name
                + " is not in database "
                + database
                + ", or this user may not see it. Correct the name (in double quotes where it has"
                + " capitals), or the database in "
                + SourceKeys.URL
                + ".");
      }
      chosen.add(name);
    }
    if (config.hasFilters()) {
      there.stream()
          .filter(table -> config.takes(table.schema(), table.name()))
          .forEach(chosen::add);
    }
    if (chosen.isEmpty()) {
      throw new ConfigException(
          config.hasFilters()
              ? "The filters take none of the "
                  + there.size()
                  + " tables of database "
                  + database
                  + ". They are regular expressions for whole names of schemas and tables."
              : "No table is named. Set "
                  + SourceKeys.TABLES
                  + ", or "
                  + SourceKeys.SCHEMA_FILTER
                  + " and "
                  + SourceKeys.TABLE_FILTER
                  + ".");
    }
    return chosen;
  }
}
