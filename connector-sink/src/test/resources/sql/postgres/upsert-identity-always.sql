INSERT INTO "app"."orders" AS t ("id", "note") OVERRIDING SYSTEM VALUE
SELECT s.c1, s.c2
FROM unnest(?::"pg_catalog"."int8"[], ?::"pg_catalog"."text"[]) AS s(c1, c2)
ON CONFLICT ("id") DO UPDATE SET "note" = EXCLUDED."note"
