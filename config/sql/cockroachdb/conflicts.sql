-- What conflict.history=on and conflict.tombstone.retention.ms need (docs/conflicts.md): the history of
-- conflicts; and what the deletes of your own applications leave behind. The latter needs CockroachDB
-- 24.3 or newer, and for each table whose deletes are to be remembered a function and a trigger; here
-- for table orders with the primary key id. app is the user of the applications.
--
--   cockroach sql --url 'postgresql://root@new-db.example.com:26257/shop' -f conflicts.sql
CREATE TABLE IF NOT EXISTS belay.belay_conflict (
  id            UUID        PRIMARY KEY DEFAULT gen_random_uuid(),
  noted         TIMESTAMPTZ NOT NULL DEFAULT now(), -- by which old ones are dropped
  connector     STRING      NOT NULL,
  topic         STRING      NOT NULL,
  partition     INT4        NOT NULL,
  record_offset INT8        NOT NULL,               -- of the row's last change in the transaction
  hlc           STRING,                             -- when that was committed at the source
  table_schema  STRING      NOT NULL,
  table_name    STRING      NOT NULL,
  row_key       JSONB       NOT NULL,               -- by the names of its columns, as texts
  policy        STRING      NOT NULL,
  change        STRING      NOT NULL,               -- insert, update, delete
  decision      STRING      NOT NULL                -- source, target, merged, rejected
);
-- next
CREATE INDEX IF NOT EXISTS belay_conflict_noted ON belay.belay_conflict (noted);
-- next
GRANT SELECT, INSERT, DELETE ON TABLE belay.belay_conflict TO belay;
-- next
CREATE TABLE IF NOT EXISTS belay.belay_tombstone (
  table_schema STRING      NOT NULL,
  table_name   STRING      NOT NULL,
  key          JSONB       NOT NULL,               -- the primary key, by the names of its columns
  noted        TIMESTAMPTZ NOT NULL DEFAULT now(), -- by which old ones are dropped
  PRIMARY KEY (table_schema, table_name, key)
);
-- next
CREATE INDEX IF NOT EXISTS belay_tombstone_noted ON belay.belay_tombstone (noted);
-- next
GRANT SELECT, DELETE ON TABLE belay.belay_tombstone TO belay;
-- next
GRANT USAGE ON SCHEMA belay TO app;
-- next
GRANT SELECT, INSERT, UPDATE ON TABLE belay.belay_tombstone TO app;
-- next
-- When the row was deleted is not written down: it is the time of the commit, which CockroachDB keeps
-- for the row here.
CREATE OR REPLACE FUNCTION belay.note_delete_of_orders() RETURNS TRIGGER LANGUAGE PLpgSQL AS $belay$
BEGIN
  IF current_setting('belay.applying', true) = 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW).id = (OLD).id THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO belay.belay_tombstone (table_schema, table_name, key)
  VALUES ('public', 'orders', jsonb_build_object('id', (OLD).id))
  ON CONFLICT (table_schema, table_name, key) DO UPDATE SET noted = excluded.noted;
  RETURN NULL;
END
$belay$;
-- next
CREATE TRIGGER belay_tombstone AFTER DELETE OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION belay.note_delete_of_orders();
