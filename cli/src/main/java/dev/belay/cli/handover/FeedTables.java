package dev.belay.cli.handover;

import dev.belay.cli.connect.FeedTopics;
import dev.belay.source.cluster.Catalog;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** The tables that a feed has, as CockroachDB has them now, and where the sink finds them. */
public final class FeedTables {
  private static final String OWN_SCHEMA = "belay";

  private final Line line;
  private final SourceConfig source;
  private final SortedSet<TableName> tables;

  private FeedTables(Line line, SourceConfig source, SortedSet<TableName> tables) {
    this.line = line;
    this.source = source;
    this.tables = tables;
  }

  /**
   * Asks CockroachDB.
   *
   * @throws IOException if the connector's settings cannot be read
   */
  public static FeedTables of(Line line) throws IOException, SQLException {
    try (Connection session = line.ends().source().open()) {
      SourceConfig source = new SourceConfig(line.source());
      SortedSet<TableName> tables = new TreeSet<>();
      String database = Catalog.database(session);
      for (String text : source.tables()) {
        TableName.parse(text, database).ifPresent(tables::add);
      }
      if (source.hasFilters()) {
        Catalog.tables(session).stream()
            .filter(table -> !table.schema().equals(OWN_SCHEMA))
            .filter(table -> source.takes(table.schema(), table.name()))
            .forEach(tables::add);
      }
      session.rollback();
      return new FeedTables(line, source, tables);
    } catch (ConfigException e) {
      throw new IOException("The source connector's file: " + e.getMessage(), e);
    }
  }

  /** Their names, without schemas. */
  Set<String> names() {
    return tables.stream().map(TableName::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Where they are, if all are in one schema. */
  Optional<String> schema() {
    Set<String> schemas = tables.stream().map(TableName::schema).collect(Collectors.toSet());
    return schemas.size() == 1 ? Optional.of(schemas.iterator().next()) : Optional.empty();
  }

  /**
   * What of the feed the sink does not bring, or what cannot be compared: a sentence each.
   *
   * @param topics those that the sink reads
   */
  public List<String> gaps(Set<String> topics) {
    List<String> gaps = new ArrayList<>();
    for (TableName table : tables) {
      if (!FeedTopics.reads(line.sink(), topics, table, source)) {
        gaps.add(
            "The feed has table "
                + table
                + ", and the sink reads no topic of it: its rows are not in the target.");
      }
    }
    for (String topic : new TreeSet<>(topics)) {
      if (tables.stream().noneMatch(t -> FeedTopics.isOf(topic, t, source, line.sink()))) {
        gaps.add("The sink reads " + topic + ", which is of no table of the feed in its file.");
      }
    }
    if (tables.isEmpty()) {
      gaps.add("The feed has no table: neither by name nor by its filters.");
    } else if (schema().isEmpty()) {
      gaps.add(
          "The feed has tables of several schemas, which are not compared together: belay verify"
              + " compares them, with --source-schema and --target-schema.");
    }
    return gaps;
  }

  /** Topics that the sink names and has no position in: a sentence each. */
  static List<String> unread(Line line, Set<String> topics) {
    return new TreeSet<>(line.topics())
        .stream()
            .filter(topic -> !topics.contains(topic))
            .map(topic -> "The sink is to read " + topic + " and has no position in it.")
            .toList();
  }
}
