MERGE INTO belay.belay_frontier t USING (SELECT CAST(? AS VARCHAR2(996)) AS connector FROM DUAL) s ON (t.connector = s.connector) WHEN NOT MATCHED THEN INSERT (connector) VALUES (s.connector)
