SELECT s.place,
  (t."total" IS NOT DISTINCT FROM s.c2
    AND t."Note"::text IS NOT DISTINCT FROM s.c3::text) AS as_before,
  (t."Note"::text IS NOT DISTINCT FROM s.c4::text
    AND t."doc"::jsonb IS NOT DISTINCT FROM s.c5::jsonb) AS as_after,
  NULL::int AS age,
  '' AS committed,
  NOT (s.c3::text IS NOT DISTINCT FROM s.c4::text),
  NOT (t."Note"::text IS NOT DISTINCT FROM s.c3::text)
FROM unnest(?::"pg_catalog"."int8"[], ?::"pg_catalog"."numeric"[], ?::"pg_catalog"."text"[], ?::"pg_catalog"."text"[], ?::"pg_catalog"."json"[]) WITH ORDINALITY AS s(c1, c2, c3, c4, c5, place)
JOIN "shop"."orders" AS t ON t."id" = s.c1
FOR UPDATE OF t
