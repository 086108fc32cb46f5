-- What origin.mark=on needs beside role.sql, in MySQL 8.3 and newer: the right to mark what the sink
-- writes with a tag in its GTIDs, so that a connector that reads the binlog for the other direction
-- leaves it out.
--
--   sed -e 's/BELAY_USER/belay/' origin.sql | mysql
--
-- To run as: an administrator. Once.
GRANT TRANSACTION_GTID_TAG ON *.* TO 'BELAY_USER'@'%';
-- gtid_next is one of the variables of a session that not everybody may set.
GRANT SESSION_VARIABLES_ADMIN ON *.* TO 'BELAY_USER'@'%';
