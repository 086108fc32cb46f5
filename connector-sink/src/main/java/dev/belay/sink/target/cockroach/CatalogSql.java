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

  /**
   * The sequences behind columns of numbers: those that a column owns, and those in a default, by
   * its text, since {@code pg_depend} does not have them.
   */
  static final String SEQUENCES =
      """
      WITH wanted AS (SELECT w.oid FROM unnest(?::OID[]) AS w(oid)),
        uses AS (
          SELECT d.refobjid AS rel, d.refobjsubid::INT8 AS num, d.objid AS seq
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_class'::REGCLASS::OID
            AND d.refclassid = 'pg_catalog.pg_class'::REGCLASS::OID
            AND d.refobjid IN (SELECT oid FROM wanted) AND d.deptype IN ('a', 'i')
          UNION
          SELECT f.adrelid, f.adnum::INT8,
            CASE WHEN pg_get_expr(f.adbin, f.adrelid) LIKE 'nextval(''%''::%' THEN
              replace(
                regexp_replace(
                  pg_get_expr(f.adbin, f.adrelid), '^nextval\\(''|''::.*$', '', 'g'),
                '''''', '''')::REGCLASS::OID END
          FROM pg_catalog.pg_attrdef AS f
          WHERE f.adrelid IN (SELECT oid FROM wanted))
      SELECT sn.nspname AS sequence_schema, s.relname AS sequence_name,
        tn.nspname AS table_schema, t.relname AS table_name, a.attname AS column_name,
        q.seqincrement AS increment,
        greatest(q.seqmin, CASE a.atttypid WHEN 21 THEN -32768 WHEN 23 THEN -2147483648
          ELSE q.seqmin END) AS least,
        least(q.seqmax, CASE a.atttypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647
          ELSE q.seqmax END) AS greatest,
        q.seqcycle AS cycles,
        EXISTS (
          SELECT 1 FROM pg_catalog.pg_index AS i
          WHERE i.indrelid = t.oid AND i.indpred IS NULL
            AND substring(i.indkey::TEXT, '[0-9]+')::INT8 = a.attnum::INT8) AS indexed,
        has_schema_privilege(sn.oid, 'USAGE') AS visible,
        has_sequence_privilege(s.oid, 'SELECT') AS readable,
        has_sequence_privilege(s.oid, 'UPDATE') AS writable
      FROM uses AS u
      JOIN pg_catalog.pg_class AS t ON t.oid = u.rel
      JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum::INT8 = u.num
        AND a.atttypid IN (20, 21, 23, 1700)
      JOIN pg_catalog.pg_class AS s ON s.oid = u.seq AND s.relkind = 'S'
      JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = s.oid
      JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.relnamespace
      ORDER BY sn.nspname, s.relname, tn.nspname, t.relname, a.attnum
      """;
}
