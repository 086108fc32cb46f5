-- The role that Debezium's source connector connects as for the forward direction, and what it needs
-- in the database: a publication, a table for its heartbeats and one for signals. Once for the database:
--
--   psql -d shop -v role=debezium -v schema=public -v tables='public.customers, public.orders' -f debezium.sql
--   psql -d shop -c '\password debezium'
--
-- Variables: role    name of the role; made if it does not exist
--            schema  schema with the user's tables
--            tables  the tables to replicate, with commas between them
-- To run as: a superuser, or whoever owns these tables and may create roles with REPLICATION.
-- The server has wal_level=logical, and a free place in max_replication_slots and max_wal_senders.
SELECT pg_catalog.format('CREATE ROLE %I LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE', :'role')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :'role')
\gexec
SELECT pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_database(), :'role')
\gexec

-- Read once for the snapshot; the changes come by the slot.
GRANT USAGE ON SCHEMA :"schema" TO :"role";
GRANT SELECT ON TABLE :tables TO :"role";

-- A table that is written every few seconds, so that the slot moves on though the user's tables are at
-- rest: else the server keeps all WAL that other tables and databases make.
CREATE SCHEMA IF NOT EXISTS belay;
CREATE TABLE IF NOT EXISTS belay.debezium_heartbeat (id int PRIMARY KEY, at timestamptz);
INSERT INTO belay.debezium_heartbeat VALUES (1, now()) ON CONFLICT DO NOTHING;
-- Orders to Debezium: rows inserted here ask it, for instance, to read a table again.
CREATE TABLE IF NOT EXISTS belay.debezium_signal (id varchar(42) PRIMARY KEY, type varchar(32) NOT NULL, data varchar(2048));
GRANT USAGE ON SCHEMA belay TO :"role";
GRANT SELECT, UPDATE ON TABLE belay.debezium_heartbeat TO :"role";
GRANT SELECT, INSERT, DELETE ON TABLE belay.debezium_signal TO :"role";

-- Made here, since to make one Debezium would have to own the tables.
CREATE PUBLICATION belay_forward FOR TABLE :tables, belay.debezium_heartbeat, belay.debezium_signal
  WITH (publish_via_partition_root = true);
