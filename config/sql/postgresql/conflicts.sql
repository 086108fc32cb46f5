-- What conflict.history=on and conflict.tombstone.retention.ms need (docs/conflicts.md): the history of
-- conflicts; and what the deletes of your own applications leave behind, with the function that notes
-- it. With the sink's rights on both tables.
--
--   psql -d shop -v role=belay -f conflicts.sql
--
-- Variables: role    name of the role, as role.sql made it
-- To run as: whoever ran belay-schema.sql, after role.sql. Then, as the owner of each table whose
-- deletes are to be remembered, with the columns of its primary key in place of id:
--
--   CREATE TRIGGER belay_tombstone AFTER DELETE OR UPDATE OF id ON orders
--     FOR EACH ROW EXECUTE FUNCTION belay.note_delete();
CREATE TABLE IF NOT EXISTS belay.belay_conflict (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  noted         timestamptz NOT NULL DEFAULT now(), -- by which old ones are dropped
  connector     text        NOT NULL,
  topic         text        NOT NULL,
  partition     integer     NOT NULL,
  record_offset bigint      NOT NULL,               -- of the row's last change in the transaction
  hlc           text,                               -- when that was committed at the source
  table_schema  text        NOT NULL,
  table_name    text        NOT NULL,
  row_key       jsonb       NOT NULL,               -- by the names of its columns, as texts
  policy        text        NOT NULL,
  change        text        NOT NULL,               -- insert, update, delete
  decision      text        NOT NULL                -- source, target, merged, rejected
);
-- next
CREATE INDEX IF NOT EXISTS belay_conflict_noted ON belay.belay_conflict (noted);
-- next
GRANT SELECT, INSERT, DELETE ON belay.belay_conflict TO :"role";
-- next
CREATE TABLE IF NOT EXISTS belay.belay_tombstone (
  table_schema text        NOT NULL,
  table_name   text        NOT NULL,
  key          jsonb       NOT NULL,               -- the primary key, by the names of its columns
  noted        timestamptz NOT NULL DEFAULT now(), -- by which old ones are dropped
  PRIMARY KEY (table_schema, table_name, key)
);
-- next
CREATE INDEX IF NOT EXISTS belay_tombstone_noted ON belay.belay_tombstone (noted);
-- next
-- Runs in the application's own transaction and needs no right of the application. When the row was
-- deleted is not written down: it is the time of the commit, which the server keeps for the row here.
CREATE OR REPLACE FUNCTION belay.note_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $belay$
DECLARE
  columns text;
  old_key jsonb;
  is_same boolean := false;
BEGIN
  IF current_setting('belay.applying', true) = 'on' THEN
    RETURN NULL;
  END IF;
  SELECT string_agg(format('%L, ($1).%I', a.attname, a.attname), ', ')
  INTO STRICT columns
  FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid
    AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
  WHERE i.indrelid = TG_RELID AND i.indisprimary;
  -- of the key alone: other columns may be large, or hold what no jsonb can
  EXECUTE format('SELECT jsonb_build_object(%s)', columns) INTO STRICT old_key USING OLD;
  IF TG_OP = 'UPDATE' THEN
    EXECUTE format('SELECT jsonb_build_object(%s) = $2', columns)
    INTO STRICT is_same USING NEW, old_key;
  END IF;
  IF NOT is_same THEN
    INSERT INTO belay.belay_tombstone AS t (table_schema, table_name, key)
    SELECT n.nspname, c.relname, old_key
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    -- of a partition, the table that the sink writes
    WHERE c.oid = coalesce(pg_partition_root(TG_RELID), TG_RELID)
    ON CONFLICT (table_schema, table_name, key) DO UPDATE SET noted = excluded.noted;
  END IF;
  RETURN NULL;
END
$belay$;
-- next
GRANT SELECT, DELETE ON belay.belay_tombstone TO :"role";
