SELECT s.place,
  false AS as_before,
  (t."total" IS NOT DISTINCT FROM s.c2
    AND t."at" IS NOT DISTINCT FROM s.c3) AS as_after,
  CASE WHEN t."at" IS NOT DISTINCT FROM s.c3 THEN 0 WHEN t."at" IS NULL OR t."at" < s.c3 THEN -1 ELSE 1 END AS age,
  '' AS committed
FROM unnest(?::"pg_catalog"."int8"[], ?::"pg_catalog"."numeric"[], ?::"pg_catalog"."timestamptz"[]) WITH ORDINALITY AS s(c1, c2, c3, place)
JOIN "shop"."orders" AS t ON t."id" = s.c1
FOR UPDATE OF t
