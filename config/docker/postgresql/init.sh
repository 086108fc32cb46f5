#!/bin/bash
# The old database: the shop's tables, without rows; the role that the sink connects as, and Debezium's.
# The image runs this once, when the volume is empty.
set -euo pipefail

sql() {
  psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"
}

password() { # of a role, from a file; psql quotes it
  sql -v role="$1" -v password="$(cat "$2")" <<'SQL'
ALTER ROLE :"role" PASSWORD :'password';
SQL
}

sql -f /belay/tables.sql
sql -f /belay/sql/belay-schema.sql
sql -v role=belay -v schema=public -f /belay/sql/role.sql
sql -v role=debezium -v schema=public -v tables=public.suppliers -f /belay/sql/debezium.sql
password belay /passwords/target
password debezium /passwords/debezium
sql <<'SQL'
INSERT INTO public.suppliers (id, name, city) VALUES
  ('00000000-0000-4000-8000-000000000021', 'Ropes & Co', 'Chamonix');
SQL
