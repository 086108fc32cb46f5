-- Some rows to begin with, and the users. All of them log in by client certificates.
INSERT INTO public.customers (id, name, email) VALUES
  ('00000000-0000-4000-8000-000000000001', 'Ada', 'ada@example.com'),
  ('00000000-0000-4000-8000-000000000002', 'Grace', 'grace@example.com')
ON CONFLICT DO NOTHING;
INSERT INTO public.orders (id, customer, total, placed) VALUES
  ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001', 19.90, '2026-01-01 10:00:00+00')
ON CONFLICT DO NOTHING;

-- The application.
CREATE USER IF NOT EXISTS shopper;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE public.customers, public.orders TO shopper;

-- The user of the changefeed, as config/sql/cockroachdb/grants.sql has it.
CREATE USER IF NOT EXISTS belay_feed;
GRANT CONNECT ON DATABASE shop TO belay_feed;
GRANT CHANGEFEED ON TABLE public.customers, public.orders TO belay_feed;
