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

  /** A statement that gives one value, which is found when it runs. */
  static Rewritten value(String type, String column, Asked asked) {
    String token = Answers.newToken();
    String sql = "SELECT belay_standin.answer('" + token + "')::" + type + " AS " + column;
    return new Rewritten(sql, List.of(new Question(token, asked)), true);
  }

  /** A statement that gives nothing and is done when it runs. */
  static Rewritten command(Asked asked) {
    String token = Answers.newToken();
    return new Rewritten(
        "CALL belay_standin.settle('" + token + "')", List.of(new Question(token, asked)), true);
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
