package dev.belay.cli.demo;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The database that was migrated from, and what differs from one to another. */
enum OldDatabase {
  POSTGRESQL("postgresql", "PostgreSQL 18") {
    @Override
    DatabaseServer start(Path dir, boolean isRead) throws IOException {
      Map<String, String> settings = isRead ? Map.of("wal_level", "logical") : Map.of();
      return PostgresServer.start(
          PostgresServer.Version.NEW, dir.resolve(word()), 0, false, settings);
    }

    @Override
    Optional<String> driverZip() {
      return Optional.empty();
    }

    @Override
    List<Script> scripts() {
      return List.of(
          Script.TABLES,
          Script.of("/dev/belay/sink/target/postgres/belay-schema.sql", "\n-- next\n"),
          Script.of("/dev/belay/cli/demo/role.sql", "\n\n"));
    }

    @Override
    void fill(Shop shop, Connection from, Connection to) throws SQLException {
      shop.fill(to);
    }

    @Override
    List<String> afterFill() {
      // Else the observer's joins are planned for empty tables for the first minute.
      return List.of("ANALYZE");
    }

    @Override
    String rowsWritten() {
      // PostgreSQL's own count, not the sink's: an upsert of a row that is there counts as an
      // update. A session reports its share once a second.
      return "SELECT 'rows', coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
          + " FROM pg_stat_user_tables WHERE schemaname = 'public'";
    }

    @Override
    String shell(DatabaseServer server, String database) {
      return "psql 'postgresql://"
          + server.superuser()
          + "@127.0.0.1:"
          + server.port()
          + "/"
          + database
          + "'";
    }

    @Override
    String utc() {
      return "SET TIME ZONE 'UTC'";
    }

    @Override
    String text(String column, String type) {
      return quoted(column) + "::text";
    }

    @Override
    String sortKey(String column) {
      return "encode(convert_to(" + quoted(column) + "::text, 'UTF8'), 'hex')";
    }

    @Override
    String quoted(String name) {
      return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    String schemaOf(Connection connection) {
      return "public";
    }

    @Override
    boolean writesTextsAlike() {
      return true;
    }
  },
  MYSQL("mysql", "MySQL 9") {
    @Override
    DatabaseServer start(Path dir, boolean isRead) throws IOException {
      return MySqlServer.start(Product.MYSQL, dir.resolve(word()), 0, false);
    }

    @Override
    String rowsWritten() {
      return "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_rows_inserted',"
          + " 'Innodb_rows_updated', 'Innodb_rows_deleted')";
    }
  },
  MARIADB("mariadb", "MariaDB 11.8") {
    @Override
    DatabaseServer start(Path dir, boolean isRead) throws IOException {
      return MySqlServer.start(Product.MARIADB, dir.resolve(word()), 0, false);
    }

    @Override
    String rowsWritten() {
      // temporary tables have counters of their own here
      return "SHOW GLOBAL STATUS WHERE Variable_name IN ('Handler_write', 'Handler_update',"
          + " 'Handler_delete')";
    }
  };

  private final String word;
  private final String title;

  OldDatabase(String word, String title) {
    this.word = word;
    this.title = title;
  }

  static Optional<OldDatabase> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  final String word() {
    return word;
  }

  /** Name and version, for people. */
  final String title() {
    return title;
  }

  /**
   * Starts a server whose data are in this folder, under {@link #word}.
   *
   * @param isRead whether its log is going to be read; PostgreSQL's alone can be
   */
  abstract DatabaseServer start(Path dir, boolean isRead) throws IOException;

  /** The zip with its driver, where the plugin's own has none. */
  Optional<String> driverZip() {
    return Optional.of("belay-connector-sink-driver-" + word + ".zip");
  }

  /** The shop's tables, the checkpoint tables, and the sink's user, in this order. */
  List<Script> scripts() {
    return List.of(
        Script.of("/dev/belay/cli/demo/tables-mysql.sql", "\n\n"),
        Script.of("/dev/belay/sink/target/mysql/belay-schema.sql", "\n-- next\n"),
        Script.of("/dev/belay/cli/demo/role-mysql.sql", "\n\n"));
  }

  /**
   * Gives the database the shop's first rows.
   *
   * @param from has them already
   */
  void fill(Shop shop, Connection from, Connection to) throws SQLException {
    RowCopy.copy(from, to, Shop.TABLES);
  }

  /** Statements to run when the rows are there. */
  List<String> afterFill() {
    return List.of("ANALYZE TABLE " + String.join(", ", Shop.TABLES));
  }

  /**
   * A query whose second column adds up to the rows inserted, updated and deleted since the server
   * started.
   */
  abstract String rowsWritten();

  /** A command that opens a shell on it. */
  String shell(DatabaseServer server, String database) {
    return "mysql -h 127.0.0.1 -P " + server.port() + " -u " + server.superuser() + " " + database;
  }

  /** Makes a session show times in UTC. */
  String utc() {
    return "SET time_zone = '+00:00'";
  }

  /**
   * The expression of a column's value as a text.
   *
   * @param type of the column in the new database
   */
  String text(String column, String type) {
    return type.equals("bytea")
        ? "LOWER(HEX(" + quoted(column) + "))"
        : "CAST(" + quoted(column) + " AS CHAR)";
  }

  /** The expression by which rows are in one order everywhere: a text of hexadecimal digits. */
  String sortKey(String column) {
    return "LOWER(HEX(CAST(" + quoted(column) + " AS CHAR)))";
  }

  String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  /** Where the tables are, as JDBC's metadata has it. */
  String schemaOf(Connection connection) throws SQLException {
    return connection.getCatalog();
  }

  /** Whether equal values have one text here and in the new database. */
  boolean writesTextsAlike() {
    return false;
  }
}
