package dev.belay.source.preflight;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.feed.TopicNames;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the cluster has to be like for the feed. Every finding says what cures it. What the user may
 * not look at is not taken for wrong: creating the feed is the last word.
 */
public final class Preflight {
  private static final Pattern RELEASE = Pattern.compile("v(\\d+)\\.(\\d+)\\.");
  private static final String RANGEFEEDS = "kv.rangefeed.enabled";

  private final SourceConfig config;
  private final Connection session;
  private final Collection<TableName> tables;
  private final List<Finding> findings = new ArrayList<>();

  private Preflight(SourceConfig config, Connection session, Collection<TableName> tables) {
    this.config = config;
    this.session = session;
    this.tables = tables;
  }

  /**
   * Asks everything.
   *
   * @param session of the user that the connector has, in auto-commit
   * @param tables all of which are there
   * @throws SQLException if the connection is lost
   */
  public static List<Finding> run(
      SourceConfig config, Connection session, Collection<TableName> tables) throws SQLException {
    Preflight preflight = new Preflight(config, session, tables);
    preflight.rangefeeds();
    preflight.versions();
    preflight.licence();
    preflight.otherFeeds();
    preflight.views();
    preflight.externalConnections();
    preflight.findings.addAll(Privileges.of(config, session, tables));
    preflight.primaryKeys();
    preflight.findings.addAll(RowIds.of(config, session, tables));
    preflight.columnFamilies();
    preflight.names();
    preflight.window();
    preflight.cursor();
    preflight.otherDelivery();
    return preflight.findings;
  }

  private void rangefeeds() throws SQLException {
    if (setting(RANGEFEEDS).filter("false"::equals).isPresent()) {
      findings.add(
          Finding.stop(
              SourceKeys.URL,
              "The cluster setting " + RANGEFEEDS + " is off, and changefeeds read by rangefeeds.",
              "Run as an admin: SET CLUSTER SETTING " + RANGEFEEDS + " = true"));
    }
  }

  private void versions() throws SQLException {
    String version = Queries.one(session, "SELECT version()").orElse("");
    for (Advisories.Advisory advisory : Advisories.of(version)) {
      findings.add(
          Finding.warning(
              SourceKeys.URL,
              "The server's version is affected by technical advisory "
                  + advisory.name()
                  + ": "
                  + advisory.effect()
                  + ".",
              advisory.cure()));
    }
    findings.addAll(VersionNeeds.of(config, version));
  }

  private void otherDelivery() throws SQLException {
    try {
      findings.addAll(LiveJobs.findings(config, session));
    } catch (SQLException e) {
      Queries.rethrowIfLost(e);
    }
  }

  /** From v24.3 on one licence covers everything, and a cluster without one says so itself. */
  private void licence() throws SQLException {
    Matcher version = RELEASE.matcher(Queries.one(session, "SELECT version()").orElse(""));
    boolean needsOne =
        config.delivery() == SourceConfig.Delivery.KAFKA
            && version.find()
            && Integer.parseInt(version.group(1)) * 100 + Integer.parseInt(version.group(2)) < 2403;
    if (needsOne && setting("enterprise.license").filter(String::isEmpty).isPresent()) {
      findings.add(
          Finding.stop(
              SourceKeys.URL,
              "The cluster has no enterprise licence, without which this version makes no changefeed"
                  + " into Kafka.",
              "Run as an admin: SET CLUSTER SETTING enterprise.license = '...', or set"
                  + " feed.delivery=sinkless, which needs none."));
    }
  }

  /**
   * Jobs of a feed id that this connector had before would go on, and be watched by nobody; those
   * of another connector write to the same topics.
   */
  private void otherFeeds() throws SQLException {
    try {
      findings.addAll(OtherFeeds.findings(config, session, tables));
    } catch (SQLException e) {
      // jobs that this user may not see are none of its feeds'
      if (config.delivery() == SourceConfig.Delivery.KAFKA) {
        throw e;
      }
      Queries.rethrowIfLost(e);
    }
  }

  /** What filters take beside tables is sent by nobody. */
  private void views() throws SQLException {
    if (!config.hasFilters()) {
      return;
    }
    SortedMap<String, List<String>> byKind = new TreeMap<>();
    Catalog.others(session)
        .forEach(
            (name, kind) -> {
              if (config.takes(name.schema(), name.name())) {
                byKind.computeIfAbsent(kind, word -> new ArrayList<>()).add(name.toString());
              }
            });
    byKind.forEach(
        (kind, names) ->
            findings.add(
                Finding.warning(
                    SourceKeys.TABLE_FILTER,
                    "The filters take names that are no tables but each a "
                        + kind
                        + " ("
                        + String.join(", ", names)
                        + "), and changefeeds watch tables only.",
                    kind.equals("sequence")
                        ? "Nothing is sent of them; set the target's sequences before users come back to"
                            + " it."
                        : "Nothing is sent of them; the tables that they read are watched if the filters"
                            + " take those.")));
  }

  private void externalConnections() throws SQLException {
    String name = "changefeed.permissions.require_external_connection_sink.enabled";
    boolean required = setting(name).filter("true"::equals).isPresent();
    if (required
        && config.delivery() == SourceConfig.Delivery.KAFKA
        && !config.sinkUri().isExternal()) {
      findings.add(
          Finding.stop(
              SourceKeys.SINK_URI,
              "The cluster setting " + name + " allows external connections only.",
              "Run CREATE EXTERNAL CONNECTION and GRANT USAGE ON EXTERNAL CONNECTION to this user, and"
                  + " name it: external://NAME."));
    }
  }

  private void primaryKeys() throws SQLException {
    Map<TableName, List<String>> keys = new HashMap<>();
    String sql =
        "SELECT current_database(), n.nspname, c.relname, a.attname FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary"
            + " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)"
            + " WHERE n.nspname = ANY(?) AND c.relname = ANY(?)";
    try (PreparedStatement query = session.prepareStatement(sql)) {
      query.setArray(1, texts(TableName::schema));
      query.setArray(2, texts(TableName::name));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          TableName table = new TableName(row.getString(1), row.getString(2), row.getString(3));
          keys.computeIfAbsent(table, name -> new ArrayList<>()).add(row.getString(4));
        }
      }
    }
    for (TableName table : tables) {
      List<String> key = keys.getOrDefault(table, List.of());
      if (key.isEmpty() || key.equals(List.of("rowid"))) {
        findings.add(
            Finding.warning(
                config.tables().isEmpty() ? SourceKeys.TABLE_FILTER : SourceKeys.TABLES,
                "Table "
                    + table
                    + " has no primary key of its own, so its rows are told apart by"
                    + " CockroachDB's hidden rowid, which the target does not have.",
                "Give it the primary key that the target's table has, or leave the table out"
                    + " (feed.table.exclusion.filter)."));
      }
    }
  }

  /** What a table of several families takes, and what its feed lacks then. */
  private void columnFamilies() throws SQLException {
    String key = config.tables().isEmpty() ? SourceKeys.TABLE_FILTER : SourceKeys.TABLES;
    Map<TableName, List<String>> several = new TreeMap<>(Catalog.families(session, tables));
    several.forEach(
        (table, families) -> {
          String found =
              "Table " + table + " has the column families " + String.join(", ", families);
          List<String> topics = families.stream().map(family -> topic(table, family)).toList();
          if (config.splitsColumnFamilies()) {
            findings.add(
                Finding.warning(
                    key,
                    found + ": each has a topic of its own, without resolved times.",
                    "Let the sink have topics="
                        + String.join(",", topics)
                        + ", feed.split.column.families=true, delivery.mode=immediate and"
                        + " tasks.max=1."));
          } else if (config.delivery() == SourceConfig.Delivery.SINKLESS) {
            findings.add(
                Finding.stop(
                    key,
                    found + ", which a feed cannot send in one topic with resolved times.",
                    "Make the table anew with one family, leave it out"
                        + " (feed.table.exclusion.filter), or set feed.delivery=kafka."));
          } else {
            findings.add(
                Finding.stop(
                    key,
                    found + ", and CockroachDB makes no feed of it without split_column_families.",
                    "Set feed.option.split_column_families= and feed.option.resolved=unset: then each"
                        + " family has a topic of its own ("
                        + String.join(", ", topics)
                        + ") without resolved times, and the sink needs"
                        + " feed.split.column.families=true, delivery.mode=immediate and tasks.max=1."
                        + " Or make the table anew with one family, or leave it out"
                        + " (feed.table.exclusion.filter)."));
          }
        });
  }

  private String topic(TableName table, String family) {
    return TopicNames.of(table, family, config.fullTableName(), config.topicPrefix());
  }

  private Array texts(Function<TableName, String> part) throws SQLException {
    return session.createArrayOf("text", tables.stream().map(part).distinct().toArray());
  }

  /**
   * A dot is not escaped in a topic's name, where it also stands between the parts of a full one.
   */
  private void names() {
    Map<String, TableName> topics = new HashMap<>();
    for (TableName table : tables) {
      TableName other =
          topics.put(TopicNames.of(table, config.fullTableName(), config.topicPrefix()), table);
      if (other != null) {
        findings.add(
            Finding.stop(
                SourceKeys.FULL_TABLE_NAME,
                "Tables "
                    + other
                    + " and "
                    + table
                    + " would share a topic, where nobody could tell"
                    + " their rows apart.",
                "Set feed.full.table.name=true."));
      }
      boolean hasDot = (table.database() + table.schema() + table.name()).contains(".");
      if (config.fullTableName() && hasDot) {
        findings.add(
            Finding.warning(
                SourceKeys.FULL_TABLE_NAME,
                "Table "
                    + table
                    + " has a dot in its name, so the sink cannot tell its table from the"
                    + " topic database.schema.table.",
                "Set feed.full.table.name=false here and in the sink, or rename the table."));
      }
    }
  }

  /** How long the connector may be away before what it needs is garbage-collected. */
  private void window() throws SQLException {
    Map<TableName, Duration> kept = Catalog.gcTtl(session, tables);
    for (TableName table : tables) {
      Duration ttl = kept.get(table);
      if (ttl == null) {
        findings.add(
            Finding.warning(
                SourceKeys.TABLES,
                "This user may not see for how long old versions of table " + table + " are kept.",
                "The garbage-collection window in status and metrics is not known for it."));
      } else if (ttl.compareTo(config.longestAway()) < 0) {
        findings.add(
            Finding.warning(
                SourceKeys.TABLES,
                "Old versions of table "
                    + table
                    + " are kept for "
                    + ttl.toSeconds()
                    + " s only: a failed feed that nobody mends within that time cannot go on, and you"
                    + " want to be able to be away for "
                    + config.longestAway().toSeconds()
                    + " s (feed.away.max.ms).",
                "Run: ALTER TABLE "
                    + table.sql()
                    + " CONFIGURE ZONE USING gc.ttlseconds = "
                    + Math.max(90_000, config.longestAway().toSeconds() * 2)));
      }
    }
  }

  private void cursor() throws SQLException {
    Optional<HlcTimestamp> cursor = config.cursor();
    if (cursor.isPresent() && cursor.get().isAfter(Catalog.now(session))) {
      findings.add(
          Finding.stop(
              SourceKeys.CURSOR,
              "Is in the future: the cluster's clock has not come there.",
              "Take what SELECT cluster_logical_timestamp() shows."));
    }
  }

  /** Empty if the user may not see it or the server does not know it. */
  private Optional<String> setting(String name) throws SQLException {
    try {
      return Optional.of(Catalog.setting(session, name)).map(Preflight::flag);
    } catch (SQLException e) {
      Queries.rethrowIfLost(e);
      return Optional.empty();
    }
  }

  private static String flag(String text) {
    return text.equals("t") ? "true" : text.equals("f") ? "false" : text;
  }
}
