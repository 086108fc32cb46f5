DELETE FROM "app"."orders" AS t USING unnest(?::"pg_catalog"."text"[], ?::"pg_catalog"."int8"[]) AS s(c1, c2)
WHERE t."region" = s.c1 AND t."id" = s.c2
