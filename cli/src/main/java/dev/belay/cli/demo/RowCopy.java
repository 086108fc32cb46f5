package dev.belay.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;

/** Copies tables from the new database to a MySQL or MariaDB server, as a migration would have. */
final class RowCopy {
  private static final int BATCH = 500;

  private RowCopy() {}

  /** Without checking foreign keys: rows that reference each other come in any order. */
  static void copy(Connection from, Connection to, List<String> tables) throws SQLException {
    to.setAutoCommit(false);
    try (Statement session = to.createStatement()) {
      session.execute("SET foreign_key_checks = 0");
      for (String table : tables) {
        copy(from, to, table);
      }
      session.execute("SET foreign_key_checks = 1");
    }
    to.commit();
  }

  private static void copy(Connection from, Connection to, String table) throws SQLException {
    try (Statement query = from.createStatement();
        ResultSet rows = query.executeQuery("SELECT * FROM " + table)) {
      ResultSetMetaData columns = rows.getMetaData();
      int count = columns.getColumnCount();
      StringBuilder names = new StringBuilder();
      for (int i = 1; i <= count; i++) {
        names.append(i == 1 ? "`" : ", `").append(columns.getColumnName(i)).append('`');
      }
      String places = String.join(", ", Collections.nCopies(count, "?"));
      try (PreparedStatement insert =
          to.prepareStatement(
              "INSERT INTO " + table + " (" + names + ") VALUES (" + places + ")")) {
        int waiting = 0;
        while (rows.next()) {
          for (int i = 1; i <= count; i++) {
            insert.setObject(i, value(rows, i, columns.getColumnTypeName(i)));
          }
          insert.addBatch();
          if (++waiting % BATCH == 0) {
            insert.executeBatch();
          }
        }
        insert.executeBatch();
      }
    }
  }

  /** What both drivers take; null for NULL. */
  private static Object value(ResultSet rows, int column, String type) throws SQLException {
    if (rows.getObject(column) == null) {
      return null;
    }
    return switch (type) {
      case "uuid", "jsonb" -> rows.getString(column);
      case "date" -> rows.getObject(column, LocalDate.class);
      case "timestamptz" ->
          LocalDateTime.ofInstant(
              rows.getObject(column, OffsetDateTime.class).toInstant(), ZoneOffset.UTC);
      default -> rows.getObject(column);
    };
  }
}
