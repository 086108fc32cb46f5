package dev.belay.sink.target.cockroach;

/**
 * The catalog's queries. Columns of indexes and constraints are read as numbers, and named by the
 * reader. {@code pg_index} leaves out what CockroachDB adds of itself to a key: the shard of a
 * hash-sharded index, the region of a REGIONAL BY ROW table.
 */
final class CatalogSql {
  private CatalogSql() {}

  /**
   * {@code crdb_sql_type} has what {@code atttypmod} has not, such as the precision of a DECIMAL
   * without a scale. For arrays the kind is that of the elements.
   */
  static final String COLUMNS =
      """
      SELECT a.attrelid, a.attname, i.crdb_sql_type, coalesce(e.typtype, t.typtype) AS kind,
        a.attnotnull, a.atthasdef, a.attidentity,
        coalesce(i.generation_expression, '') <> '' AS computed
      FROM pg_catalog.pg_attribute AS a
      JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      JOIN information_schema.columns AS i ON i.table_schema = n.nspname
        AND i.table_name = c.relname AND i.column_name = a.attname
      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
      WHERE a.attrelid = ANY (?::OID[]) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attrelid, a.attnum
      """;

  /** Numbers of columns, of the tables and of those that they refer to. */
  static final String NUMBERS =
      """
      SELECT a.attrelid, a.attnum, a.attname
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attnum > 0 AND NOT a.attisdropped
        AND (a.attrelid = ANY (?::OID[]) OR a.attrelid IN (
          SELECT con.confrelid FROM pg_catalog.pg_constraint AS con
          WHERE con.contype = 'f' AND con.conrelid = ANY (?::OID[])))
      """;

  static final String INDEXES =
      """
      SELECT i.indrelid, ic.relname, i.indisprimary, i.indkey, i.indnkeyatts,
        i.indpred IS NOT NULL AS partial
      FROM pg_catalog.pg_index AS i
      JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
      WHERE i.indrelid = ANY (?::OID[]) AND i.indisunique
      ORDER BY i.indrelid, ic.relname
      """;

  /** Foreign keys, and UNIQUE WITHOUT INDEX, whose constraint has no index. */
  static final String CONSTRAINTS =
      """
      SELECT con.conrelid, con.conname, con.contype, con.conkey, con.confkey, con.confrelid,
        con.confdeltype, coalesce(pn.nspname, '') AS nspname, coalesce(pc.relname, '') AS relname
      FROM pg_catalog.pg_constraint AS con
      LEFT JOIN pg_catalog.pg_class AS pc ON pc.oid = con.confrelid
      LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
      WHERE con.conrelid = ANY (?::OID[])
        AND (con.contype = 'f' OR con.contype = 'u' AND con.conindid = 0)
      ORDER BY con.conrelid, con.conname
      """;

  /** Columns that foreign keys of any table refer to: their actions would run. */
  static final String ANCHORED =
      """
      SELECT con.confrelid, con.confkey
      FROM pg_catalog.pg_constraint AS con
      WHERE con.contype = 'f' AND con.confrelid = ANY (?::OID[])
      """;

  static final String WRITABLE_TABLES =
      """
      SELECT n.nspname, c.relname
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'crdb_internal', 'belay')
        AND n.nspname NOT LIKE 'pg\\_%'
        AND has_schema_privilege(n.oid, 'USAGE')
        AND has_table_privilege(c.oid, 'SELECT')
        AND has_table_privilege(c.oid, 'INSERT')
        AND has_table_privilege(c.oid, 'UPDATE')
        AND has_table_privilege(c.oid, 'DELETE')
      ORDER BY n.nspname, c.relname
      """;
}
