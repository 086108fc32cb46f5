-- The shop, the same in CockroachDB and in PostgreSQL. Customers and orders are written in CockroachDB
-- and fail back; suppliers are still written in the old database and go forward (profile forward).
CREATE TABLE IF NOT EXISTS public.customers (
  id    UUID PRIMARY KEY,
  name  TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS public.orders (
  id       UUID PRIMARY KEY,
  customer UUID NOT NULL REFERENCES public.customers (id),
  total    NUMERIC(12, 2) NOT NULL,
  placed   TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS public.suppliers (
  id   UUID PRIMARY KEY,
  name TEXT NOT NULL,
  city TEXT
);
