SELECT DISTINCT 'session ' || s.SID || ',' || s.SERIAL# || ' of ' || s.USERNAME || ' ('
  || s.MODULE || ' on ' || s.MACHINE || '), ' || s.STATUS || ' for '
  || s.LAST_CALL_ET || ' s'
FROM (SELECT ? AS connector FROM DUAL) v
CROSS JOIN SYS.V_$LOCKED_OBJECT l
JOIN ALL_OBJECTS o ON o.OBJECT_ID = l.OBJECT_ID
JOIN SYS.V_$SESSION s ON s.SID = l.SESSION_ID
WHERE o.OWNER = 'BELAY' AND s.SID <> SYS_CONTEXT('USERENV', 'SID')
