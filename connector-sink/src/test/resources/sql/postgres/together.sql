WITH v1 AS (
SELECT s.c1 AS c1, s.c2 AS c2
FROM unnest(?::"pg_catalog"."int4"[], ?::"pg_catalog"."int4"[]) AS s(c1, c2)),
u1 AS (
UPDATE "app"."children" AS t SET "parent" = s.c2
FROM v1 AS s WHERE t."id" = s.c1
RETURNING 1),
i1 AS (
INSERT INTO "app"."children" AS t ("id", "parent")
SELECT s.c1, s.c2
FROM v1 AS s WHERE NOT EXISTS (SELECT 1 FROM "app"."children" AS t WHERE t."id" = s.c1)
RETURNING 1),
w2 AS (
INSERT INTO "app"."parents" AS t ("id", "name")
SELECT s.c1, s.c2
FROM unnest(?::"pg_catalog"."int4"[], ?::"pg_catalog"."text"[]) AS s(c1, c2)
ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name"
RETURNING 1),
w3 AS (
DELETE FROM "app"."children" AS t USING unnest(?::"pg_catalog"."int4"[]) AS s(c1)
WHERE t."id" = s.c1
RETURNING 1)
SELECT (SELECT pg_catalog.count(*) FROM w3) AS n3,
  (SELECT pg_catalog.count(*) FROM u1) + (SELECT pg_catalog.count(*) FROM i1) AS n1,
  (SELECT pg_catalog.count(*) FROM w2) AS n2
