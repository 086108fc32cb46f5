#!/bin/bash
# Writes to the shop in CockroachDB until it is stopped: an order each second for a customer that is there,
# now and then a new customer, a changed order, a deleted one. An hour makes some thousand rows.
set -euo pipefail

sql() {
  cockroach sql --certs-dir=/certs --host=cockroach --user=shopper -d shop --format=tsv "$@" > /dev/null
}

round=0
while true; do
  round=$((round + 1))
  statements="INSERT INTO orders (id, customer, total, placed)
    SELECT gen_random_uuid(), id, round((random() * 500)::DECIMAL, 2), now()
    FROM customers ORDER BY random() LIMIT 1;"
  if [ $((round % 5)) -eq 0 ]; then
    statements="$statements
      UPDATE orders SET total = total + 1
      WHERE id IN (SELECT id FROM orders ORDER BY placed DESC LIMIT 3);"
  fi
  if [ $((round % 10)) -eq 0 ]; then
    # A parent and its child in one transaction: they arrive together.
    statements="$statements
      WITH made AS (
        INSERT INTO customers (id, name, email)
        SELECT id, 'Customer ' || left(id::STRING, 8), id::STRING || '@example.com'
        FROM (SELECT gen_random_uuid() AS id) AS one
        RETURNING id)
      INSERT INTO orders (id, customer, total, placed)
      SELECT gen_random_uuid(), id, 1.00, now() FROM made;"
  fi
  if [ $((round % 15)) -eq 0 ]; then
    statements="$statements
      DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY placed LIMIT 1);"
  fi
  if ! sql -e "BEGIN; $statements COMMIT;"; then
    echo "CockroachDB refused; the next try is in five seconds" >&2
    sleep 5
  fi
  sleep 1
done
