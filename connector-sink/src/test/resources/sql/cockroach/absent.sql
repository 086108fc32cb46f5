SELECT s.place
FROM unnest(?::STRING[], ?::INT8[]) WITH ORDINALITY AS s(c1, c2, place)
WHERE NOT EXISTS (SELECT 1 FROM "app"."golden_keys" AS t WHERE t."region" = s.c1 AND t."id" = s.c2)
