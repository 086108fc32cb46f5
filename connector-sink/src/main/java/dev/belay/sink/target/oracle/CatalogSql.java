package dev.belay.sink.target.oracle;

import java.util.Collections;

/**
 * Queries of the data dictionary. Rows and columns are of what the user has rights on (ALL_*);
 * constraints and triggers are asked for in the whole database (DBA_*), since the user's own view
 * leaves out what others made around the tables.
 */
final class CatalogSql {
  private CatalogSql() {}

  static final String DBA_CONSTRAINTS = "SYS.DBA_CONSTRAINTS";
  static final String DBA_CONS_COLUMNS = "SYS.DBA_CONS_COLUMNS";
  static final String DBA_TRIGGERS = "SYS.DBA_TRIGGERS";

  /** What is named in a schema: schema, schema, schema. */
  static final String RELATIONS =
      """
      SELECT t.OWNER AS s, t.TABLE_NAME AS n,
        CASE WHEN t.TEMPORARY = 'Y' THEN 'temporary table'
          WHEN t.EXTERNAL = 'YES' THEN 'external table'
          WHEN t.NESTED = 'YES' THEN 'nested table'
          WHEN EXISTS (SELECT 1 FROM ALL_MVIEWS m
            WHERE m.OWNER = t.OWNER AND m.CONTAINER_NAME = t.TABLE_NAME) THEN 'materialized view'
          ELSE 'table' END AS kind
      FROM ALL_TABLES t
      WHERE t.OWNER = ? AND t.DROPPED = 'NO' AND t.SECONDARY = 'N'
        AND (t.IOT_TYPE IS NULL OR t.IOT_TYPE = 'IOT')
      UNION ALL
      SELECT v.OWNER, v.VIEW_NAME, 'view' FROM ALL_VIEWS v WHERE v.OWNER = ?
      UNION ALL
      SELECT y.OWNER, y.SYNONYM_NAME, 'synonym' FROM ALL_SYNONYMS y WHERE y.OWNER = ?
      """;

  static final String SCHEMAS =
      "SELECT USERNAME, CASE WHEN USERNAME = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') THEN 1 ELSE 0"
          + " END FROM ALL_USERS";

  /** Identity columns that take no values of others: schema. */
  static final String ALWAYS_IDENTITY =
      "SELECT OWNER AS s, TABLE_NAME AS n, COLUMN_NAME AS c FROM ALL_TAB_IDENTITY_COLS"
          + " WHERE GENERATION_TYPE = 'ALWAYS' AND OWNER = ?";

  /** Columns that a statement may name, invisible ones among them. */
  static String columns(int tables) {
    return "SELECT c.OWNER AS s, c.TABLE_NAME AS n, c.COLUMN_NAME AS c, c.DATA_TYPE AS data,"
        + " c.DATA_LENGTH AS octets, c.CHAR_LENGTH AS chars, c.CHAR_USED AS used,"
        + " c.DATA_PRECISION AS prec, c.DATA_SCALE AS scale, c.NULLABLE AS nullable,"
        + " c.DEFAULT_LENGTH AS preset, c.VIRTUAL_COLUMN AS computed, c.COLLATION AS compared,"
        + " c.IDENTITY_COLUMN AS numbered\n"
        + "FROM ALL_TAB_COLS c\n"
        + "WHERE (c.HIDDEN_COLUMN = 'NO' OR c.USER_GENERATED = 'YES') AND ("
        + named("c.OWNER", "c.TABLE_NAME", tables)
        + ")\nORDER BY c.OWNER, c.TABLE_NAME, c.INTERNAL_COLUMN_ID";
  }

  /** Columns with a constraint that says IS JSON, and those of type JSON. */
  static String jsonColumns(int tables) {
    return "SELECT OWNER AS s, TABLE_NAME AS n, COLUMN_NAME AS c FROM ALL_JSON_COLUMNS WHERE "
        + named("OWNER", "TABLE_NAME", tables);
  }

  /** Conditions of CHECK constraints. */
  static String checks(int tables) {
    return "SELECT OWNER AS s, TABLE_NAME AS n, SEARCH_CONDITION_VC AS condition FROM "
        + DBA_CONSTRAINTS
        + "\nWHERE CONSTRAINT_TYPE = 'C' AND STATUS = 'ENABLED' AND ("
        + named("OWNER", "TABLE_NAME", tables)
        + ")";
  }

  /** Columns of primary keys (P) and unique constraints (U). */
  static String keys(int tables) {
    return "SELECT k.OWNER AS s, k.TABLE_NAME AS n, k.CONSTRAINT_NAME AS i,"
        + " k.CONSTRAINT_TYPE AS kind, k.DEFERRABLE AS waits, k.INDEX_NAME AS ix,"
        + " l.COLUMN_NAME AS c\nFROM "
        + DBA_CONSTRAINTS
        + " k\n"
        + columnsOf("l", "k")
        + "\nWHERE k.CONSTRAINT_TYPE IN ('P', 'U') AND k.STATUS = 'ENABLED' AND ("
        + named("k.OWNER", "k.TABLE_NAME", tables)
        + ")\nORDER BY k.OWNER, k.TABLE_NAME, k.CONSTRAINT_NAME, l.POSITION";
  }

  /** Columns of unique indexes; what an expression reads comes last, since it is a LONG. */
  static String indexes(int tables) {
    return "SELECT x.TABLE_OWNER AS s, x.TABLE_NAME AS n, x.INDEX_NAME AS i, l.COLUMN_NAME AS c,"
        + " e.COLUMN_EXPRESSION AS expression\n"
        + "FROM ALL_INDEXES x\n"
        + "JOIN ALL_IND_COLUMNS l ON l.INDEX_OWNER = x.OWNER AND l.INDEX_NAME = x.INDEX_NAME\n"
        + "LEFT JOIN ALL_IND_EXPRESSIONS e ON e.INDEX_OWNER = x.OWNER"
        + " AND e.INDEX_NAME = x.INDEX_NAME AND e.COLUMN_POSITION = l.COLUMN_POSITION\n"
        + "WHERE x.UNIQUENESS = 'UNIQUE' AND ("
        + named("x.TABLE_OWNER", "x.TABLE_NAME", tables)
        + ")\nORDER BY x.TABLE_OWNER, x.TABLE_NAME, x.INDEX_NAME, l.COLUMN_POSITION";
  }

  static String foreignKeys(int tables) {
    return "SELECT k.OWNER AS s, k.TABLE_NAME AS n, k.CONSTRAINT_NAME AS i,"
        + " k.DEFERRABLE AS waits, k.DELETE_RULE AS action, l.COLUMN_NAME AS c,"
        + " p.OWNER AS ps, p.TABLE_NAME AS pn, q.COLUMN_NAME AS pc\nFROM "
        + DBA_CONSTRAINTS
        + " k\n"
        + columnsOf("l", "k")
        + "\nJOIN "
        + DBA_CONSTRAINTS
        + " p ON p.OWNER = k.R_OWNER AND p.CONSTRAINT_NAME = k.R_CONSTRAINT_NAME\n"
        + columnsOf("q", "p")
        + " AND q.POSITION = l.POSITION\n"
        + "WHERE k.CONSTRAINT_TYPE = 'R' AND k.STATUS = 'ENABLED' AND ("
        + named("k.OWNER", "k.TABLE_NAME", tables)
        + ")\nORDER BY k.OWNER, k.TABLE_NAME, k.CONSTRAINT_NAME, l.POSITION";
  }

  /** Columns that foreign keys of any table refer to. */
  static String referenced(int tables) {
    return "SELECT p.OWNER AS s, p.TABLE_NAME AS n, q.COLUMN_NAME AS c\nFROM "
        + DBA_CONSTRAINTS
        + " k\nJOIN "
        + DBA_CONSTRAINTS
        + " p ON p.OWNER = k.R_OWNER AND p.CONSTRAINT_NAME = k.R_CONSTRAINT_NAME\n"
        + columnsOf("q", "p")
        + "\nWHERE k.CONSTRAINT_TYPE = 'R' AND ("
        + named("p.OWNER", "p.TABLE_NAME", tables)
        + ")";
  }

  static final String TAKING_CHILDREN_ALONG =
      "SELECT DISTINCT p.OWNER AS s, p.TABLE_NAME AS n\nFROM "
          + DBA_CONSTRAINTS
          + " k\nJOIN "
          + DBA_CONSTRAINTS
          + " p ON p.OWNER = k.R_OWNER AND p.CONSTRAINT_NAME = k.R_CONSTRAINT_NAME\n"
          + "WHERE k.CONSTRAINT_TYPE = 'R' AND k.STATUS = 'ENABLED'"
          + " AND k.DELETE_RULE IN ('CASCADE', 'SET NULL')";

  static final String WRITABLE_TABLES =
      """
      SELECT t.OWNER AS s, t.TABLE_NAME AS n
      FROM ALL_TABLES t
      JOIN ALL_USERS u ON u.USERNAME = t.OWNER
      WHERE u.ORACLE_MAINTAINED = 'N' AND t.OWNER <> 'BELAY' AND t.DROPPED = 'NO'
        AND t.TEMPORARY = 'N' AND t.NESTED = 'NO' AND t.SECONDARY = 'N' AND t.EXTERNAL = 'NO'
        AND (t.IOT_TYPE IS NULL OR t.IOT_TYPE = 'IOT')
        AND NOT EXISTS (SELECT 1 FROM ALL_MVIEWS m
          WHERE m.OWNER = t.OWNER AND m.CONTAINER_NAME = t.TABLE_NAME)
      ORDER BY t.OWNER, t.TABLE_NAME
      """;

  /** Schema and table. */
  static final String TRIGGERS =
      "SELECT TRIGGER_NAME FROM "
          + DBA_TRIGGERS
          + " WHERE TABLE_OWNER = ? AND TABLE_NAME = ? AND STATUS = 'ENABLED'"
          + " AND BASE_OBJECT_TYPE = 'TABLE' ORDER BY TRIGGER_NAME";

  private static String columnsOf(String columns, String constraint) {
    return "JOIN "
        + DBA_CONS_COLUMNS
        + " "
        + columns
        + " ON "
        + columns
        + ".OWNER = "
        + constraint
        + ".OWNER AND "
        + columns
        + ".CONSTRAINT_NAME = "
        + constraint
        + ".CONSTRAINT_NAME AND "
        + columns
        + ".TABLE_NAME = "
        + constraint
        + ".TABLE_NAME";
  }

  /** Binds schema and name of each table. */
  private static String named(String schema, String table, int tables) {
    return String.join(
        " OR ", Collections.nCopies(tables, "(" + schema + " = ? AND " + table + " = ?)"));
  }
}
