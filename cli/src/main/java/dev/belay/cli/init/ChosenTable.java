package dev.belay.cli.init;

import dev.belay.sink.change.TableName;
import dev.belay.source.feed.TopicNames;
import java.util.List;

/**
 * A table that is replicated.
 *
 * @param source in CockroachDB
 * @param target in the old database; of MySQL its schema is the database
 * @param sourceKey the primary key's columns in CockroachDB; empty if nobody was asked
 * @param key the same columns in the old database, in their own order
 * @param columns those that both databases have under one name and that are written, the key's too;
 *     empty if nobody was asked
 * @param sequences the columns that a sequence of the old database fills, by the sequence's name,
 *     quoted as the database wants it
 */
record ChosenTable(
    dev.belay.source.feed.TableName source,
    TableName target,
    List<String> sourceKey,
    List<String> key,
    List<String> columns,
    List<OwnedSequence> sequences) {

  /** A sequence that belongs to a column. */
  record OwnedSequence(String column, String sql) {}

  /** The topic that the changefeed writes to. */
  String topic() {
    return TopicNames.of(source, true, "");
  }

  /** As {@code feed.tables} takes it: of the database in the URL. */
  String feedName() {
    String full = source.toString();
    String database = new dev.belay.source.feed.TableName(source.database(), "", "").toString();
    // what stands before the two empty names, which are quoted
    return full.substring(database.length() - "\"\".\"\"".length());
  }

  /** Whether a list in a connector's configuration can carry the names. */
  boolean isListable() {
    return (source.schema() + source.name() + target.schema() + target.name())
        .chars()
        .noneMatch(c -> c == ',' || c == ':' || c == '.' || c == '"' || c == '`' || c == '\\');
  }

  /** As {@code tables.map} and people have them. */
  String sourceName() {
    return source.schema() + "." + source.name();
  }

  String targetName() {
    return target.schema().isEmpty() ? target.name() : target.schema() + "." + target.name();
  }
}
