package dev.belay.sink.target.postgres;

/**
 * The catalog's queries. All read pg_catalog, which every role may: information_schema hides
 * foreign keys and defaults from a role that owns nothing. Columns of newer versions are read
 * through {@code to_jsonb}, which has no opinion on columns that are missing.
 */
final class CatalogSql {
  private CatalogSql() {}

  /** The tables asked for and the partitions below each, as (root, rel). */
  private static final String FAMILY =
      """
      WITH RECURSIVE family(root, rel) AS (
        SELECT r, r FROM pg_catalog.unnest(?::text[]::oid[]) AS r
        UNION ALL
        SELECT f.root, i.inhrelid
        FROM family f
        JOIN pg_catalog.pg_inherits i ON i.inhparent = f.rel
        JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition)
      """;

  static final String COLUMNS =
      """
      SELECT a.attrelid AS root, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS display,
        a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, a.attidentity, a.attgenerated
      FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = ANY (?::text[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attrelid, a.attnum
      """;

  /** The columns' types, the base types of domains and the element types of arrays. */
  static final String TYPES =
      """
      WITH RECURSIVE used(oid) AS (
        SELECT a.atttypid
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = ANY (?::text[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
        UNION
        SELECT x.oid
        FROM used u
        JOIN pg_catalog.pg_type t ON t.oid = u.oid
        CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem)) AS x(oid)
        WHERE x.oid <> 0)
      SELECT t.oid, n.nspname, t.typname, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull,
        t.typdefault IS NOT NULL AS has_default, t.typdelim::text,
        CASE WHEN e.typarray = t.oid THEN t.typelem ELSE 0 END AS element,
        t.typarray <> 0 AS has_array
      FROM used u
      JOIN pg_catalog.pg_type t ON t.oid = u.oid
      JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
      """;

  /**
   * Unique indexes, unique constraints and exclusion constraints, the primary key among them; also
   * those that only a partition has. Indexes which are not valid are here too: they are enforced
   * from the moment they are ready. {@code reads} are the columns under expressions.
   */
  static final String INDEXES =
      FAMILY
          + """
          SELECT f.root, ic.relname, i.indisprimary AND f.rel = f.root AS is_key,
            coalesce(con.condeferrable, false) AS deferrable,
            i.indpred IS NOT NULL AS partial,
            i.indexprs IS NOT NULL AS expressions,
            i.indisexclusion AS exclusion,
            coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_equal,
            (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
              FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, place)
              JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
              WHERE k.place <= i.indnkeyatts) AS columns,
            (SELECT pg_catalog.array_agg(DISTINCT a.attname::text)
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND d.refobjid = i.indrelid AND d.refobjsubid > 0
                AND (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
                  OR d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = con.oid))
              AS reads,
            (SELECT pg_catalog.array_agg(coalesce(opn.nspname::text, 'pg_catalog') ORDER BY k.place)
              FROM pg_catalog.unnest(i.indclass::oid[]) WITH ORDINALITY AS k(opclass, place)
              JOIN pg_catalog.pg_opclass oc ON oc.oid = k.opclass
              JOIN pg_catalog.pg_am am ON am.oid = oc.opcmethod
              LEFT JOIN pg_catalog.pg_amop ao ON am.amname = 'btree' AND ao.amopfamily = oc.opcfamily
                AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
                AND ao.amopstrategy = 3
              LEFT JOIN pg_catalog.pg_operator op ON op.oid = ao.amopopr
              LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace) AS operator_schemas
          FROM family f
          JOIN pg_catalog.pg_index i ON i.indrelid = f.rel
          JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
          LEFT JOIN pg_catalog.pg_constraint con
            ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid
            AND con.contype IN ('p', 'u', 'x')
          WHERE (i.indisunique OR i.indisexclusion) AND i.indislive
            AND (f.rel = f.root OR NOT ic.relispartition)
          ORDER BY f.root, f.rel, ic.relname
          """;

  /** Foreign keys of the tables and of single partitions, both ends raised to the root. */
  static final String FOREIGN_KEYS =
      FAMILY
          + """
          SELECT DISTINCT f.root, con.conname, pn.nspname, pc.relname, con.condeferrable,
            con.confdeltype,
            (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
              FROM pg_catalog.unnest(con.conkey) WITH ORDINALITY AS k(num, place)
              JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.num)
              AS columns,
            (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
              FROM pg_catalog.unnest(con.confkey) WITH ORDINALITY AS k(num, place)
              JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.num)
              AS parent_columns
          FROM family f
          JOIN pg_catalog.pg_constraint con ON con.conrelid = f.rel AND con.contype = 'f'
            AND con.conparentid = 0
          JOIN pg_catalog.pg_class pc
            ON pc.oid = coalesce(pg_catalog.pg_partition_root(con.confrelid), con.confrelid)
          JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
          WHERE coalesce((pg_catalog.to_jsonb(con) ->> 'conenforced')::boolean, true)
          ORDER BY f.root, con.conname
          """;

  /**
   * Columns which must not be given a passing value: those that foreign keys of any table refer to
   * (its actions would run), and those that decide in which partition a row lies.
   */
  static final String ANCHORED =
      FAMILY
          + """
          SELECT DISTINCT f.root, a.attname
          FROM family f
          JOIN pg_catalog.pg_constraint con ON con.confrelid = f.rel AND con.contype = 'f'
          CROSS JOIN LATERAL pg_catalog.unnest(con.confkey) AS k(num)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.num
          UNION
          SELECT DISTINCT f.root, a.attname
          FROM family f
          JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = f.rel
          CROSS JOIN LATERAL pg_catalog.unnest(p.partattrs::int2[]) AS k(num)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.num
          """;

  static final String WRITABLE_TABLES =
      """
      SELECT n.nspname, c.relname
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'belay')
        AND n.nspname NOT LIKE 'pg\\_%'
        AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
        AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
        AND pg_catalog.has_table_privilege(c.oid, 'UPDATE')
        AND pg_catalog.has_table_privilege(c.oid, 'DELETE')
      ORDER BY n.nspname, c.relname
      """;

  /**
   * The sequences behind columns of numbers: those that a column owns (serial), those of identity
   * columns, and those in a default.
   */
  static final String SEQUENCES =
      """
      SELECT sn.nspname AS sequence_schema, s.relname AS sequence_name,
        tn.nspname AS table_schema, t.relname AS table_name, a.attname AS column_name,
        q.seqincrement AS increment,
        greatest(q.seqmin, r.least) AS least, least(q.seqmax, r.greatest) AS greatest,
        q.seqcycle AS cycles,
        EXISTS (
          SELECT FROM pg_catalog.pg_index i
          JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
          JOIN pg_catalog.pg_am am ON am.oid = ic.relam AND am.amname = 'btree'
          WHERE i.indrelid = t.oid AND i.indkey[0] = a.attnum AND i.indisvalid
            AND i.indpred IS NULL) AS indexed,
        pg_catalog.has_schema_privilege(sn.oid, 'USAGE') AS visible,
        pg_catalog.has_sequence_privilege(s.oid, 'SELECT') AS readable,
        pg_catalog.has_sequence_privilege(s.oid, 'UPDATE') AS writable
      FROM pg_catalog.pg_class t
      JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
      JOIN (VALUES
          ('int2', -32768::int8, 32767::int8),
          ('int4', -2147483648::int8, 2147483647::int8),
          ('int8', -9223372036854775808, 9223372036854775807),
          ('numeric', -9223372036854775808, 9223372036854775807)) AS r(type, least, greatest)
        ON r.type::pg_catalog.regtype::oid = CASE y.typtype WHEN 'd' THEN y.typbasetype ELSE y.oid END
      JOIN LATERAL (
          SELECT d.objid AS oid
          FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND d.refobjid = t.oid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
          UNION
          SELECT d.refobjid
          FROM pg_catalog.pg_attrdef f
          JOIN pg_catalog.pg_depend d ON d.objid = f.oid
            AND d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          WHERE f.adrelid = t.oid AND f.adnum = a.attnum AND a.attgenerated = '') u ON true
      JOIN pg_catalog.pg_class s ON s.oid = u.oid AND s.relkind = 'S'
      JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
      JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
      WHERE t.oid = ANY (?::text[]::oid[])
      ORDER BY sn.nspname, s.relname, tn.nspname, t.relname, a.attnum
      """;
}
