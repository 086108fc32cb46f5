package dev.belay.testkit.standin.proxy;

import java.sql.SQLException;
import java.util.List;

/**
 * A statement in words that PostgreSQL knows.
 *
 * @param questions to be answered each time before it runs
 * @param takesParameters whether the questions use up the client's parameters, so that none is left
 */
record Rewritten(String sql, List<Question> questions, boolean takesParameters) {

  Rewritten {
    questions = List.copyOf(questions);
  }

  static Rewritten text(String sql) {
    return new Rewritten(sql, List.of(), false);
  }

  /**
   * @param token under which the statement looks for the answer
   */
  record Question(String token, Asked asked) {}

  /** Finds the answer for one run of the statement. */
  @FunctionalInterface
  interface Asked {
    /**
     * @param parameters of this run, in text form
     */
    Answers.Answer find(List<String> parameters) throws SQLException;
  }
}
