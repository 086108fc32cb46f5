-- What a changefeed needs on the CockroachDB side. Run as an admin, in the database that is
-- replicated; replace names, brokers and secrets.

-- Changefeeds read through rangefeeds. Clusters of CockroachDB Cloud Basic and Standard have it on.
SET CLUSTER SETTING kv.rangefeed.enabled = true;

-- The user that owns the changefeed: it reads the tables through the changefeed and nothing else.
-- The source connector connects as this user, and sees and steers the jobs because it owns them.
-- With client certificates it needs no password; else: ALTER USER belay_feed WITH PASSWORD '...';
CREATE USER IF NOT EXISTS belay_feed;
GRANT CHANGEFEED ON TABLE shop.public.customers, shop.public.orders TO belay_feed;

-- For the source connector with feed.delivery=sinkless, instead of CHANGEFEED and of what follows:
-- GRANT SELECT ON TABLE shop.public.customers, shop.public.orders TO belay_feed;

-- So that the connector's preflight can see whether rangefeeds are on. Without it creating the
-- changefeed is what tells.
-- GRANT SYSTEM VIEWCLUSTERSETTING TO belay_feed;

-- Brokers and secrets in one place, so that they are not part of the job. Values are URL-encoded;
-- ca_cert is base64 of the PEM file. topic_prefix goes here too, if you want one.
CREATE EXTERNAL CONNECTION belay_kafka AS
  'kafka://kafka.example.com:9093?tls_enabled=true&ca_cert=BASE64&sasl_enabled=true&sasl_mechanism=SCRAM-SHA-512&sasl_user=belay&sasl_password=SECRET';
GRANT USAGE ON EXTERNAL CONNECTION belay_kafka TO belay_feed;

-- For how long old versions are kept, which is how long a failed feed may wait for you, 25 hours
-- here. A longer time costs disk. Running and paused changefeeds protect what they need themselves.
-- ALTER TABLE shop.public.orders CONFIGURE ZONE USING gc.ttlseconds = 90000;
