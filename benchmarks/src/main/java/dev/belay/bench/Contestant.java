package dev.belay.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;

/** Somebody who brings the workload into the table. */
sealed interface Contestant permits BelayContestant, DebeziumContestant, PlainContestant {

  /** As {@code --only} and the report have it. */
  String name();

  /** In one line, for the report: what it is and how it is set up. */
  String description();

  /** The form of its topics; none if it needs no Kafka. */
  Set<Prefill.Form> reads();

  /** Runs once on a database of its own. */
  Result run(Race race) throws IOException, SQLException;
}
