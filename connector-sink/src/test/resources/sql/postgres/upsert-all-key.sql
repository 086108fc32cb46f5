INSERT INTO "app"."pairs" AS t ("a", "b")
SELECT s.c1, s.c2
FROM unnest(?::"pg_catalog"."int4"[], ?::"pg_catalog"."uuid"[]) AS s(c1, c2)
ON CONFLICT ("a", "b") DO NOTHING
