-- What config/sql/cockroachdb/role.sql does: a user that owns nothing and may write rows.
CREATE USER IF NOT EXISTS belay;

GRANT USAGE ON SCHEMA public TO belay;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO belay;

GRANT USAGE ON SCHEMA belay TO belay;

GRANT SELECT, INSERT, UPDATE ON TABLE belay.belay_checkpoint, belay.belay_frontier TO belay;

GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE belay.belay_rejection TO belay;
