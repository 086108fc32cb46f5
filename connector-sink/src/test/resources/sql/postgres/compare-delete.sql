SELECT s.place,
  (t."Note"::text IS NOT DISTINCT FROM s.c2::text) AS as_before,
  false AS as_after,
  NULL::int AS age,
  '' AS committed
FROM unnest(?::"pg_catalog"."int8"[], ?::"pg_catalog"."text"[]) WITH ORDINALITY AS s(c1, c2, place)
JOIN "shop"."orders" AS t ON t."id" = s.c1
FOR UPDATE OF t
