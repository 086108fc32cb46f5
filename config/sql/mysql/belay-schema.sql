-- Belay's checkpoint tables in the target. The connector runs these statements itself if
-- checkpoint.create=auto and its user may create a database; with checkpoint.create=never a DBA runs
-- this file once, then role.sql. Each statement may be run again.
CREATE DATABASE IF NOT EXISTS belay CHARACTER SET utf8mb4;
-- next
-- A row for each partition that a connector reads: how far the target has come.
CREATE TABLE IF NOT EXISTS belay.belay_checkpoint (
  connector       VARCHAR(249)  NOT NULL,
  topic           VARCHAR(249)  NOT NULL,
  `partition`     INT           NOT NULL,
  topic_id        VARCHAR(64),                        -- Kafka's id: a topic made anew has another
  epoch           BIGINT        NOT NULL DEFAULT 0,   -- raised by each claim
  sequence        BIGINT        NOT NULL DEFAULT 0,   -- raised by each transaction
  applied_offset  BIGINT        NOT NULL,             -- all below is applied, but for what is held
  rewind_offset   BIGINT        NOT NULL,             -- where a restart reads from
  resolved        VARCHAR(64),                        -- HLC, wire form
  held            LONGTEXT      NOT NULL,             -- offsets not yet in effect, as 5,9-12
  source_position LONGTEXT,
  `format`        INT           NOT NULL DEFAULT 1,
  PRIMARY KEY (connector, topic, `partition`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
-- next
-- A row for each connector: the one time up to which the target is complete.
CREATE TABLE IF NOT EXISTS belay.belay_frontier (
  connector       VARCHAR(249)  NOT NULL PRIMARY KEY,
  epoch           BIGINT        NOT NULL DEFAULT 0,
  sequence        BIGINT        NOT NULL DEFAULT 0,
  frontier        VARCHAR(64),                        -- HLC, wire form
  snapshot_from   VARCHAR(64),                        -- HLC; a snapshot from here on
  `format`        INT           NOT NULL DEFAULT 1
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
-- next
-- A row for each rejected record that no newer version of its row has mended yet. Holds no values.
CREATE TABLE IF NOT EXISTS belay.belay_rejection (
  connector       VARCHAR(249)  NOT NULL,
  topic           VARCHAR(249)  NOT NULL,
  `partition`     INT           NOT NULL,
  record_offset   BIGINT        NOT NULL,             -- -1: all beyond the bound
  table_name      TEXT,                               -- NULL: the record could not be read
  key_hash        VARCHAR(64),                        -- SHA-256; NULL: no key, cleared by hand
  hlc             VARCHAR(64),                        -- the version rejected, wire form
  `sqlstate`      VARCHAR(64),                        -- NULL: never got to the database
  records         BIGINT        NOT NULL DEFAULT 1,
  `format`        INT           NOT NULL DEFAULT 1,
  PRIMARY KEY (connector, topic, `partition`, record_offset)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
