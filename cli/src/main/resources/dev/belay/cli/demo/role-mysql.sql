-- What config/sql/mysql/role.sql does for the mysql shell: a user that may write rows, and no more.
CREATE USER 'belay'@'%';

GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON `shop`.* TO 'belay'@'%';

GRANT SELECT, INSERT, UPDATE ON belay.belay_checkpoint TO 'belay'@'%';

GRANT SELECT, INSERT, UPDATE ON belay.belay_frontier TO 'belay'@'%';

GRANT SELECT, INSERT, UPDATE, DELETE ON belay.belay_rejection TO 'belay'@'%';
