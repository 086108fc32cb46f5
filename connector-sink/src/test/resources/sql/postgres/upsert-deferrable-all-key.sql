WITH v1 AS (
SELECT s.c1 AS c1
FROM unnest(?::"pg_catalog"."int8"[]) AS s(c1)),
i1 AS (
INSERT INTO "app"."orders" AS t ("id")
SELECT s.c1
FROM v1 AS s WHERE NOT EXISTS (SELECT 1 FROM "app"."orders" AS t WHERE t."id" = s.c1)
RETURNING 1)
SELECT (SELECT pg_catalog.count(*) FROM i1) AS n1
