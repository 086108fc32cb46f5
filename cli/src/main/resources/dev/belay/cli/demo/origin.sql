-- What config/sql/postgresql/origin.sql does for psql: the right to mark what the role writes.
GRANT EXECUTE ON FUNCTION
  pg_catalog.pg_replication_origin_oid(text),
  pg_catalog.pg_replication_origin_create(text),
  pg_catalog.pg_replication_origin_xact_setup(pg_lsn, timestamptz),
  pg_catalog.pg_replication_origin_session_is_setup(),
  pg_catalog.pg_replication_origin_session_setup(text)
TO belay;
