package dev.belay.cli.plan;

/**
 * What is known of a migration, as far as the decision asks for it.
 *
 * @param sameKeys whether two writers can touch one row; of one writer it decides nothing
 * @param applicationCanChange whether it can write both databases itself
 * @param kafkaConnect whether Kafka and Kafka Connect are, or can be, run
 */
record Answers(
    Rto rto,
    Rpo rpo,
    Writers writers,
    boolean sameKeys,
    boolean applicationCanChange,
    boolean kafkaConnect,
    Watch watch,
    Old old) {

  /** How long it may take from the decision to the moment at which the old database may be used. */
  enum Rto {
    /** Nobody may wait: less than it takes a person to paste a few calls, 30 seconds. */
    NOW,
    /** Less than an hour. */
    MINUTES,
    HOURS
  }

  /** What may be lost if CockroachDB is gone at once. With an orderly way back nothing is. */
  enum Rpo {
    /** Nothing, or less than a feed may have under way, two seconds. */
    NOTHING,
    SECONDS,
    /** All since the cutover. */
    ALL
  }

  /** Where users write after the cutover. */
  enum Writers {
    ONE,
    BOTH
  }

  /** Who sees that something stands still, or that rows conflict. */
  enum Watch {
    NOBODY,
    DAYTIME,
    ALWAYS
  }

  /** The database that was migrated from, by what can be built for it. */
  enum Old {
    /** 14 and newer: rows are compared, and writes are marked. */
    POSTGRESQL,
    /** Before 14: rows are compared, and writes cannot be marked by a role. */
    OLDER_POSTGRESQL,
    /** MySQL, MariaDB, Oracle: no rows are compared before they are written. */
    OTHER
  }
}
