package dev.belay.cli.init;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The connectors, as they are POSTed: the files of {@code config}, filled in. */
final class ConnectorFiles {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern SECRET =
      Pattern.compile("\\$\\{file:" + Pattern.quote(Site.SECRETS) + ":([^}]+)}");
  private static final List<String> PG_TLS = List.of("sslmode", "sslrootcert", "sslcert", "sslkey");
  private static final String MARIADB_MODE = "sslMode";

  private final Site site;

  ConnectorFiles(Site site) {
    this.site = site;
  }

  /** All connectors of the option, by the names of their files. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    String prefix = site.filePrefix();
    if (site.option().hasFeed()) {
      files.put(prefix + "source.json", source("playbooks/" + prefix + "source.json"));
      files.put(prefix + "sink.json", sink("playbooks/" + prefix + "sink.json"));
    }
    if (site.option().hasForward()) {
      boolean both = site.option() == RollbackOption.BIDIRECTIONAL;
      String kind = site.product().speaksMySql() ? "mysql" : "postgres";
      files.put(
          prefix + "forward-source.json",
          debezium(both ? "playbooks/bidirectional-forward-source.json" : oldKind(kind)));
      files.put(
          prefix + "forward-sink.json",
          forwardSink(
              both
                  ? "playbooks/bidirectional-forward-sink.json"
                  : "forward/sink-" + forwardKind(kind) + ".json"));
    }
    return files;
  }

  private String oldKind(String kind) {
    return "forward/" + forwardKind(kind) + ".json";
  }

  private String forwardKind(String kind) {
    return site.product() == Product.ORACLE ? "oracle" : kind;
  }

  /** The secrets that the files name, one line each. */
  static String secrets(Map<String, String> files) {
    TreeSet<String> keys = new TreeSet<>();
    for (String text : files.values()) {
      Matcher secret = SECRET.matcher(text);
      while (secret.find()) {
        keys.add(secret.group(1));
      }
    }
    return "# Copy this to "
        + Site.SECRETS
        + " on each worker, readable by its user alone, and put the passwords in.\n"
        + keys.stream().map(key -> key + "=\n").collect(Collectors.joining());
  }

  private String source(String template) {
    return filled(
        template,
        site.feedConnector(),
        config -> {
          config.put("source.connection.url", site.source().url(Product.POSTGRESQL.prefix()));
          config.put("source.connection.user", Site.FEED_USER);
          pgTls(config, "source.jdbc.", site.source());
          config.put(
              "feed.tables",
              site.tables().stream().map(ChosenTable::feedName).collect(Collectors.joining(",")));
          config.put("kafka.admin.bootstrap.servers", site.kafka());
          if (site.sinkless()) {
            config.remove("feed.sink.uri");
            config.put("feed.delivery", "sinkless");
            ObjectNode sinkless = (ObjectNode) read("source/sinkless.json").get("config");
            sinkless
                .properties()
                .forEach(
                    setting -> {
                      if (setting.getKey().startsWith("producer.override.")) {
                        config.set(setting.getKey(), setting.getValue());
                      }
                    });
          }
          if (!site.overrides().isEmpty()) {
            config.put("feed.overrides.file", site.overrides());
          }
        });
  }

  private String sink(String template) {
    return filled(
        template,
        site.sinkConnector(),
        config -> {
          config.put(
              "topics",
              site.tables().stream().map(ChosenTable::topic).collect(Collectors.joining(",")));
          config.put("target.connection.url", site.target().url());
          config.put("target.connection.user", site.sinkUser());
          oldTls(config);
          site.targetSchema().ifPresent(schema -> config.put("target.schema", schema));
          if (!site.tableMap().isEmpty()) {
            config.put("tables.map", String.join(",", site.tableMap()));
          }
          if (!site.marks()) {
            config.remove("origin.mark");
          }
          config.put("kafka.admin.bootstrap.servers", site.kafka());
        });
  }

  /** The settings of pgjdbc's TLS: the URL's own on this machine, else those of the file. */
  private static void pgTls(ObjectNode config, String prefix, Address address) {
    Map<String, String> given = address.parameters();
    boolean told = given.containsKey("sslmode");
    if (told && (address.isHere() || given.get("sslmode").startsWith("verify-"))) {
      PG_TLS.forEach(
          key -> {
            if (given.containsKey(key)) {
              config.put(prefix + key, given.get(key));
            } else {
              config.remove(prefix + key);
            }
          });
    }
  }

  private void oldTls(ObjectNode config) {
    Address target = site.target();
    switch (target.product()) {
      case POSTGRESQL, COCKROACHDB -> pgTls(config, "target.jdbc.", target);
      case ORACLE -> {
        config.remove(List.of("target.jdbc.sslmode", "target.jdbc.sslrootcert"));
      }
      case MARIADB -> {
        config.remove(List.of("target.jdbc.sslmode", "target.jdbc.sslrootcert"));
        if (!target.isHere()) {
          config.put("target.jdbc." + MARIADB_MODE, "verify-full");
          config.put("target.jdbc.serverSslCert", "/etc/belay/old-db-ca.crt");
        }
      }
      case MYSQL -> {
        config.remove(List.of("target.jdbc.sslmode", "target.jdbc.sslrootcert"));
        if (!target.isHere()) {
          config.put("target.jdbc." + MARIADB_MODE, "VERIFY_IDENTITY");
          config.put("target.jdbc.trustCertificateKeyStoreUrl", "file:/etc/belay/old-db-ca.p12");
          config.put("target.jdbc.trustCertificateKeyStoreType", "PKCS12");
          config.put(
              "target.jdbc.trustCertificateKeyStorePassword", secret("target.truststore.password"));
        }
      }
    }
  }

  private static String secret(String key) {
    return "${file:" + Site.SECRETS + ":" + key + "}";
  }

  private String debezium(String template) {
    return filled(
        template,
        site.forwardSource(),
        config -> {
          Address old = site.target();
          if (site.product() == Product.ORACLE) {
            config.put("database.url", old.url());
          } else {
            config.put("database.hostname", old.host());
            config.put("database.port", old.port());
          }
          config.put("table.include.list", included());
          if (config.has("database.include.list")) {
            config.put("database.include.list", String.join(",", site.targetSchemas()) + ",belay");
          }
          if (config.has("database.dbname") && site.product() != Product.ORACLE) {
            config.put("database.dbname", old.database());
          }
          if (config.has("schema.history.internal.kafka.bootstrap.servers")) {
            config.put("schema.history.internal.kafka.bootstrap.servers", site.kafka());
          }
          if (config.has("unavailable.value.placeholder")) {
            config.put("unavailable.value.placeholder", placeholder());
          }
          forwardTls(config, old);
        });
  }

  private void forwardTls(ObjectNode config, Address old) {
    String mode = old.parameters().get("sslmode");
    if (old.product() == Product.POSTGRESQL && mode != null && old.isHere()) {
      config.put("database.sslmode", mode);
      config.remove("database.sslrootcert");
    } else if (site.product().speaksMySql() && old.isHere()) {
      config.put("database.ssl.mode", "preferred");
      config.remove(List.of("database.ssl.truststore", "database.ssl.truststore.password"));
    }
  }

  /** Patterns; Oracle's filter takes names alone. */
  private String included() {
    boolean names = site.product() == Product.ORACLE;
    String between = names ? "." : "\\.";
    String heartbeat = names ? "BELAY.DEBEZIUM_HEARTBEAT" : "belay\\.debezium_heartbeat";
    return site.tables().stream()
            .map(
                table ->
                    names
                        ? table.targetName()
                        : escaped(table.target().schema())
                            + between
                            + escaped(table.target().name()))
            .collect(Collectors.joining(","))
        + ","
        + heartbeat;
  }

  private static String escaped(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
  }

  /** A text that is no value by chance, the same in both files and at each run. */
  private String placeholder() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((site.name() + " " + site.target().url()).getBytes(StandardCharsets.UTF_8));
      return "__belay_unchanged_" + HexFormat.of().formatHex(digest, 0, 8) + "__";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private String forwardSink(String template) {
    return filled(
        template,
        site.forwardSink(),
        config -> {
          config.put(
              "topics",
              site.tables().stream()
                  .map(table -> "forward." + table.target().schema() + "." + table.target().name())
                  .collect(Collectors.joining(",")));
          config.put("target.connection.url", site.source().url());
          config.put("target.connection.user", Site.SINK_USER);
          // the same user name as in the old database, and another password
          config.put("target.connection.password", secret("forward.target.password"));
          pgTls(config, "target.jdbc.", site.source());
          back(config);
          if (config.has("feed.unavailable.value.placeholder")) {
            config.put("feed.unavailable.value.placeholder", placeholder());
          }
          config.put("kafka.admin.bootstrap.servers", site.kafka());
        });
  }

  /** Which table of CockroachDB one of the old database is. */
  private void back(ObjectNode config) {
    List<String> schemas = site.sourceSchemas();
    boolean one = schemas.size() == 1;
    config.remove("target.schema");
    boolean sameSchemas =
        site.tables().stream()
            .allMatch(table -> table.source().schema().equals(table.target().schema()));
    if (one && !sameSchemas) {
      config.put("target.schema", schemas.get(0));
    }
    List<String> pairs =
        site.tables().stream()
            .filter(
                table ->
                    !(table.source().name().equals(table.target().name())
                        && (one || table.source().schema().equals(table.target().schema()))))
            .map(table -> table.targetName() + ":" + table.sourceName())
            .toList();
    if (!pairs.isEmpty()) {
      config.put("tables.map", String.join(",", pairs));
    }
  }

  private static ObjectNode read(String template) {
    try {
      return (ObjectNode) JSON.readTree(Template.of(template).text());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("config/" + template + " of this build is no JSON", e);
    }
  }

  private static String filled(String template, String name, Consumer<ObjectNode> change) {
    ObjectNode body = read(template);
    ObjectNode config = (ObjectNode) body.get("config");
    change.accept(config);
    ObjectNode filled = JSON.createObjectNode().put("name", name).put("initial_state", "STOPPED");
    filled.set("config", config);
    return printed(filled);
  }

  /** As the files of {@code config} are laid out. */
  static String printed(ObjectNode body) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
    printer.indentObjectsWith(lines);
    printer.indentArraysWith(lines);
    try {
      return JSON.writer(printer).writeValueAsString(body) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
