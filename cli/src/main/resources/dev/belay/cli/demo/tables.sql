-- The shop: the same on both sides, in words that CockroachDB and PostgreSQL share.
CREATE TABLE employees (
  id         INT8 PRIMARY KEY,
  name       TEXT NOT NULL,
  email      TEXT NOT NULL UNIQUE,
  badge      INT8 UNIQUE,
  manager_id INT8 REFERENCES employees (id),
  salary     DECIMAL(12,2) NOT NULL,
  hired      DATE NOT NULL,
  active     BOOL NOT NULL,
  profile    JSONB,
  photo      BYTEA
);

CREATE INDEX ON employees (manager_id);

CREATE TABLE orders (
  id          UUID PRIMARY KEY,
  employee_id INT8 NOT NULL REFERENCES employees (id),
  status      TEXT NOT NULL,
  total       DECIMAL(14,2) NOT NULL,
  paid        DECIMAL(14,2) NOT NULL,
  placed      TIMESTAMPTZ NOT NULL,
  note        TEXT
);

CREATE INDEX ON orders (employee_id);

CREATE TABLE accounts (
  id      INT8 PRIMARY KEY,
  owner   TEXT NOT NULL,
  balance DECIMAL(18,2) NOT NULL,
  changes INT8 NOT NULL
);

CREATE TABLE payments (
  id         INT8 PRIMARY KEY,
  order_id   UUID NOT NULL REFERENCES orders (id),
  account_id INT8 NOT NULL REFERENCES accounts (id),
  amount     DECIMAL(14,2) NOT NULL,
  rate       DECIMAL NOT NULL,
  at         TIMESTAMPTZ NOT NULL
);

CREATE INDEX ON payments (order_id);

CREATE INDEX ON payments (account_id);
