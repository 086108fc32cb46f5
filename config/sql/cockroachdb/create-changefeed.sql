-- The changefeed for failback, to be created at cutover. Run as belay_feed (grants.sql).
--
-- Both databases are equal and no application writes: read the time from which changes are wanted.
SELECT cluster_logical_timestamp();

-- Put that time in as the cursor. Then let the applications write.
CREATE CHANGEFEED FOR TABLE shop.public.customers, shop.public.orders
  INTO 'external://belay_kafka'
  WITH
    envelope = 'wrapped',
    format = 'json',
    updated,                              -- commit time of each row: required
    resolved = '1s',                      -- how often the frontier can move
    min_checkpoint_frequency = '1s',      -- resolved is no more often than this; 30s unless set
    full_table_name,                      -- topics shop.public.customers, shop.public.orders
    diff,                                 -- deletes name their row, whatever the order of its key
    initial_scan = 'no',                  -- the old database has those rows
    cursor = '1700000000000000000.0000000000',
    on_error = 'pause',                   -- a failed feed cannot be resumed, a paused one can
    kafka_sink_config = '{"RequiredAcks": "ALL"}';  -- ONE, the default, loses rows with a broker

-- Does it move? high_water_timestamp must rise; "running" alone says nothing.
WITH jobs AS (SHOW CHANGEFEED JOBS)
SELECT job_id, status, running_status, high_water_timestamp, error FROM jobs
WHERE status NOT IN ('canceled', 'succeeded');
