-- What config/sql/postgresql/debezium.sql does for psql: Debezium's role, its publication, and its tables.
CREATE ROLE debezium LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE;

GRANT USAGE ON SCHEMA public TO debezium;

GRANT SELECT ON TABLE employees, accounts, orders, payments TO debezium;

CREATE SCHEMA IF NOT EXISTS belay;

CREATE TABLE belay.debezium_heartbeat (id int PRIMARY KEY, at timestamptz);

INSERT INTO belay.debezium_heartbeat VALUES (1, now());

CREATE TABLE belay.debezium_signal (id varchar(42) PRIMARY KEY, type varchar(32) NOT NULL, data varchar(2048));

GRANT USAGE ON SCHEMA belay TO debezium;

GRANT SELECT, UPDATE ON TABLE belay.debezium_heartbeat TO debezium;

GRANT SELECT, INSERT, DELETE ON TABLE belay.debezium_signal TO debezium;

CREATE PUBLICATION belay_forward
  FOR TABLE employees, accounts, orders, payments, belay.debezium_heartbeat, belay.debezium_signal
  WITH (publish_via_partition_root = true);
