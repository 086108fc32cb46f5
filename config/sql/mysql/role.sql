-- The user that Belay's sink connects as: it owns nothing and may read and write rows. Run after
-- belay-schema.sql, with the names put in where they stand in capitals:
--
--   sed -e 's/BELAY_USER/belay/; s/SHOP_DATABASE/shop/' role.sql | mysql
--   mysql -e "ALTER USER 'belay'@'%' IDENTIFIED BY '...' ACCOUNT UNLOCK"
--
-- Until the second command nobody can log in as this user. One that exists already stays as it is.
-- To run as: an administrator. Once for each database with tables that Belay writes.
CREATE USER IF NOT EXISTS 'BELAY_USER'@'%' ACCOUNT LOCK;
-- On the whole database: the catalog hides what a user has no right on, also tables that reference
-- those that Belay writes. A user with fewer rights cannot know which deletes take children along.
GRANT SELECT, INSERT, UPDATE, DELETE ON `SHOP_DATABASE`.* TO 'BELAY_USER'@'%';
-- Without this right the catalog hides triggers, and triggers=refuse would let them pass unseen.
GRANT TRIGGER ON `SHOP_DATABASE`.* TO 'BELAY_USER'@'%';

-- No DELETE: an epoch that was given out once must never be given out again.
GRANT SELECT, INSERT, UPDATE ON belay.belay_checkpoint TO 'BELAY_USER'@'%';
GRANT SELECT, INSERT, UPDATE ON belay.belay_frontier TO 'BELAY_USER'@'%';
-- A rejection is deleted when a newer version of its row is applied.
GRANT SELECT, INSERT, UPDATE, DELETE ON belay.belay_rejection TO 'BELAY_USER'@'%';
