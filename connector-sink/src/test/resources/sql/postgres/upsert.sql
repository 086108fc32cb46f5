INSERT INTO "app"."orders" AS t ("id", "region", "total", "at")
SELECT s.c1, s.c2, s.c3, s.c4
FROM unnest(?::"pg_catalog"."int8"[], ?::"pg_catalog"."text"[], ?::"pg_catalog"."numeric"[], ?::"pg_catalog"."timestamptz"[]) AS s(c1, c2, c3, c4)
ON CONFLICT ("region", "id") DO UPDATE SET "total" = EXCLUDED."total", "at" = EXCLUDED."at"
