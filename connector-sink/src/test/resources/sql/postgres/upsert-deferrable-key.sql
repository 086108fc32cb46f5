WITH v1 AS (
SELECT s.c1 AS c1, s.c2 AS c2
FROM unnest(?::"pg_catalog"."text"[], ?::"pg_catalog"."int8"[]) AS s(c1, c2)),
u1 AS (
UPDATE "app"."orders" AS t SET "note" = s.c1, "state" = DEFAULT
FROM v1 AS s WHERE t."id" = s.c2
RETURNING 1),
i1 AS (
INSERT INTO "app"."orders" AS t ("note", "id")
SELECT s.c1, s.c2
FROM v1 AS s WHERE NOT EXISTS (SELECT 1 FROM "app"."orders" AS t WHERE t."id" = s.c2)
RETURNING 1)
SELECT (SELECT pg_catalog.count(*) FROM u1) + (SELECT pg_catalog.count(*) FROM i1) AS n1
