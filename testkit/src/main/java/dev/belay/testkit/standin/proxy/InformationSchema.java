package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * {@code information_schema.columns} with what CockroachDB's has beside the standard: {@code
 * crdb_sql_type} and {@code is_hidden}. A view of the schema {@code belay_standin} stands in for
 * it.
 */
public final class InformationSchema {

  private static final String OBJECTS =
      """
      CREATE OR REPLACE FUNCTION belay_standin.sql_type(type oid, modifier int, collation_id oid)
      RETURNS text LANGUAGE plpgsql STABLE AS $$
      DECLARE
        name text;
        element oid;
        kind "char";
        space text;
        printed text := format_type(type, modifier);
        arguments text := coalesce(substring(printed FROM '\\(.*\\)'), '');
        base text;
      BEGIN
        SELECT t.typname, n.nspname, t.typtype,
               CASE WHEN e.typarray = t.oid THEN t.typelem ELSE 0 END
          INTO name, space, kind, element
          FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
          LEFT JOIN pg_type e ON e.oid = t.typelem
         WHERE t.oid = type;
        IF element <> 0 THEN
          RETURN belay_standin.sql_type(element, modifier, collation_id) || '[]';
        END IF;
        IF kind IN ('e', 'c') THEN
          RETURN quote_ident(space) || '.' || quote_ident(name);
        END IF;
        base := CASE name
          WHEN 'text' THEN 'STRING' WHEN 'bpchar' THEN 'CHAR' WHEN 'char' THEN '"char"'
          WHEN 'bytea' THEN 'BYTES' WHEN 'numeric' THEN 'DECIMAL'
          ELSE upper(name) END;
        IF name = 'numeric' THEN
          arguments := regexp_replace(arguments, ',0\\)', ')');
        ELSIF arguments = '(1)' AND name IN ('bpchar', 'bit') THEN
          arguments := '';
        ELSIF name = 'interval' AND modifier >= 0 AND printed ~ ' (to|year|month|day|hour|minute)' THEN
          base := 'INTERVAL' || upper(substring(printed FROM 9 FOR length(printed) - 8 - length(arguments)));
        END IF;
        RETURN base || arguments || coalesce(
          (SELECT ' COLLATE ' || quote_ident(c.collname) FROM pg_collation c
            WHERE c.oid = collation_id AND c.collname <> 'default' AND name <> 'name'), '');
      END $$;

      CREATE OR REPLACE VIEW belay_standin.information_schema_columns WITH (security_invoker = true) AS
        SELECT i.*, 'NO'::text AS is_hidden,
               belay_standin.sql_type(a.atttypid, a.atttypmod, a.attcollation) AS crdb_sql_type
          FROM information_schema.columns i
          JOIN pg_namespace n ON n.nspname = i.table_schema
          JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = i.table_name
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = i.column_name;
      GRANT SELECT ON belay_standin.information_schema_columns TO PUBLIC;
      """;

  private InformationSchema() {}

  /** Makes the view in a database that capture has prepared. */
  public static void install(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(OBJECTS);
    }
  }

  /** The statement with the view in the place of the standard's. */
  static String translate(Sql sql) {
    Edits edits = new Edits(sql);
    for (int i = 0; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "information_schema", ".", "columns")) {
        edits.replace(i, i + 2, "belay_standin.information_schema_columns");
      }
    }
    return edits.apply();
  }
}
