package dev.belay.testkit.standin.proxy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.standin.feed.Changefeeds;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.proxy.Rewritten.Question;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code PAUSE}, {@code RESUME}, {@code CANCEL JOB} and {@code ALTER CHANGEFEED}. */
final class JobStatements implements Statements.Room {

  private static final JsonMapper JSON = new JsonMapper();

  /** Turns a query that stands within a statement into PostgreSQL's words. */
  @FunctionalInterface
  interface Rewriter {
    Rewritten rewrite(Sql sql) throws SQLException;
  }

  private interface Act {
    void on(long job);
  }

  private final Session session;
  private final Changefeeds changefeeds;
  private final Rewriter rewriter;

  JobStatements(Session session, Rewriter rewriter) {
    this.session = session;
    this.changefeeds = session.changefeeds();
    this.rewriter = rewriter;
  }

  @Override
  public Optional<Rewritten> rewrite(Sql sql) {
    boolean isControl = sql.startsWith("PAUSE") || sql.startsWith("RESUME") || isCancel(sql);
    if (isControl && sql.hasAt(1, "JOB")) {
      return Optional.of(Rewritten.command(given -> one(Statements.withValues(sql, given))));
    } else if (isControl && sql.hasAt(1, "JOBS")) {
      return Optional.of(Rewritten.command(given -> several(Statements.withValues(sql, given))));
    } else if (sql.startsWith("ALTER", "CHANGEFEED")) {
      return Optional.of(alter(sql));
    }
    return Optional.empty();
  }

  private static boolean isCancel(Sql sql) {
    return sql.startsWith("CANCEL");
  }

  private Answer one(Sql sql) throws SQLException {
    Reader in = new Reader(sql, 2);
    String text = in.next().value();
    long id;
    try {
      id = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Refusal("22P02", "could not parse \"" + text + "\" as type int");
    }
    act(id, act(sql, in));
    return Answer.NOTHING;
  }

  private Act act(Sql sql, Reader in) {
    if (sql.startsWith("RESUME")) {
      return changefeeds::resume;
    } else if (isCancel(sql)) {
      return changefeeds::cancel;
    }
    String reason = in.skip("WITH", "REASON", "=") ? in.next().value() : "";
    return id -> changefeeds.pause(id, reason);
  }

  private void act(long id, Act act) throws SQLException {
    changefeeds.checkControl(id, session.user());
    act.on(id);
  }

  private Answer several(Sql sql) throws SQLException {
    int last = Listings.lastBeforeBracket(sql, 3);
    String query =
        sql.hasAt(2, "(")
            ? sql.text().substring(sql.tokens().get(3).start(), sql.tokens().get(last).end())
            : new Reader(sql, 2).rest();
    Reader in = new Reader(sql, sql.hasAt(2, "(") ? last + 2 : sql.tokens().size());
    Act act = act(sql, in);
    for (long id : ids(rewriter.rewrite(Sql.of(query)))) {
      act(id, act);
    }
    return Answer.NOTHING;
  }

  private List<Long> ids(Rewritten query) throws SQLException {
    for (Question question : query.questions()) {
      session.answers().ask(question.token(), () -> question.asked().find(List.of()));
    }
    try (Connection connection = session.capture().connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query.sql())) {
      List<Long> ids = new ArrayList<>();
      while (row.next()) {
        ids.add(row.getLong(1));
      }
      return ids;
    } finally {
      query.questions().forEach(question -> session.answers().forget(question.token()));
    }
  }

  private Rewritten alter(Sql sql) {
    String token = Answers.newToken();
    Question question =
        new Question(
            token,
            given -> {
              if (!session.settings().isOn(ClusterSettings.RANGEFEEDS)) {
                throw Statements.rangefeedsAreOff(session.cluster());
              }
              Changefeeds.Altered altered =
                  changefeeds.alter(Statements.withValues(sql, given), session.user());
              return Answer.of(
                  JSON.createObjectNode()
                      .put("job_id", altered.id())
                      .put("job_description", altered.description())
                      .toString());
            });
    return new Rewritten(
        "SELECT * FROM json_to_record(belay_standin.answer('"
            + token
            + "')::json) AS altered (job_id int8, job_description text)",
        List.of(question),
        true);
  }
}
