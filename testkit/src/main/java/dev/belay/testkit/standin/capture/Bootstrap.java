package dev.belay.testkit.standin.capture;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Prepares a database for capture: every table, now and later, gives whole rows to the log, and
 * drops leave a word there. What it makes sits in the schema {@code belay_standin}.
 */
final class Bootstrap {

  static final String PUBLICATION = "belay_standin";

  /** Prefix of the log message that marks a dropped table. */
  static final String DROPPED = "belay.dropped";

  /** Prefix of the log message that marks a table whose columns came or went. */
  static final String ALTERED = "belay.altered";

  /** In such a message: rows had to be written anew, as with a default or a column dropped. */
  static final String REWRITTEN = "rewritten";

  /** Replication origins whose transactions feeds leave out begin with this. */
  static final String HIDDEN_ORIGIN = "belay_standin_hidden_";

  private static final String FUNCTIONS =
      """
      CREATE SCHEMA belay_standin;
      GRANT USAGE ON SCHEMA belay_standin TO PUBLIC;

      -- When each table was made: the commit time of its line here, which nobody writes again.
      CREATE UNLOGGED TABLE belay_standin.made (table_id oid PRIMARY KEY);

      CREATE FUNCTION belay_standin.watch_tables() RETURNS event_trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE made record;
      BEGIN
        FOR made IN SELECT c.oid FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
                     WHERE c.relkind = 'r' AND c.relpersistence = 'p' LOOP
          INSERT INTO belay_standin.made VALUES (made.oid) ON CONFLICT DO NOTHING;
          EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', made.oid::regclass);
        END LOOP;
      END $$;

      CREATE FUNCTION belay_standin.report_drops() RETURNS event_trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE gone record;
      BEGIN
        FOR gone IN SELECT objid FROM pg_event_trigger_dropped_objects()
                     WHERE object_type = 'table' AND NOT is_temporary LOOP
          PERFORM pg_logical_emit_message(true, 'belay.dropped', gone.objid::text);
        END LOOP;
      END $$;

      -- The columns of each table as they were last seen; unlogged, so that no feed sees them.
      CREATE UNLOGGED TABLE belay_standin.columns (
        table_id oid, number int2, type oid, PRIMARY KEY (table_id, number));

      CREATE FUNCTION belay_standin.report_columns() RETURNS event_trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        altered record;
        known boolean;
        rewritten boolean;
        grown boolean;
      BEGIN
        FOR altered IN
          SELECT DISTINCT c.oid FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
           WHERE d.classid = 'pg_class'::regclass AND c.relkind = 'r' AND c.relpersistence = 'p'
        LOOP
          known := EXISTS (SELECT FROM belay_standin.columns WHERE table_id = altered.oid);
          SELECT bool_or(old.number IS NOT NULL AND (now.attisdropped OR now.atttypid <> old.type)
                         OR old.number IS NULL AND NOT now.attisdropped
                            AND (now.attnotnull OR now.atthasdef)),
                 bool_or(old.number IS NULL AND NOT now.attisdropped)
            INTO rewritten, grown
            FROM pg_attribute now LEFT JOIN belay_standin.columns old
              ON old.table_id = now.attrelid AND old.number = now.attnum
           WHERE now.attrelid = altered.oid AND now.attnum > 0;
          IF known AND rewritten THEN
            PERFORM pg_logical_emit_message(true, 'belay.altered', altered.oid || ' rewritten');
          ELSIF known AND grown THEN
            PERFORM pg_logical_emit_message(true, 'belay.altered', altered.oid || ' grown');
          END IF;
          DELETE FROM belay_standin.columns WHERE table_id = altered.oid;
          INSERT INTO belay_standin.columns SELECT attrelid, attnum, atttypid FROM pg_attribute
           WHERE attrelid = altered.oid AND attnum > 0 AND NOT attisdropped;
        END LOOP;
      END $$;

      CREATE EVENT TRIGGER belay_standin_report_columns ON ddl_command_end
        WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE')
        EXECUTE FUNCTION belay_standin.report_columns();
      CREATE EVENT TRIGGER belay_standin_watch_tables ON ddl_command_end
        WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
        EXECUTE FUNCTION belay_standin.watch_tables();
      CREATE EVENT TRIGGER belay_standin_report_drops ON sql_drop
        EXECUTE FUNCTION belay_standin.report_drops();

      -- The log keeps the replication origin of a session with each transaction, and so tells what
      -- feeds must leave out. An origin serves one session at a time: take the first that is free.
      CREATE PROCEDURE belay_standin.hide_from_changefeeds(hide boolean)
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE origin text;
      BEGIN
        IF pg_replication_origin_session_is_setup() THEN
          PERFORM pg_replication_origin_session_reset();
        END IF;
        FOR number IN 1 .. CASE WHEN hide THEN 500 ELSE 0 END LOOP
          origin := 'belay_standin_hidden_' || number;
          BEGIN
            IF pg_replication_origin_oid(origin) IS NULL THEN
              PERFORM pg_replication_origin_create(origin);
            END IF;
            PERFORM pg_replication_origin_session_setup(origin);
            RETURN;
          EXCEPTION WHEN object_in_use OR unique_violation THEN
            CONTINUE;
          END;
        END LOOP;
      END $$;

      CREATE FUNCTION belay_standin.is_hidden() RETURNS boolean
      LANGUAGE sql SECURITY DEFINER AS $$ SELECT pg_replication_origin_session_is_setup() $$;

      -- A session may ask for it when it connects, by a setting that the proxy hands on.
      CREATE FUNCTION belay_standin.greet() RETURNS event_trigger
      LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF coalesce(current_setting('belay_standin.hide', true), '') = 'on' THEN
          CALL belay_standin.hide_from_changefeeds(true);
        END IF;
      END $$;
      CREATE EVENT TRIGGER belay_standin_greet ON login EXECUTE FUNCTION belay_standin.greet();

      CREATE SEQUENCE belay_standin.rowids;
      CREATE FUNCTION belay_standin.unique_rowid() RETURNS int8 LANGUAGE sql VOLATILE AS $$
        SELECT ((extract(epoch FROM clock_timestamp()) * 100000)::int8 - 142007040000000) << 15
               | (nextval('belay_standin.rowids') & 32767)
      $$;

      -- PostgreSQL's own is of bytes
      CREATE FUNCTION public.sha256(val text) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT encode(pg_catalog.sha256(convert_to(val, 'UTF8')), 'hex')
      $$;
      """;

  private static final String EXISTING =
      """
      DO $$
      DECLARE there record;
      BEGIN
        FOR there IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relreplident <> 'f'
                        AND n.nspname NOT IN ('pg_catalog', 'information_schema') LOOP
          EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', there.oid::regclass);
        END LOOP;
      END $$
      """;

  private Bootstrap() {}

  /** Does what is not done yet; a database that was prepared before stays as it is. */
  static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (isNull(statement, "SELECT to_regnamespace('belay_standin')")) {
        statement.execute(FUNCTIONS);
      }
      if (isNull(
          statement,
          "SELECT max(oid::int8) FROM pg_publication WHERE pubname = '" + PUBLICATION + "'")) {
        statement.execute(EXISTING);
        statement.execute(
            "CREATE PUBLICATION "
                + PUBLICATION
                + " FOR ALL TABLES WITH (publish_generated_columns = stored)");
      }
    }
  }

  private static boolean isNull(Statement statement, String query) throws SQLException {
    try (var row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1) == null;
    }
  }
}
