UPDATE "app"."orders" AS t SET "note" = s.c1, "at" = s.c2
FROM unnest(?::"pg_catalog"."text"[], ?::"pg_catalog"."timestamptz"[], ?::"pg_catalog"."text"[], ?::"pg_catalog"."int8"[]) AS s(c1, c2, c3, c4)
WHERE t."region" = s.c3 AND t."id" = s.c4
