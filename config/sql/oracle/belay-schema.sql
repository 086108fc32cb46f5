-- Belay's checkpoint tables in the target. The connector runs these blocks itself if
-- checkpoint.create=auto and its user may make users and tables of others, which it should not:
-- with checkpoint.create=never a DBA runs this file once in SQL*Plus or SQLcl, then role.sql. Each
-- block may be run again.
DECLARE
  there PLS_INTEGER;
BEGIN
  SELECT COUNT(*) INTO there FROM ALL_USERS WHERE USERNAME = 'BELAY';
  IF there = 0 THEN
    -- a schema that nobody can log in to
    EXECUTE IMMEDIATE 'CREATE USER BELAY NO AUTHENTICATION';
    EXECUTE IMMEDIATE 'GRANT UNLIMITED TABLESPACE TO BELAY';
  END IF;
END;
/
-- next
-- A row for each partition that a connector reads: how far the target has come.
-- topic_id: Kafka's; a topic made anew has another. epoch is raised by each claim, sequence by each
-- transaction. applied_offset: all below is applied, but for what is held (offsets not yet in effect,
-- as 5,9-12). rewind_offset: where a restart reads from. resolved: HLC, wire form.
DECLARE
  there PLS_INTEGER;
BEGIN
  SELECT COUNT(*) INTO there FROM ALL_TABLES WHERE OWNER = 'BELAY' AND TABLE_NAME = 'BELAY_CHECKPOINT';
  IF there = 0 THEN
    EXECUTE IMMEDIATE 'CREATE TABLE BELAY.BELAY_CHECKPOINT (
      connector       VARCHAR2(249 CHAR)   NOT NULL,
      topic           VARCHAR2(249 CHAR)   NOT NULL,
      "PARTITION"     NUMBER(10)           NOT NULL,
      topic_id        VARCHAR2(64 CHAR),
      epoch           NUMBER(19) DEFAULT 0 NOT NULL,
      sequence        NUMBER(19) DEFAULT 0 NOT NULL,
      applied_offset  NUMBER(19)           NOT NULL,
      rewind_offset   NUMBER(19)           NOT NULL,
      resolved        VARCHAR2(64 CHAR),
      held            CLOB,
      source_position CLOB,
      format          NUMBER(10) DEFAULT 1 NOT NULL,
      CONSTRAINT BELAY_CHECKPOINT_PK PRIMARY KEY (connector, topic, "PARTITION"))';
  END IF;
END;
/
-- next
-- A row for each connector: the one time up to which the target is complete. frontier and
-- snapshot_from (a snapshot from here on): HLC, wire form.
DECLARE
  there PLS_INTEGER;
BEGIN
  SELECT COUNT(*) INTO there FROM ALL_TABLES WHERE OWNER = 'BELAY' AND TABLE_NAME = 'BELAY_FRONTIER';
  IF there = 0 THEN
    EXECUTE IMMEDIATE 'CREATE TABLE BELAY.BELAY_FRONTIER (
      connector       VARCHAR2(249 CHAR)   NOT NULL,
      epoch           NUMBER(19) DEFAULT 0 NOT NULL,
      sequence        NUMBER(19) DEFAULT 0 NOT NULL,
      frontier        VARCHAR2(64 CHAR),
      snapshot_from   VARCHAR2(64 CHAR),
      format          NUMBER(10) DEFAULT 1 NOT NULL,
      CONSTRAINT BELAY_FRONTIER_PK PRIMARY KEY (connector))';
  END IF;
END;
/
-- next
-- A row for each rejected record that no newer version of its row has mended yet. Holds no values.
-- record_offset -1: all beyond the bound. table_name is NULL if the record could not be read,
-- key_hash (SHA-256) if it has no key (cleared by hand), sqlstate if it never got to the database.
DECLARE
  there PLS_INTEGER;
BEGIN
  SELECT COUNT(*) INTO there FROM ALL_TABLES WHERE OWNER = 'BELAY' AND TABLE_NAME = 'BELAY_REJECTION';
  IF there = 0 THEN
    EXECUTE IMMEDIATE 'CREATE TABLE BELAY.BELAY_REJECTION (
      connector       VARCHAR2(249 CHAR)   NOT NULL,
      topic           VARCHAR2(249 CHAR)   NOT NULL,
      "PARTITION"     NUMBER(10)           NOT NULL,
      record_offset   NUMBER(19)           NOT NULL,
      table_name      VARCHAR2(500 CHAR),
      key_hash        VARCHAR2(64 CHAR),
      hlc             VARCHAR2(64 CHAR),
      sqlstate        VARCHAR2(64 CHAR),
      records         NUMBER(19) DEFAULT 1 NOT NULL,
      format          NUMBER(10) DEFAULT 1 NOT NULL,
      CONSTRAINT BELAY_REJECTION_PK PRIMARY KEY (connector, topic, "PARTITION", record_offset))';
  END IF;
END;
/
