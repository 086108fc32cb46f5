-- What config/sql/postgresql/role.sql does for psql: a role that owns nothing and may write rows.
CREATE ROLE belay LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;

GRANT USAGE ON SCHEMA public TO belay;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO belay;

GRANT USAGE ON SCHEMA belay TO belay;

GRANT SELECT, INSERT, UPDATE ON belay.belay_checkpoint, belay.belay_frontier TO belay;

GRANT SELECT, INSERT, UPDATE, DELETE ON belay.belay_rejection TO belay;
