-- The user that Debezium's source connector connects as for the forward direction, and what it needs on
-- the server: a table for its heartbeats and one for signals. With the names put in where they stand in
-- capitals:
--
--   sed -e 's/DEBEZIUM_USER/debezium/; s/SHOP_DATABASE/shop/' debezium.sql | mysql
--   mysql -e "ALTER USER 'debezium'@'%' IDENTIFIED BY '...' ACCOUNT UNLOCK"
--
-- Until the second command nobody can log in as this user. To run as: an administrator.
-- The server has log_bin, gtid_mode=ON, binlog_format=ROW, binlog_row_image=FULL,
-- binlog_row_metadata=FULL, binlog_transaction_compression=OFF (compressed, the rows of a transaction
-- have one position and no order), and keeps its binary logs longer than Debezium may be away.
CREATE USER IF NOT EXISTS 'DEBEZIUM_USER'@'%' ACCOUNT LOCK;
-- Read once for the snapshot; the changes come by the binary log. Once for each database.
GRANT SELECT ON `SHOP_DATABASE`.* TO 'DEBEZIUM_USER'@'%';
-- For the moment of the snapshot in which the position is read: FLUSH TABLES WITH READ LOCK.
GRANT RELOAD ON *.* TO 'DEBEZIUM_USER'@'%';
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'DEBEZIUM_USER'@'%';

CREATE DATABASE IF NOT EXISTS belay;
-- A table that is written every few seconds, so that the position moves on though the user's tables are
-- at rest.
CREATE TABLE IF NOT EXISTS belay.debezium_heartbeat (id int PRIMARY KEY, at timestamp(6) NULL);
INSERT IGNORE INTO belay.debezium_heartbeat VALUES (1, now(6));
-- Orders to Debezium: rows inserted here ask it, for instance, to read a table again.
CREATE TABLE IF NOT EXISTS belay.debezium_signal (id varchar(42) PRIMARY KEY, type varchar(32) NOT NULL, data varchar(2048));
GRANT SELECT, UPDATE ON belay.debezium_heartbeat TO 'DEBEZIUM_USER'@'%';
GRANT SELECT, INSERT, DELETE ON belay.debezium_signal TO 'DEBEZIUM_USER'@'%';
