-- Belay's checkpoint tables in CockroachDB as a target, in the database that the connector's URL
-- names. The connector runs these statements itself if checkpoint.create=auto and its user may
-- create a schema; with checkpoint.create=never a DBA runs this file once, then role.sql. Each
-- statement may be run again.
CREATE SCHEMA IF NOT EXISTS belay;
-- next
-- A row for each partition that a connector reads: how far the target has come.
CREATE TABLE IF NOT EXISTS belay.belay_checkpoint (
  connector       STRING NOT NULL,
  topic           STRING NOT NULL,
  partition       INT4   NOT NULL,
  topic_id        STRING,                     -- Kafka's id: a topic made anew has another
  epoch           INT8   NOT NULL DEFAULT 0,  -- raised by each claim
  sequence        INT8   NOT NULL DEFAULT 0,  -- raised by each transaction
  applied_offset  INT8   NOT NULL,            -- all below is applied, but for what is held
  rewind_offset   INT8   NOT NULL,            -- where a restart reads from
  resolved        STRING,                     -- HLC, wire form
  held            STRING NOT NULL DEFAULT '', -- offsets not yet in effect, as 5,9-12
  source_position STRING,
  format          INT4   NOT NULL DEFAULT 1,
  PRIMARY KEY (connector, topic, partition)
);
-- next
-- A row for each connector: the one time up to which the target is complete.
CREATE TABLE IF NOT EXISTS belay.belay_frontier (
  connector       STRING NOT NULL PRIMARY KEY,
  epoch           INT8   NOT NULL DEFAULT 0,
  sequence        INT8   NOT NULL DEFAULT 0,
  frontier        STRING,                     -- HLC, wire form
  snapshot_from   STRING,                     -- HLC; a snapshot from here on
  format          INT4   NOT NULL DEFAULT 1
);
-- next
-- A row for each rejected record that no newer version of its row has mended yet. Holds no values.
CREATE TABLE IF NOT EXISTS belay.belay_rejection (
  connector       STRING NOT NULL,
  topic           STRING NOT NULL,
  partition       INT4   NOT NULL,
  record_offset   INT8   NOT NULL,            -- -1: all beyond the bound
  table_name      STRING,                     -- NULL: the record could not be read
  key_hash        STRING,                     -- SHA-256; NULL: no key, cleared by hand
  hlc             STRING,                     -- the version rejected, wire form
  sqlstate        STRING,                     -- NULL: never got to the database
  records         INT8   NOT NULL DEFAULT 1,
  format          INT4   NOT NULL DEFAULT 1,
  PRIMARY KEY (connector, topic, partition, record_offset)
);
