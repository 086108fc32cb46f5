SELECT s.place,
  (t."total" IS NOT DISTINCT FROM s.c2
    AND t."Note"::text IS NOT DISTINCT FROM s.c3::text
    AND t."doc"::jsonb IS NOT DISTINCT FROM s.c4::jsonb) AS as_before,
  (t."total" IS NOT DISTINCT FROM s.c5
    AND t."Note"::text IS NOT DISTINCT FROM s.c6::text
    AND t."doc"::jsonb IS NOT DISTINCT FROM s.c7::jsonb) AS as_after,
  NULL::int AS age,
  t.committed AS committed
FROM unnest(?::"pg_catalog"."int8"[], ?::"pg_catalog"."numeric"[], ?::"pg_catalog"."text"[], ?::"pg_catalog"."json"[], ?::"pg_catalog"."numeric"[], ?::"pg_catalog"."text"[], ?::"pg_catalog"."json"[]) WITH ORDINALITY AS s(c1, c2, c3, c4, c5, c6, c7, place)
JOIN "shop"."orders" AS t ON t."id" = s.c1
FOR UPDATE OF t
