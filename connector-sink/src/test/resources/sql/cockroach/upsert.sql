INSERT INTO "app"."golden_upsert" AS t ("id", "note", "n")
SELECT s.c1, s.c2, s.c3
FROM unnest(?::INT8[], ?::STRING[], ?::INT8[]) AS s(c1, c2, c3)
ON CONFLICT ("id") DO UPDATE SET "note" = EXCLUDED."note", "n" = EXCLUDED."n"
