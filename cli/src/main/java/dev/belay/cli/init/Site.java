package dev.belay.cli.init;

import dev.belay.sink.change.TableName;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that the files are made of. Where it says {@code old}, the database is meant that was
 * migrated from; {@code new} is CockroachDB.
 *
 * @param name before the connectors' names
 * @param sinkless whether the connector reads the feed itself
 * @param kafka brokers, as clients take them
 * @param overrides where the override file will lie on the workers; empty for none
 * @param applicationUser of the old database
 * @param tables parents before their children, as far as nothing goes round
 */
record Site(
    RollbackOption option,
    String name,
    Address source,
    Address target,
    OldDatabase old,
    boolean sinkless,
    String kafka,
    String overrides,
    String applicationUser,
    List<ChosenTable> tables) {
  static final String SECRETS = "/etc/belay/secrets.properties";
  static final String SINK_USER = "belay";
  static final String ORACLE_SINK_USER = "BELAY_SINK";
  static final String FEED_USER = "belay_feed";
  static final String DEBEZIUM_USER = "debezium";

  /** What the old database is. */
  Product product() {
    return old.product();
  }

  String sinkUser() {
    return product() == Product.ORACLE ? ORACLE_SINK_USER : SINK_USER;
  }

  String feedConnector() {
    return name + (option == RollbackOption.DUAL_WRITE ? "-standby-feed" : "-feed");
  }

  String sinkConnector() {
    return name + (option == RollbackOption.DUAL_WRITE ? "-standby" : "-failback");
  }

  String forwardSource() {
    return name + "-forward-source";
  }

  String forwardSink() {
    return name + "-forward";
  }

  /** How the connectors' files begin, as the playbook names them. */
  String filePrefix() {
    return switch (option) {
      case FAILBACK, MANUAL -> "failback-";
      case BIDIRECTIONAL -> "bidirectional-";
      case DUAL_WRITE -> "dual-write-";
      case FORWARD -> "";
    };
  }

  /** Whether what the sink writes to the old database is marked. */
  boolean marks() {
    return option != RollbackOption.DUAL_WRITE
        && (product() == Product.POSTGRESQL || product() == Product.MYSQL)
        && old.whyUnmarked().isEmpty();
  }

  /** Schemas of the tables in the old database. */
  List<String> targetSchemas() {
    return List.copyOf(
        tables.stream()
            .map(table -> table.target().schema())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  List<String> sourceSchemas() {
    return List.copyOf(
        tables.stream()
            .map(table -> table.source().schema())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** A table of the old database, quoted. */
  String old(ChosenTable table) {
    TableName target = table.target();
    return target.schema().isEmpty()
        ? product().quoted(target.name())
        : product().quoted(target.schema()) + "." + product().quoted(target.name());
  }

  /** All tables of the old database, quoted, with commas between them. */
  String oldTables() {
    return tables.stream().map(this::old).collect(Collectors.joining(", "));
  }

  /** All tables of CockroachDB, quoted, with commas between them. */
  String newTables() {
    return tables.stream().map(table -> table.source().sql()).collect(Collectors.joining(", "));
  }

  /**
   * The schema of the old database that tables go to if nothing names another; empty where the
   * sink's own rule finds them.
   */
  Optional<String> targetSchema() {
    List<String> schemas = targetSchemas();
    if (schemas.size() != 1 || tables.stream().allMatch(this::isFoundUnsaid)) {
      return Optional.empty();
    }
    return Optional.of(schemas.get(0));
  }

  /** Pairs of the tables whose names the sink would not find by itself. */
  List<String> tableMap() {
    boolean one = targetSchema().isPresent();
    return tables.stream()
        .filter(
            table ->
                one
                    ? !table.source().name().equals(table.target().name())
                        && product() != Product.ORACLE
                    : !(isFoundUnsaid(table)
                        && table.source().name().equals(table.target().name())))
        .map(table -> table.sourceName() + ":" + table.targetName())
        .toList();
  }

  /** The schema alone: MySQL looks for what is in public in the database of its URL. */
  private boolean isFoundUnsaid(ChosenTable table) {
    return product().speaksMySql()
        ? table.source().schema().equals("public")
            && table.target().schema().equals(target.database())
        : table.source().schema().equals(table.target().schema());
  }
}
