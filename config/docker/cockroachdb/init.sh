#!/bin/bash
# The shop in CockroachDB, and who may do what in it. Each statement may run again: what is there stays.
set -euo pipefail

sql() {
  cockroach sql --certs-dir=/certs --host=cockroach "$@"
}

# Changefeeds read through rangefeeds.
sql -e 'SET CLUSTER SETTING kv.rangefeed.enabled = true'
sql -e 'CREATE DATABASE IF NOT EXISTS shop'
sql -d shop -f /belay/tables.sql
sql -d shop -f /belay/cockroachdb/shop.sql
# As a target, for the table that comes forward.
sql -d shop -f /belay/sql/belay-schema.sql
sql -d shop -f /belay/sql/role.sql
