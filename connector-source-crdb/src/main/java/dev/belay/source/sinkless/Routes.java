package dev.belay.source.sinkless;

import dev.belay.source.feed.TableName;
import dev.belay.source.feed.TopicNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds a row's route by the feed's name for its table. That name is the table's, in the form that
 * a sink would escape; versions differ in whether odd names come with their quotes, so each form is
 * known. The reader's thread only, but for {@link #topics}.
 */
final class Routes {
  private final Map<String, Route> byName = new HashMap<>();
  private final Map<Route, String> plain = new HashMap<>();
  private final SortedMap<TableName, Route> byTable = new TreeMap<>();
  private final String prefix;
  private byte[] lastName = new byte[0];
  private Optional<Route> last = Optional.empty();

  /**
   * @param full whether names have database and schema
   * @param prefix of every topic
   * @throws IllegalArgumentException if two tables would share a topic
   */
  Routes(Collection<TableName> tables, boolean full, String prefix) {
    this.prefix = prefix;
    for (TableName table : tables) {
      String name = TopicNames.plain(table, full);
      Route route = new Route(table, TopicNames.of(table, full, prefix));
      byTable.put(table, route);
      plain.put(route, name);
      String spelled = table.toString();
      String quoted = full ? spelled : table.spelledName();
      for (String form : new String[] {name, TopicNames.escaped(name), quoted}) {
        Route other = byName.put(form, route);
        if (other != null && !other.equals(route)) {
          throw new IllegalArgumentException(
              "Tables "
                  + other.table()
                  + " and "
                  + table
                  + " would share the topic "
                  + route.topic()
                  + ".");
        }
      }
    }
  }

  /** Of a table of the feed. */
  Route of(TableName table) {
    return byTable.get(table);
  }

  /** In order of the tables' names. */
  Collection<Route> all() {
    return byTable.values();
  }

  /**
   * Of a row.
   *
   * @return empty if the feed has no such table
   */
  Optional<Route> find(byte[] name, int length) {
    if (!Arrays.equals(name, 0, length, lastName, 0, lastName.length)) {
      lastName = Arrays.copyOf(name, length);
      last = find(new String(lastName, StandardCharsets.UTF_8));
    }
    return last;
  }

  private Optional<Route> find(String name) {
    return Optional.ofNullable(byName.get(name)).or(() -> family(name));
  }

  /** A column family's rows have a topic of their own, of both names. */
  private Optional<Route> family(String name) {
    int dot = name.lastIndexOf('.');
    if (dot <= 0 || !byName.containsKey(name.substring(0, dot))) {
      return Optional.empty();
    }
    Route table = byName.get(name.substring(0, dot));
    String family = plain.get(table) + name.substring(dot);
    return Optional.of(new Route(table.table(), TopicNames.escaped(prefix + family)));
  }
}
