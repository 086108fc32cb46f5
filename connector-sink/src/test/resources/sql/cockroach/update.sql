UPDATE "app"."golden_keys" AS t SET "note" = s.c1
FROM unnest(?::STRING[], ?::STRING[], ?::INT8[]) AS s(c1, c2, c3)
WHERE t."region" = s.c2 AND t."id" = s.c3
