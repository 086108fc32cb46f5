package dev.belay.cli.init;

import java.util.stream.Collectors;

/**
 * What a playbook asks PostgreSQL, in the words of the others. Each passage must be there, so that
 * a playbook that changes is noticed.
 */
final class OtherWords {
  private static final String AWAIT_KAFKA =
      "Debezium has all of it in Kafka when its slot says so.*?(?=\\*\\*Compare the rows)";
  private static final String FOLLOWS =
      "frontier::numeric > :'cutover'::numeric AND \\(snapshot_from IS NULL OR"
          + " frontier::numeric >= snapshot_from::numeric\\)\\s+AS follows";

  private OtherWords() {}

  static void mySql(Template page, Site site) {
    boolean isMySql = site.product() == Product.MYSQL;
    page.put(
        "Blocks of `sql` are for `psql`, each",
        "Blocks of `sql` are for `mysql` (`old`) and `cockroach sql` or `psql` (`new`), each");
    page.put(
        "SELECT pg_current_wal_lsn() AS written;", "SELECT " + position(isMySql) + " AS written;");
    page.putAt(
        AWAIT_KAFKA,
        "Debezium has all of it in Kafka when its own position, which its heartbeats move every 5 s, is\nnot behind that:\n\n"
            + "```sh runnable\n"
            + "ask \"$CONNECT/connectors/$FORWARD_SOURCE/offsets\" | jq -r '.offsets[].offset.gtids'\n"
            + "```\n\n"
            + (isMySql
                ? "Repeat until it has all of them: `SELECT GTID_SUBSET('WRITTEN', 'GTIDS')` is 1. "
                : "Repeat until no domain of it is behind. ")
            + "CockroachDB has all of it when the sink's lag in its\nconsumer group is 0, and nothing waits or was rejected:\n\n"
            + "```sql new\n"
            + "SELECT NOT EXISTS (SELECT 1 FROM belay.belay_checkpoint WHERE connector = 'shop-forward' AND held <> '') AS nothing_waits,\n"
            + "  NOT EXISTS (SELECT 1 FROM belay.belay_rejection WHERE connector = 'shop-forward') AS nothing_was_rejected;\n"
            + "```\n\n");
    page.put(", and the slot, if you", ", if you");
    page.put(
        "after a rollback: it keeps PostgreSQL's log from now on.",
        "after a rollback, and have the server keep its binary log.");
    page.putAt(
        FOLLOWS,
        number("frontier")
            + " > "
            + number(":'cutover'")
            + " AND (snapshot_from IS NULL OR "
            + number("frontier")
            + " >= "
            + number("snapshot_from")
            + ")\n    AS follows");
    page.put(
        "frontier::numeric >= :'rollback'::numeric AS everything_is_here",
        number("frontier") + " >= " + number(":'rollback'") + " AS everything_is_here");
    page.putAt(
        "Replication does not move sequences.*?(?=Note how far)",
        "AUTO_INCREMENT looks after itself"
            + (isMySql ? "" : "; a SEQUENCE is moved by `SELECT SETVAL(name, number)`")
            + ".\n\n");
    page.put("and set the sequences", "and go back");
    page.put("SELECT pg_current_wal_lsn() AS back;", "SELECT " + position(isMySql) + " AS back;");
  }

  private static String position(boolean isMySql) {
    return isMySql ? "@@GLOBAL.gtid_executed" : "@@GLOBAL.gtid_current_pos";
  }

  /** Nineteen digits of nanoseconds, and ten behind the point. */
  private static String number(String text) {
    return "CAST(" + text + " AS DECIMAL(40, 10))";
  }

  static void oracle(Template page, Site site) {
    page.put(
        "Blocks of `sql` are for `psql`, each",
        "Blocks of `sql` are for SQL*Plus (`old`) and `cockroach sql` or `psql` (`new`), each");
    page.put(
        "SELECT pg_current_wal_lsn() AS written;",
        "SELECT CURRENT_SCN AS written FROM V$DATABASE;");
    page.putAt(
        AWAIT_KAFKA,
        "Debezium has all of it in Kafka when its own position is not behind that:\n\n"
            + "```sh runnable\n"
            + "ask \"$CONNECT/connectors/$FORWARD_SOURCE/offsets\" | jq -r '.offsets[].offset.scn'\n"
            + "```\n\n"
            + "CockroachDB has all of it when the sink's lag in its consumer group is 0, and nothing waits or was rejected:\n\n"
            + "```sql new\n"
            + "SELECT NOT EXISTS (SELECT 1 FROM belay.belay_checkpoint WHERE connector = 'shop-forward' AND held <> '') AS nothing_waits,\n"
            + "  NOT EXISTS (SELECT 1 FROM belay.belay_rejection WHERE connector = 'shop-forward') AS nothing_was_rejected;\n"
            + "```\n\n");
    page.put("(`belay verify`, as above)", "(`belay verify` reads no Oracle)");
    page.put(
        "Compare the rows of both databases (`belay verify`).",
        "Compare the rows of both databases.");
    page.put(", and the slot, if you", ", if you");
    page.put(
        "after a rollback: it keeps PostgreSQL's log from now on.",
        "after a rollback, and keep the archived logs.");
    page.putAt(
        "SELECT " + FOLLOWS + "\\nFROM belay[.]belay_frontier\\nWHERE connector = 'shop-failback';",
        "SELECT CASE WHEN TO_NUMBER(frontier) > TO_NUMBER(:'cutover') AND (snapshot_from IS NULL\n"
            + "    OR TO_NUMBER(frontier) >= TO_NUMBER(snapshot_from)) THEN 'true' ELSE 'false' END AS follows\n"
            + "FROM BELAY.BELAY_FRONTIER\nWHERE connector = 'shop-failback';");
    page.putAt(
        "SELECT frontier::numeric >= :'rollback'::numeric AS everything_is_here.*?WHERE connector = 'shop-failback';",
        "SELECT CASE WHEN TO_NUMBER(frontier) >= TO_NUMBER(:'rollback') THEN 'true' ELSE 'false' END AS everything_is_here,\n"
            + "  (SELECT COUNT(*) FROM BELAY.BELAY_REJECTION WHERE connector = 'shop-failback') AS rejected\n"
            + "FROM BELAY.BELAY_FRONTIER\nWHERE connector = 'shop-failback';");
    page.put(
        "Repeat until both are true:",
        "Repeat until the first is true, and see that the second is 0:");
    page.putAt(
        "Replication does not move sequences.*?(?=Note how far)",
        "Replication does not move sequences. For each identity column that Oracle numbers (18c and newer):\n\n"
            + "```sql old\n"
            + site.tables().stream()
                .map(
                    table ->
                        "-- ALTER TABLE "
                            + site.old(table)
                            + " MODIFY column GENERATED BY DEFAULT AS IDENTITY (START WITH LIMIT VALUE);\n")
                .collect(Collectors.joining())
            + "```\n\n");
    page.put("SELECT pg_current_wal_lsn() AS back;", "SELECT CURRENT_SCN AS back FROM V$DATABASE;");
  }
}
