package dev.belay.cli.init;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What administrators run: the scripts of {@code config/sql}, for these tables alone. The order is
 * the one in which they are to be run.
 */
final class SqlFiles {

  /** From the comment at the top to the first statement, or to what explains it. */
  private static final String HEAD = "\\A(?:--[^\\n]*\\n)+";

  private final Site site;

  SqlFiles(Site site) {
    this.site = site;
  }

  /** By their names. */
  Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    if (site.option() == RollbackOption.MANUAL) {
      return files;
    }
    boolean writesOld = site.option().hasFeed();
    if (writesOld || site.product() == Product.ORACLE) {
      files.put(
          "sql/old-belay-schema.sql", Template.of("sql/" + folder() + "belay-schema.sql").text());
    }
    if (writesOld) {
      files.put("sql/old-role.sql", oldRole());
    }
    if (site.marks() && writesOld) {
      files.put("sql/old-origin.sql", oldOrigin());
    }
    if (site.option().hasForward()) {
      files.put("sql/old-debezium.sql", oldDebezium());
      files.put("sql/new-belay-schema.sql", Template.of("sql/cockroachdb/belay-schema.sql").text());
      files.put("sql/new-role.sql", newRole());
    }
    if (writesOld) {
      files.put("sql/new-grants.sql", newGrants());
    }
    return files;
  }

  private String folder() {
    return switch (site.product()) {
      case POSTGRESQL -> "postgresql/";
      case MYSQL, MARIADB -> "mysql/";
      case ORACLE -> "oracle/";
      case COCKROACHDB -> "cockroachdb/";
    };
  }

  private String oldRole() {
    return switch (site.product()) {
      case POSTGRESQL -> postgresRole();
      case MYSQL, MARIADB -> mySqlRole();
      case ORACLE -> oracleRole();
      case COCKROACHDB -> throw new IllegalStateException("no database to go back to");
    };
  }

  private String postgresRole() {
    String role = quoted(Site.SINK_USER);
    String schemas =
        site.targetSchemas().stream().map(SqlFiles::quoted).collect(Collectors.joining(", "));
    List<String> sequences =
        site.tables().stream()
            .flatMap(table -> table.sequences().stream())
            .map(ChosenTable.OwnedSequence::sql)
            .distinct()
            .toList();
    Template script =
        Template.of("sql/postgresql/role.sql")
            .leaveOut(HEAD)
            .leaveOut("-- The same for tables which the one who runs.*?\\n(?=\\n)")
            .put("ON ALL TABLES IN SCHEMA :\"schema\"", "ON TABLE " + site.oldTables())
            .put("GRANT USAGE ON SCHEMA :\"schema\"", "GRANT USAGE ON SCHEMA " + schemas);
    if (sequences.isEmpty()) {
      script.leaveOut("-- The defaults of serial columns.*?;\\n");
    } else {
      script.put(
          "GRANT USAGE ON ALL SEQUENCES IN SCHEMA :\"schema\"",
          "GRANT USAGE ON SEQUENCE " + String.join(", ", sequences));
    }
    return head(
            "sql/postgresql/role.sql",
            "A superuser, or whoever owns the tables, may create roles and owns schema belay.",
            psql("sql/old-role.sql"),
            "psql -d " + site.target().database() + " -c '\\password " + Site.SINK_USER + "'")
        + script.put(":'role'", "'" + Site.SINK_USER + "'").put(":\"role\"", role).text();
  }

  private String oldOrigin() {
    if (site.product() == Product.MYSQL) {
      return head("sql/mysql/origin.sql", "An administrator.", "mysql < sql/old-origin.sql")
          + Template.of("sql/mysql/origin.sql")
              .leaveOut(HEAD)
              .put("BELAY_USER", Site.SINK_USER)
              .text();
    }
    return head("sql/postgresql/origin.sql", "A superuser.", psql("sql/old-origin.sql"))
        + Template.of("sql/postgresql/origin.sql")
            .leaveOut(HEAD)
            .put(":\"role\"", quoted(Site.SINK_USER))
            .put(":'role'", "'" + Site.SINK_USER + "'")
            .text();
  }

  private String mySqlRole() {
    String user = "'" + Site.SINK_USER + "'@'%'";
    StringBuilder writes = new StringBuilder();
    for (ChosenTable table : site.tables()) {
      writes
          .append("GRANT INSERT, UPDATE, DELETE ON ")
          .append(site.old(table))
          .append(" TO ")
          .append(user)
          .append(";\n");
    }
    String databases =
        site.targetSchemas().stream()
            .map(
                database ->
                    "GRANT SELECT ON "
                        + Product.MYSQL.quoted(pattern(database))
                        + ".* TO "
                        + user
                        + ";\n")
            .collect(Collectors.joining());
    String triggers =
        site.targetSchemas().stream()
            .map(
                database ->
                    "GRANT TRIGGER ON "
                        + Product.MYSQL.quoted(pattern(database))
                        + ".* TO "
                        + user
                        + ";\n")
            .collect(Collectors.joining());
    return head(
            "sql/mysql/role.sql",
            "An administrator.",
            "mysql < sql/old-role.sql",
            "mysql -e \"ALTER USER " + user + " IDENTIFIED BY '...' ACCOUNT UNLOCK\"",
            "Until the second command nobody can log in as this user.")
        + Template.of("sql/mysql/role.sql")
            .leaveOut(HEAD)
            .put(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON `SHOP_DATABASE`.* TO 'BELAY_USER'@'%';\n",
                databases + "-- What it writes.\n" + writes)
            .put("GRANT TRIGGER ON `SHOP_DATABASE`.* TO 'BELAY_USER'@'%';\n", triggers)
            .put("BELAY_USER", Site.SINK_USER)
            .text();
  }

  /** Names of databases are patterns in grants. */
  private static String pattern(String database) {
    return database.replace("_", "\\_").replace("%", "\\%");
  }

  private String oracleRole() {
    String writes =
        site.tables().stream()
            .map(
                table ->
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON "
                        + site.old(table)
                        + " TO "
                        + Site.ORACLE_SINK_USER
                        + ";\n")
            .collect(Collectors.joining());
    return head(
            "sql/oracle/role.sql",
            "An administrator, connected to the pluggable database with the tables.",
            "sqlplus -S sys@... as sysdba @sql/old-role.sql",
            "ALTER USER " + Site.ORACLE_SINK_USER + " IDENTIFIED BY \"...\" ACCOUNT UNLOCK;",
            "Where defaults of these tables read sequences: GRANT SELECT on each of those, too.")
        + Template.of("sql/oracle/role.sql")
            .leaveOut(HEAD)
            .putAt("^BEGIN$.*^/$\\n", writes)
            .put("BELAY_USER", Site.ORACLE_SINK_USER)
            .text();
  }

  private String oldDebezium() {
    return switch (site.product()) {
      case POSTGRESQL -> postgresDebezium();
      case ORACLE -> oracleDebezium();
      default -> mySqlDebezium();
    };
  }

  private String postgresDebezium() {
    String schemas =
        site.targetSchemas().stream().map(SqlFiles::quoted).collect(Collectors.joining(", "));
    return head(
            "sql/postgresql/debezium.sql",
            "A superuser, or whoever owns these tables and may create roles with REPLICATION.",
            psql("sql/old-debezium.sql"),
            "psql -d " + site.target().database() + " -c '\\password " + Site.DEBEZIUM_USER + "'",
            "The server has wal_level=logical, and a free place in max_replication_slots and"
                + " max_wal_senders.")
        + Template.of("sql/postgresql/debezium.sql")
            .leaveOut(HEAD)
            .put(":\"schema\"", schemas)
            .put(":tables", site.oldTables())
            .put(":'role'", "'" + Site.DEBEZIUM_USER + "'")
            .put(":\"role\"", quoted(Site.DEBEZIUM_USER))
            .text();
  }

  private String mySqlDebezium() {
    String user = "'" + Site.DEBEZIUM_USER + "'@'%'";
    String reads =
        site.tables().stream()
            .map(table -> "GRANT SELECT ON " + site.old(table) + " TO " + user + ";\n")
            .collect(Collectors.joining());
    return head(
            "sql/mysql/debezium.sql",
            "An administrator.",
            "mysql < sql/old-debezium.sql",
            "mysql -e \"ALTER USER " + user + " IDENTIFIED BY '...' ACCOUNT UNLOCK\"",
            "The server has log_bin, gtid_mode=ON, binlog_format=ROW, binlog_row_image=FULL,",
            "binlog_row_metadata=FULL, binlog_transaction_compression=OFF, and keeps its binary",
            "logs longer than Debezium may be away.")
        + Template.of("sql/mysql/debezium.sql")
            .leaveOut("\\A.*?(?=CREATE USER)")
            .put("GRANT SELECT ON `SHOP_DATABASE`.* TO 'DEBEZIUM_USER'@'%';\n", reads)
            .put("DEBEZIUM_USER", Site.DEBEZIUM_USER)
            .text();
  }

  private String oracleDebezium() {
    String user = "C##" + Site.DEBEZIUM_USER.toUpperCase(Locale.ROOT);
    String tables =
        site.tables().stream()
            .map(
                table ->
                    "ALTER TABLE "
                        + table.targetName()
                        + " ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS;\nGRANT SELECT, FLASHBACK ON "
                        + table.targetName()
                        + " TO "
                        + user
                        + ";\n")
            .collect(Collectors.joining());
    return head(
            "sql/oracle/debezium.sql",
            "SYSDBA, connected to the root container.",
            "Put the name of the pluggable database in the place of SHOP_PDB.",
            "ALTER USER " + user + " IDENTIFIED BY \"...\" ACCOUNT UNLOCK CONTAINER=ALL;")
        + Template.of("sql/oracle/debezium.sql")
            .leaveOut(HEAD)
            .putAt("ALTER TABLE SHOP_SCHEMA.*?\\n(?=\\n)", tables)
            .put("DEBEZIUM_USER", user)
            .text();
  }

  private String newRole() {
    String schemas =
        site.sourceSchemas().stream().map(SqlFiles::quoted).collect(Collectors.joining(", "));
    return head(
            "sql/cockroachdb/role.sql",
            "The owner of the tables, or an admin who may create users.",
            cockroach("sql/new-role.sql"),
            "ALTER USER belay WITH PASSWORD '...', or a client certificate for belay.")
        + Template.of("sql/cockroachdb/role.sql")
            .leaveOut(HEAD)
            .leaveOut("-- The same for tables which the one who runs.*?;\\n")
            .put("DATABASE shop", "DATABASE " + quoted(site.source().database()))
            .put("ON ALL TABLES IN SCHEMA public", "ON TABLE " + site.newTables())
            .put("ON SCHEMA public", "ON SCHEMA " + schemas)
            .put("ON ALL SEQUENCES IN SCHEMA public", "ON ALL SEQUENCES IN SCHEMA " + schemas)
            .text();
  }

  private String newGrants() {
    Template script =
        Template.of("sql/cockroachdb/grants.sql")
            .leaveOut(HEAD)
            .put("shop.public.customers, shop.public.orders", site.newTables())
            .leaveOut("-- ALTER TABLE shop[.]public[.]orders [^\\n]*\\n");
    String example = "-- ALTER TABLE ";
    String zones =
        site.tables().stream()
            .map(
                table ->
                    example
                        + table.source().sql()
                        + " CONFIGURE ZONE USING gc.ttlseconds = 90000;\n")
            .collect(Collectors.joining());
    if (site.sinkless()) {
      script
          .leaveOut("^GRANT CHANGEFEED [^\\n]*\\n\\n")
          .leaveOut("^-- For the source connector with feed.delivery=sinkless[^\\n]*\\n")
          .put("-- GRANT SELECT ON TABLE", "GRANT SELECT ON TABLE")
          .leaveOut("-- Brokers and secrets in one place.*?;\\nGRANT USAGE [^\\n]*\\n\\n")
          .put(
              "owns the changefeed: it reads the tables through the changefeed and nothing else",
              "reads the changefeed over SQL")
          .leaveOut("^-- The source connector connects as this user, and sees[^\\n]*\\n");
    } else {
      script
          .leaveOut("-- For the source connector with feed.delivery=sinkless.*?\\n(?=\\n)")
          .put("kafka.example.com:9093", site.kafka().split(",")[0]);
    }
    return head(
            "sql/cockroachdb/grants.sql",
            "An admin, in the database that is replicated.",
            cockroach("sql/new-grants.sql"),
            site.sinkless()
                ? "ALTER USER belay_feed WITH PASSWORD '...', or a client certificate for it."
                : "Put the certificate (BASE64) and the password (SECRET) of Kafka in first.")
        + script.text()
        + zones;
  }

  private String psql(String file) {
    return "psql -v ON_ERROR_STOP=1 -d " + site.target().database() + " -f " + file;
  }

  private String cockroach(String file) {
    return "cockroach sql --url 'postgresql://root@"
        + site.source().hosts().split(",")[0]
        + "/"
        + site.source().database()
        + "' -f "
        + file;
  }

  private static String head(String template, String who, String... how) {
    StringBuilder head =
        new StringBuilder("-- config/")
            .append(template)
            .append(" for these tables, by belay init.\n-- To run as: ")
            .append(who)
            .append('\n');
    for (String line : how) {
      head.append("--   ").append(line).append('\n');
    }
    return head.append('\n').toString();
  }

  private static String quoted(String name) {
    return Product.POSTGRESQL.quoted(name);
  }
}
