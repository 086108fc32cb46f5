#!/bin/bash
# Oracle as one more old database: the shop's tables, and the user that the sink connects as. The image runs
# this once, when the volume is empty; in a shell of its own, since it may be read into the image's.
(
  set -euo pipefail

  begin() {
    echo 'WHENEVER SQLERROR EXIT FAILURE ROLLBACK'
    echo 'SET DEFINE OFF'
    echo 'SET SQLBLANKLINES ON'
    echo 'ALTER SESSION SET CONTAINER = FREEPDB1;'
  }

  {
    begin
    cat /belay/oracle/tables.sql /belay/sql/belay-schema.sql
    sed -e 's/BELAY_USER/BELAY_SINK/; s/SHOP_SCHEMA/SHOP/' /belay/sql/role.sql
    printf 'ALTER USER BELAY_SINK IDENTIFIED BY "%s" ACCOUNT UNLOCK;\n' "$(cat /passwords/target)"
  } | sqlplus -S / as sysdba
  # The image calls itself healthy before this script has run.
  touch /opt/oracle/oradata/belay.ready
)
