DELETE FROM "app"."golden_keys" AS t USING unnest(?::STRING[], ?::INT8[]) AS s(c1, c2)
WHERE t."region" = s.c1 AND t."id" = s.c2
