SELECT topic, partition, topic_id, epoch, sequence, applied_offset, rewind_offset, resolved, held, source_position, format FROM belay.belay_checkpoint WHERE connector = ? ORDER BY topic, partition;

SELECT epoch, sequence, frontier, snapshot_from, format FROM belay.belay_frontier WHERE connector = ?;

SELECT epoch, sequence, frontier, snapshot_from, format FROM belay.belay_frontier WHERE connector = ? FOR UPDATE;

INSERT INTO belay.belay_frontier (connector) VALUES (?) ON CONFLICT (connector) DO NOTHING;

INSERT INTO belay.belay_checkpoint (connector, topic, partition, topic_id, applied_offset, rewind_offset) SELECT v.connector, v.topic, v.partition, v.topic_id, v.start, v.start FROM (VALUES (?::text, ?::text, ?::integer, ?::text, ?::bigint)) AS v(connector, topic, partition, topic_id, start) ON CONFLICT (connector, topic, partition) DO NOTHING;

UPDATE belay.belay_checkpoint SET epoch = epoch + 1, topic_id = ?::text WHERE connector = ? AND topic = ? AND partition = ?::integer;

UPDATE belay.belay_frontier SET epoch = epoch + 1 WHERE connector = ?;

UPDATE belay.belay_checkpoint AS c SET sequence = c.sequence + 1, applied_offset = v.applied_offset, rewind_offset = v.rewind_offset, resolved = v.resolved, held = v.held, source_position = v.source_position FROM (VALUES (?::text, ?::integer, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::text, ?::text, ?::text), (?::text, ?::integer, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::text, ?::text, ?::text)) AS v(topic, partition, epoch, sequence, applied_offset, rewind_offset, resolved, held, source_position) WHERE c.connector = ? AND c.topic = v.topic AND c.partition = v.partition AND c.epoch = v.epoch AND c.sequence = v.sequence;

UPDATE belay.belay_frontier SET sequence = sequence + 1, frontier = ?::text, snapshot_from = ?::text WHERE connector = ? AND epoch = ?::bigint AND sequence = ?::bigint;

SELECT topic, partition, record_offset, table_name, key_hash, hlc, sqlstate, records, format FROM belay.belay_rejection WHERE connector = ?;

DELETE FROM belay.belay_rejection WHERE false;

INSERT INTO belay.belay_rejection AS r (connector, topic, partition, record_offset, table_name, key_hash, hlc, sqlstate, records) VALUES (?::text, ?::text, ?::integer, ?::bigint, ?::text, ?::text, ?::text, ?::text, ?::bigint) ON CONFLICT (connector, topic, partition, record_offset) DO UPDATE SET table_name = excluded.table_name, key_hash = excluded.key_hash, hlc = excluded.hlc, sqlstate = excluded.sqlstate, records = excluded.records + CASE WHEN r.record_offset < 0 THEN r.records ELSE 0 END;

DELETE FROM belay.belay_rejection WHERE connector = ? AND topic = ? AND partition = ?::integer AND record_offset = ?::bigint;

SELECT 'pid ' || coalesce(l.pid::text, 'none (a prepared transaction)')
  || ', application_name ' || coalesce(a.application_name, 'not visible to this role')
  || ', state ' || coalesce(a.state, 'not visible to this role')
  || ', transaction open for '
  || coalesce(pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)::text,
    'a time not visible to this role')
FROM (VALUES (?::text)) AS v(connector)
CROSS JOIN LATERAL (
  SELECT f.xmax FROM belay.belay_frontier f WHERE f.connector = v.connector
  UNION
  SELECT c.xmax FROM belay.belay_checkpoint c WHERE c.connector = v.connector) AS r(holder)
JOIN pg_catalog.pg_locks l ON l.locktype = 'transactionid' AND l.granted
  AND l.transactionid = r.holder
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
ORDER BY 1
