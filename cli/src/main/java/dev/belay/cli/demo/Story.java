package dev.belay.cli.demo;

import java.io.IOException;
import java.sql.SQLException;

/** What a demo shows, from the start of its parts to the comparison of all rows. */
interface Story {
  /**
   * Runs it up to the verdict; the parts are up then and replication goes on.
   *
   * @throws DemoFailure if there is no verdict to give
   */
  Outcome run() throws IOException, SQLException, InterruptedException;

  /** Everything that a user needs to look around, one thing a line. */
  String addresses();
}
