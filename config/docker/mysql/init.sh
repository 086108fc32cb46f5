#!/bin/bash
# MySQL as one more old database: the shop's tables, and the user that the sink connects as. The image runs
# this once, when the volume is empty.
set -euo pipefail

# What the image's own scripts may have exported is of no use here.
MYSQL_PWD=$(cat /passwords/mysql-root)
export MYSQL_PWD

mysql --user=root shop < /belay/mysql/tables.sql
mysql --user=root shop < /belay/sql/belay-schema.sql
sed -e 's/BELAY_USER/belay/; s/SHOP_DATABASE/shop/' /belay/sql/role.sql | mysql --user=root shop
# By standard input, so that no list of processes shows it.
mysql --user=root shop <<SQL
ALTER USER 'belay'@'%' IDENTIFIED BY '$(cat /passwords/target)' ACCOUNT UNLOCK;
SQL
