-- Belay's checkpoint tables in the target. The connector runs these statements itself if
-- checkpoint.create=auto and its role may create a schema; with checkpoint.create=never a DBA runs
-- this file once, then role.sql. Each statement may be run again.
DO $belay$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('belay'));
  IF pg_catalog.to_regnamespace('belay') IS NULL THEN
    CREATE SCHEMA belay;
  END IF;
END
$belay$;
-- next
-- A row for each partition that a connector reads: how far the target has come.
DO $belay$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('belay'));
  IF pg_catalog.to_regclass('belay.belay_checkpoint') IS NULL THEN
    CREATE TABLE belay.belay_checkpoint (
      connector       text    NOT NULL,
      topic           text    NOT NULL,
      partition       integer NOT NULL,
      topic_id        text,                        -- Kafka's id: a topic made anew has another
      epoch           bigint  NOT NULL DEFAULT 0,  -- raised by each claim
      sequence        bigint  NOT NULL DEFAULT 0,  -- raised by each transaction
      applied_offset  bigint  NOT NULL,            -- all below is applied, but for what is held
      rewind_offset   bigint  NOT NULL,            -- where a restart reads from
      resolved        text,                        -- HLC, wire form
      held            text    NOT NULL DEFAULT '', -- offsets not yet in effect, as 5,9-12
      source_position text,
      format          integer NOT NULL DEFAULT 1,
      PRIMARY KEY (connector, topic, partition)
    );
  END IF;
END
$belay$;
-- next
-- A row for each connector: the one time up to which the target is complete.
DO $belay$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('belay'));
  IF pg_catalog.to_regclass('belay.belay_frontier') IS NULL THEN
    CREATE TABLE belay.belay_frontier (
      connector       text    NOT NULL PRIMARY KEY,
      epoch           bigint  NOT NULL DEFAULT 0,
      sequence        bigint  NOT NULL DEFAULT 0,
      frontier        text,                        -- HLC, wire form
      snapshot_from   text,                        -- HLC; a snapshot from here on
      format          integer NOT NULL DEFAULT 1
    );
  END IF;
END
$belay$;
-- next
-- A row for each rejected record that no newer version of its row has mended yet. Holds no values.
DO $belay$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('belay'));
  IF pg_catalog.to_regclass('belay.belay_rejection') IS NULL THEN
    CREATE TABLE belay.belay_rejection (
      connector       text    NOT NULL,
      topic           text    NOT NULL,
      partition       integer NOT NULL,
      record_offset   bigint  NOT NULL,            -- -1: all beyond the bound
      table_name      text,                        -- NULL: the record could not be read
      key_hash        text,                        -- SHA-256; NULL: no key, cleared by hand
      hlc             text,                        -- the version rejected, wire form
      sqlstate        text,                        -- NULL: never got to the database
      records         bigint  NOT NULL DEFAULT 1,
      format          integer NOT NULL DEFAULT 1,
      PRIMARY KEY (connector, topic, partition, record_offset)
    );
  END IF;
END
$belay$;
