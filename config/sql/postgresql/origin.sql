-- What origin.mark=on needs beside role.sql, in PostgreSQL 14 and newer: the right to mark what the
-- sink writes with a replication origin, so that a connector that reads the log for the other
-- direction leaves it out. Before PostgreSQL 14 only a superuser may. The sink must connect without a
-- pooler: a session keeps its origin when it is handed on.
--
--   psql -d shop -v role=belay -f origin.sql
--
-- Variables: role    name of the role, as role.sql made it
-- To run as: a superuser. Once for each database that Belay writes.
GRANT EXECUTE ON FUNCTION
  pg_catalog.pg_replication_origin_oid(text),
  pg_catalog.pg_replication_origin_create(text),
  pg_catalog.pg_replication_origin_xact_setup(pg_lsn, timestamptz),
  pg_catalog.pg_replication_origin_session_is_setup()
TO :"role";
-- Its parameters differ between versions.
SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::pg_catalog.regprocedure, :'role')
FROM pg_catalog.pg_proc p
WHERE p.proname = 'pg_replication_origin_session_setup'
  AND p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
\gexec
