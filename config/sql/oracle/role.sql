-- The user that Belay's sink connects as: it owns nothing and may read and write rows. Run after
-- belay-schema.sql in SQL*Plus or SQLcl, with the names put in where they stand in capitals:
--
--   sed -e 's/BELAY_USER/BELAY_SINK/; s/SHOP_SCHEMA/SHOP/' role.sql | sqlplus -S sys@//db.example.com/shop as sysdba
--   ALTER USER BELAY_SINK IDENTIFIED BY "..." ACCOUNT UNLOCK;
--
-- To run as: an administrator, connected to the pluggable database with the tables. Where defaults of
-- these tables read sequences: GRANT SELECT on each of those, too. The loop again for each schema with tables
-- that Belay writes, and when a table was added.
CREATE USER BELAY_USER NO AUTHENTICATION;
GRANT CREATE SESSION TO BELAY_USER;

-- Takes the locks from a frozen worker: the server ends a session that was silent for so many minutes
-- (RESOURCE_LIMIT must be TRUE, as it is from 12.2 on). The task connects again by itself.
CREATE PROFILE BELAY_SESSIONS LIMIT IDLE_TIME 2;
ALTER USER BELAY_USER PROFILE BELAY_SESSIONS;

-- Without these the catalog hides keys and triggers that others have made, and so the children that
-- a delete would take along, and triggers that triggers=refuse is to refuse.
GRANT SELECT ON SYS.DBA_CONSTRAINTS TO BELAY_USER;
GRANT SELECT ON SYS.DBA_CONS_COLUMNS TO BELAY_USER;
GRANT SELECT ON SYS.DBA_TRIGGERS TO BELAY_USER;
-- Who holds a lock that a claim waits for, named in the message. May be left out.
GRANT SELECT ON SYS.V_$SESSION TO BELAY_USER;
GRANT SELECT ON SYS.V_$LOCKED_OBJECT TO BELAY_USER;

-- No DELETE: an epoch that was given out once must never be given out again.
GRANT SELECT, INSERT, UPDATE ON BELAY.BELAY_CHECKPOINT TO BELAY_USER;
GRANT SELECT, INSERT, UPDATE ON BELAY.BELAY_FRONTIER TO BELAY_USER;
-- A rejection is deleted when a newer version of its row is applied.
GRANT SELECT, INSERT, UPDATE, DELETE ON BELAY.BELAY_REJECTION TO BELAY_USER;

BEGIN
  FOR t IN (SELECT TABLE_NAME FROM ALL_TABLES
            WHERE OWNER = 'SHOP_SCHEMA' AND NESTED = 'NO' AND SECONDARY = 'N' AND DROPPED = 'NO') LOOP
    EXECUTE IMMEDIATE 'GRANT SELECT, INSERT, UPDATE, DELETE ON "SHOP_SCHEMA"."' || t.TABLE_NAME
      || '" TO BELAY_USER';
  END LOOP;
END;
/
