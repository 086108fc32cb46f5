package dev.belay.sink.target.mysql;

import java.util.Collections;

/** The queries of the catalog. What a user has no right on is not in it. */
final class CatalogSql {
  private CatalogSql() {}

  /** Tables and views of one database. */
  static final String RELATIONS =
      """
      SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n, TABLE_TYPE AS kind, ENGINE AS engine
      FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ?
      """;

  static final String DATABASES =
      "SELECT SCHEMA_NAME, SCHEMA_NAME = DATABASE() FROM information_schema.SCHEMATA";

  static final String CURRENT = "SELECT DATABASE()";

  static String columns(ServerFacts facts, int tables) {
    return "SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n, COLUMN_NAME AS c, DATA_TYPE AS data,"
        + " COLUMN_TYPE AS type, IS_NULLABLE = 'YES' AS nullable, COLUMN_DEFAULT AS preset,"
        + " EXTRA AS extra, CHARACTER_SET_NAME AS charset, CHARACTER_MAXIMUM_LENGTH AS characters,"
        + " CHARACTER_OCTET_LENGTH AS octets, NUMERIC_PRECISION AS prec, NUMERIC_SCALE AS scale,"
        + " DATETIME_PRECISION AS decimals, GENERATION_EXPRESSION AS expression, "
        + (facts.hasReferenceSystems() ? "SRS_ID" : "0")
        + " AS srid\nFROM information_schema.COLUMNS\nWHERE "
        + named("TABLE_SCHEMA", "TABLE_NAME", tables)
        + "\nORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION";
  }

  /** Columns of unique indexes, the primary key's among them. */
  static String indexes(ServerFacts facts, int tables) {
    return "SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n, INDEX_NAME AS i, COLUMN_NAME AS c,"
        + " SUB_PART IS NOT NULL AS part, "
        + (facts.hasExpressionIndexes() ? "EXPRESSION IS NOT NULL" : "FALSE")
        + " AS expression\nFROM information_schema.STATISTICS\nWHERE NON_UNIQUE = 0 AND ("
        + named("TABLE_SCHEMA", "TABLE_NAME", tables)
        + ")\nORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";
  }

  static String foreignKeys(int tables) {
    return "SELECT k.TABLE_SCHEMA AS s, k.TABLE_NAME AS n, k.CONSTRAINT_NAME AS i,"
        + " k.COLUMN_NAME AS c, k.REFERENCED_TABLE_SCHEMA AS ps, k.REFERENCED_TABLE_NAME AS pn,"
        + " k.REFERENCED_COLUMN_NAME AS pc, r.DELETE_RULE AS rule\n"
        + "FROM information_schema.KEY_COLUMN_USAGE k\n"
        + "JOIN information_schema.REFERENTIAL_CONSTRAINTS r"
        + " ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME"
        + " AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME\n"
        + "WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND ("
        + named("k.TABLE_SCHEMA", "k.TABLE_NAME", tables)
        + ")\nORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
  }

  /** Foreign keys of which no column can be NULL. */
  static String bonds(int tables) {
    return "SELECT k.TABLE_SCHEMA AS s, k.TABLE_NAME AS n, k.CONSTRAINT_NAME AS i,"
        + " k.REFERENCED_TABLE_SCHEMA AS ps, k.REFERENCED_TABLE_NAME AS pn\n"
        + "FROM information_schema.KEY_COLUMN_USAGE k\n"
        + "JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = k.TABLE_SCHEMA"
        + " AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME\n"
        + "WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND ("
        + named("k.TABLE_SCHEMA", "k.TABLE_NAME", tables)
        + ")\nGROUP BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME,"
        + " k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME\n"
        + "HAVING SUM(c.IS_NULLABLE = 'YES') = 0";
  }

  /** Columns that foreign keys of any table refer to. */
  static String referenced(int tables) {
    return "SELECT REFERENCED_TABLE_SCHEMA AS s, REFERENCED_TABLE_NAME AS n,"
        + " REFERENCED_COLUMN_NAME AS c\nFROM information_schema.KEY_COLUMN_USAGE\nWHERE "
        + named("REFERENCED_TABLE_SCHEMA", "REFERENCED_TABLE_NAME", tables);
  }

  /** MariaDB's JSON is a LONGTEXT with a check of its own. */
  static String jsonChecks(int tables) {
    return "SELECT CONSTRAINT_SCHEMA AS s, TABLE_NAME AS n, CHECK_CLAUSE AS clause\n"
        + "FROM information_schema.CHECK_CONSTRAINTS\n"
        + "WHERE CHECK_CLAUSE LIKE 'json_valid(%' AND ("
        + named("CONSTRAINT_SCHEMA", "TABLE_NAME", tables)
        + ")";
  }

  static final String TAKING_CHILDREN_ALONG =
      """
      SELECT DISTINCT UNIQUE_CONSTRAINT_SCHEMA AS s, REFERENCED_TABLE_NAME AS n
      FROM information_schema.REFERENTIAL_CONSTRAINTS
      WHERE DELETE_RULE NOT IN ('NO ACTION', 'RESTRICT')
      """;

  static final String WRITABLE_TABLES =
      """
      SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n
      FROM information_schema.TABLES
      WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND ENGINE = 'InnoDB'
        AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema', 'belay')
      ORDER BY TABLE_SCHEMA, TABLE_NAME
      """;

  static final String TRIGGERS =
      """
      SELECT TRIGGER_NAME
      FROM information_schema.TRIGGERS
      WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?
      ORDER BY TRIGGER_NAME
      """;

  /** Binds database and name of each table. */
  private static String named(String schema, String table, int tables) {
    return String.join(
        " OR ", Collections.nCopies(tables, "(" + schema + " = ? AND " + table + " = ?)"));
  }
}
