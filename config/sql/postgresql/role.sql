-- The role that Belay's sink connects as: it owns nothing, is no superuser, and may read and write
-- rows. Run after belay-schema.sql, once for each schema with tables that Belay writes:
--
--   psql -d shop -v role=belay -v schema=public -f role.sql
--   psql -d shop -c '\password belay'
--
-- Variables: role    name of the role; made if it does not exist
--            schema  schema with the user's tables
-- To run as: a superuser, or whoever owns the tables, may create roles and owns schema belay.
SELECT pg_catalog.format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', :'role')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :'role')
\gexec
SELECT pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', pg_catalog.current_database(), :'role')
\gexec

GRANT USAGE ON SCHEMA :"schema" TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA :"schema" TO :"role";
-- The defaults of serial columns, for rows that do not carry them; identity columns need no grant.
GRANT USAGE ON ALL SEQUENCES IN SCHEMA :"schema" TO :"role";
-- The same for tables which the one who runs this will make.
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema"
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT USAGE ON SEQUENCES TO :"role";

-- No DELETE: an epoch that was given out once must never be given out again.
GRANT USAGE ON SCHEMA belay TO :"role";
GRANT SELECT, INSERT, UPDATE ON belay.belay_checkpoint, belay.belay_frontier TO :"role";
-- A rejection is deleted when a newer version of its row is applied.
GRANT SELECT, INSERT, UPDATE, DELETE ON belay.belay_rejection TO :"role";
