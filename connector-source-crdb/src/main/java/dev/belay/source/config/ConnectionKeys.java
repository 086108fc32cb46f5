package dev.belay.source.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;

/** How the connector reaches CockroachDB. */
final class ConnectionKeys {
  private ConnectionKeys() {}

  static void define(KeyDefinition def) {
    def.group("CockroachDB");
    def.required(
        SourceKeys.URL,
        Type.STRING,
        KeyDefinition.nonBlank(),
        HIGH,
        "JDBC URL of the database whose tables are watched, for example"
            + " jdbc:postgresql://crdb-1:26257,crdb-2:26257/shop?sslmode=verify-full. Several hosts are"
            + " tried in turn. Driver settings go here or under source.jdbc.");
    def.required(
        SourceKeys.USER,
        Type.STRING,
        KeyDefinition.nonBlank(),
        HIGH,
        "User to connect as. It owns the changefeed jobs and needs CHANGEFEED on each table;"
            + " config/sql/cockroachdb/grants.sql has all that it needs.");
    def.optional(
        SourceKeys.PASSWORD,
        Type.PASSWORD,
        "",
        null,
        HIGH,
        "Password of the user, or empty with client certificates (source.jdbc.sslcert). Use a config"
            + " provider, for example ${file:/etc/belay/secrets:password}.");
    def.optional(
        SourceKeys.JDBC_SSL_PASSWORD,
        Type.PASSWORD,
        "",
        null,
        LOW,
        "Password of the key in source.jdbc.sslkey; by a config provider.");
    def.optional(
        SourceKeys.CONNECT_TIMEOUT,
        Type.LONG,
        10_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        "How long to wait for a new connection, in milliseconds; rounded up to whole seconds.");
    def.optional(
        SourceKeys.STATEMENT_TIMEOUT,
        Type.LONG,
        30_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        "After how long the cluster gives up a statement of ours, in milliseconds. Creating a feed over"
            + " many tables may need more. A statement_timeout among the options of the URL does not"
            + " count.");
    def.optional(
        SourceKeys.ALLOW_INSECURE,
        Type.BOOLEAN,
        false,
        null,
        MEDIUM,
        "Whether connections without TLS are allowed to hosts other than this one: ours to CockroachDB,"
            + " and CockroachDB's to Kafka. For a test only: rows and passwords can be read on the way.");
  }
}
