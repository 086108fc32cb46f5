-- What sequences.sync=on or dry-run needs beside role.sql: the right to see where the sequences of
-- the user's tables are, and to move them forward. Once for each schema with sequences of tables that
-- Belay writes:
--
--   psql -d shop -v role=belay -v schema=public -f sequences.sql
--
-- Variables: role    name of the role, as role.sql made it
--            schema  schema with the sequences; those of serial and identity columns are where their
--                    tables are
-- To run as: a superuser, or whoever owns the sequences.
GRANT USAGE ON SCHEMA :"schema" TO :"role";
GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA :"schema" TO :"role";
-- The same for sequences which the one who runs this will make.
ALTER DEFAULT PRIVILEGES IN SCHEMA :"schema" GRANT SELECT, UPDATE ON SEQUENCES TO :"role";
