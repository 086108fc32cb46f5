DELETE FROM "app"."All ""types""" AS t USING unnest(?::"Ext"."citext"[]) AS s(c1)
WHERE t."k" OPERATOR("Ext".=) s.c1
