UPDATE "app"."golden_park" AS t SET "a" = NULL, "b" = (-1 - floor(random() * 4611686018427387904))::INT8, "c" = ((SELECT LEAST(min(p."c"), 0) FROM "app"."golden_park" AS p) - s.place)::INT4, "d" = gen_random_uuid(), "e" = gen_random_uuid()::STRING, "f" = gen_random_uuid()::STRING::BYTES, "g" = (-1 - floor(random() * 1000000000000000000))::DECIMAL
FROM unnest(?::INT8[]) WITH ORDINALITY AS s(c1, place)
WHERE t."id" = s.c1
