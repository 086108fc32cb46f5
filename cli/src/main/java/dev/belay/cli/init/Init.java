package dev.belay.cli.init;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.verify.Counterparts.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the files of what was found, and writes them. */
final class Init {
  private final Site site;
  private final List<Finding> findings;
  private final List<String> notes = new ArrayList<>();
  private final List<String> toSettle = new ArrayList<>();

  Init(Site site, List<Finding> findings) {
    this.site = site;
    this.findings = findings;
  }

  /** All files of a site, by their names, in the order in which they are of use. */
  static Map<String, String> files(Site site) {
    Map<String, String> made = new LinkedHashMap<>();
    Map<String, String> connectors = new ConnectorFiles(site).files();
    Map<String, String> scripts = new SqlFiles(site).files();
    made.putAll(scripts);
    made.putAll(connectors);
    if (!connectors.isEmpty()) {
      made.put("secrets.properties.example", ConnectorFiles.secrets(connectors));
    }
    if (!site.overrides().isEmpty()) {
      ObjectNode overrides = JsonNodeFactory.instance.objectNode();
      overrides.putObject("options").put("metrics_label", site.name());
      made.put("changefeed-overrides.json", ConnectorFiles.printed(overrides));
    }
    Map<String, String> all = new LinkedHashMap<>();
    all.put("playbook.md", new PlaybookFile(site, made.keySet()).text());
    all.putAll(made);
    return all;
  }

  /**
   * Writes what can be written.
   *
   * @param force whether files of an earlier run may be replaced
   * @throws IOException if the folder cannot be written to
   */
  InitOutcome run(Path folder, boolean force) throws IOException {
    boolean canBeBuilt = site.option().hasForward() ? forwardFits() & pairFits() : pairFits();
    look();
    Map<String, String> written = new LinkedHashMap<>();
    if (canBeBuilt && site.tables().isEmpty()) {
      toSettle.add(
          "No table that was asked for is on both sides with a primary key. See --tables, --rename,"
              + " --source-schema and --target-schema.");
    } else if (canBeBuilt) {
      Map<String, String> files = files(site);
      Folder place = new Folder(folder);
      List<String> objections = place.objections(files, force);
      toSettle.addAll(objections);
      if (objections.isEmpty()) {
        place.write(files);
        files.keySet().forEach(file -> written.put(file, purpose(file)));
      }
    }
    List<Finding> leftOut = findings.stream().filter(Finding::isDifference).toList();
    findings.stream()
        .filter(finding -> !finding.isDifference())
        .forEach(finding -> notes.add("Table " + finding.table() + " " + finding.text() + "."));
    return new InitOutcome(
        site, folder, written, leftOut, List.copyOf(notes), List.copyOf(toSettle));
  }

  /** What keeps the option from being built at all. */
  private boolean pairFits() {
    Product product = site.product();
    if (site.option().compares() && product != Product.POSTGRESQL) {
      toSettle.add(
          "Rows of "
              + product.title()
              + " are not compared before they are written, which "
              + site.option().title()
              + " needs where both sides write one row. Take --option failback.");
      return false;
    }
    if (site.option() == RollbackOption.MANUAL && product != Product.POSTGRESQL) {
      toSettle.add(
          "The playbook of manual reconciliation brings rows by psql, from CockroachDB to PostgreSQL."
              + " For "
              + product.title()
              + " compare with belay verify where it reads the database, and repair in its own tools.");
      return false;
    }
    if (site.option() == RollbackOption.BIDIRECTIONAL && site.old().whyUnmarked().isPresent()) {
      toSettle.add(
          "What is written in both directions must be marked, or it would go round: "
              + site.old().whyUnmarked().get()
              + ". Take --option failback.");
      return false;
    }
    return true;
  }

  private boolean forwardFits() {
    if (site.product() == Product.MARIADB) {
      toSettle.add(
          "config/forward has files for PostgreSQL, MySQL and Oracle, and none for MariaDB's log."
              + " docs/forward.md says what they are made of.");
      return false;
    }
    return true;
  }

  /** What the databases lack for it, and what is good to know. */
  private void look() {
    OldDatabase old = site.old();
    if (old.product() == Product.ORACLE) {
      notes.add(
          "Oracle was not asked: the tables are those of --tables, and have to be there. No Oracle"
              + " runs in Belay's build.");
    }
    if (site.option() == RollbackOption.FAILBACK) {
      old.whyUnmarked()
          .ifPresent(
              why ->
                  notes.add(
                      why
                          + ": origin.mark is left out, and after a rollback the migration cannot be"
                          + " tried again without a load."));
    }
    if (site.option().compares() && old.isAsked()) {
      needed("track_commit_timestamp", "on", "ALTER SYSTEM SET track_commit_timestamp = on", "");
    }
    if (site.option().hasForward() && old.isAsked()) {
      if (old.product() == Product.POSTGRESQL) {
        needed("wal_level", "logical", "ALTER SYSTEM SET wal_level = logical", "");
      } else {
        needed("log_bin", "ON", "log_bin=ON", " (in the server's configuration)");
        needed("gtid_mode", "ON", "gtid_mode=ON", ", with enforce_gtid_consistency=ON before");
        needed("binlog_format", "ROW", "SET PERSIST binlog_format = 'ROW'", "");
        needed("binlog_row_image", "FULL", "SET PERSIST binlog_row_image = 'FULL'", "");
      }
    }
    if (site.option().hasFeed() && !site.sinkless()) {
      notes.add(
          "sql/new-grants.sql makes the connection to Kafka: put Kafka's certificate (BASE64), user and"
              + " password (SECRET) in before it is run.");
    }
    if (site.option().hasFeed() && !site.target().isHere() && old.product() != Product.ORACLE) {
      notes.add("Connections check the server's certificate: the JSON files name where it lies.");
    }
    if (site.option() == RollbackOption.DUAL_WRITE) {
      notes.add(
          "The playbook takes "
              + site.applicationUser()
              + " for the user of the application in the old database (--application-user).");
    }
  }

  private void needed(String setting, String value, String cure, String how) {
    OldDatabase old = site.old();
    if (!old.has(setting, value)) {
      toSettle.add(
          old.product().title()
              + " has "
              + setting
              + "="
              + old.settings().getOrDefault(setting, "(none)")
              + ", and needs "
              + value
              + ": "
              + cure
              + how
              + (old.product() == Product.POSTGRESQL ? ", and restart the server." : "."));
    }
  }

  private static String purpose(String file) {
    Map<String, String> purposes = new TreeMap<>();
    purposes.put("playbook.md", "what to do, call by call");
    purposes.put("secrets.properties.example", "the passwords that the workers need");
    purposes.put("changefeed-overrides.json", "options of the changefeed, for each worker");
    purposes.put("sql/old-belay-schema.sql", "checkpoint tables, old database");
    purposes.put("sql/old-role.sql", "the sink's user and its rights, old database");
    purposes.put("sql/old-origin.sql", "the right to mark what the sink writes");
    purposes.put("sql/old-debezium.sql", "Debezium's user and tables, old database");
    purposes.put("sql/new-belay-schema.sql", "checkpoint tables, CockroachDB");
    purposes.put("sql/new-role.sql", "the sink's user and its rights, CockroachDB");
    purposes.put("sql/new-grants.sql", "the changefeed's user and its rights, CockroachDB");
    if (purposes.containsKey(file)) {
      return purposes.get(file);
    }
    String debezium = "Debezium's connector, from the old database";
    return file.endsWith("forward-source.json")
        ? debezium
        : file.endsWith("forward-sink.json")
            ? "the sink's connector, to CockroachDB"
            : file.endsWith("source.json")
                ? "the changefeed's connector"
                : "the sink's connector, to the old database";
  }
}
