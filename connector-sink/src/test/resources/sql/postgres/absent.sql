SELECT s.place
FROM unnest(?::"pg_catalog"."text"[], ?::"pg_catalog"."int8"[]) WITH ORDINALITY AS s(c1, c2, place)
WHERE NOT EXISTS (SELECT 1 FROM "app"."orders" AS t WHERE t."region" = s.c1 AND t."id" = s.c2)
