-- The user that Belay's sink connects as where CockroachDB is the target: it owns nothing, is no
-- admin, and may read and write rows. Run after belay-schema.sql, as the owner of the tables or an
-- admin who may create users; shop is the database, public the schema with the tables:
--
--   cockroach sql --url 'postgresql://root@new-db.example.com:26257/shop' -f role.sql
--
-- It logs in by a client certificate for belay, or by a password: ALTER USER belay WITH PASSWORD
-- '...'.
CREATE USER IF NOT EXISTS belay;
GRANT CONNECT ON DATABASE shop TO belay;

GRANT USAGE ON SCHEMA public TO belay;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO belay;
-- The defaults of sequences, for rows that do not carry them.
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO belay;
-- The same for tables which the one who runs this will make.
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO belay;

-- No DELETE: an epoch that was given out once must never be given out again.
GRANT USAGE ON SCHEMA belay TO belay;
GRANT SELECT, INSERT, UPDATE ON TABLE belay.belay_checkpoint, belay.belay_frontier TO belay;
-- A rejection is deleted when a newer version of its row is applied.
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE belay.belay_rejection TO belay;
