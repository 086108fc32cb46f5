package dev.belay.testkit.standin.proxy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.standin.feed.ExternalConnections;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.proxy.Rewritten.Asked;
import dev.belay.testkit.standin.proxy.Rewritten.Question;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Turns {@code SHOW} statements that give tables into queries, alone, in square brackets or within
 * a {@code WITH}. On the session's thread.
 *
 * <p>Columns of jobs are those of the release that the cluster says to be of: {@code
 * readable_high_water_timestamptz} from 25.1 on, {@code database_name} from 26.1 on, when {@code
 * full_table_names} became empty.
 */
final class Listings {

  private static final JsonMapper JSON = new JsonMapper();

  private final Session session;
  private final GrantListings grants;

  Listings(Session session) {
    this.session = session;
    this.grants = new GrantListings(session);
  }

  /**
   * A listing within a statement, and the query for it.
   *
   * @param first its first token
   * @param last its last token
   */
  record Listing(int first, int last, String query) {}

  /** Rows of a listing, made when it is asked for. */
  @FunctionalInterface
  interface Rows {
    void writeTo(ArrayNode lines) throws SQLException;
  }

  Optional<Listing> find(Sql sql, int at, List<Question> questions) {
    if (!sql.hasAt(at, "SHOW")) {
      return Optional.empty();
    }
    return jobs(sql, at, questions)
        .or(() -> connections(sql, at, questions))
        .or(() -> zones(sql, at, questions))
        .or(() -> CreateTableListing.find(session, sql, at, questions))
        .or(() -> grants.find(sql, at, questions));
  }

  private Optional<Listing> jobs(Sql sql, int at, List<Question> questions) {
    boolean changefeeds = sql.hasAt(at + 1, "CHANGEFEED");
    int word = changefeeds ? at + 2 : at + 1;
    if (sql.hasAt(word, "JOBS")) {
      return Optional.of(new Listing(at, word, query(changefeeds, questions)));
    } else if (sql.hasAt(word, "JOB") && word + 1 < sql.tokens().size()) {
      int last = endOfOperand(sql, word + 1);
      String id = sql.text().substring(sql.tokens().get(word).end(), sql.tokens().get(last).end());
      String query = query(changefeeds, questions) + " WHERE job_id =" + id;
      return Optional.of(new Listing(at, last, query));
    }
    return Optional.empty();
  }

  private String query(boolean changefeedColumns, List<Question> questions) {
    String token =
        ask(questions, none -> Answer.of(describe(session.changefeeds().list(session.user()))));
    String columns =
        changefeedColumns
            ? changefeedColumns()
            : "job_id, 'CHANGEFEED'::text AS job_type, description, user_name, status,"
                + " running_status, created, started, finished, modified, error";
    return "SELECT " + columns + " FROM belay_standin.changefeed_jobs('" + token + "')";
  }

  private String changefeedColumns() {
    boolean named = session.isAtLeast(26, 1);
    return "job_id, description, user_name, status, running_status, created, started, finished,"
        + " modified, high_water_timestamp, "
        + (session.isAtLeast(25, 1) ? "readable_high_water_timestamptz, " : "")
        + "error, sink_uri, "
        + (named ? "'{}'::text[] AS full_table_names" : "full_table_names")
        + ", topics, format"
        + (named ? ", database_name" : "");
  }

  /** The last token of a number, of a parameter, or of something in brackets. */
  private static int endOfOperand(Sql sql, int first) {
    int depth = 0;
    for (int i = first; i < sql.tokens().size(); i++) {
      depth += sql.hasAt(i, "(") ? 1 : sql.hasAt(i, ")") ? -1 : 0;
      if (depth == 0 && !sql.hasAt(i, "$")) {
        return i;
      }
    }
    return sql.tokens().size() - 1;
  }

  private Optional<Listing> connections(Sql sql, int at, List<Question> questions) {
    if (sql.hasAt(at + 1, "EXTERNAL", "CONNECTIONS")) {
      return Optional.of(new Listing(at, at + 2, connections("", questions)));
    } else if (sql.hasAt(at + 1, "EXTERNAL", "CONNECTION") && at + 3 < sql.tokens().size()) {
      String name = sql.tokens().get(at + 3).value();
      return Optional.of(new Listing(at, at + 3, connections(name, questions)));
    }
    return Optional.empty();
  }

  private String connections(String only, List<Question> questions) {
    return table(
        questions,
        "connection_name text, connection_uri text, connection_type text",
        lines -> {
          for (ExternalConnections.Listed found : session.changefeeds().connections().list()) {
            if (only.isEmpty() || found.name().equals(only)) {
              lines
                  .addObject()
                  .put("connection_name", found.name())
                  .put("connection_uri", found.uri())
                  .put("connection_type", "KAFKA");
            }
          }
        });
  }

  private Optional<Listing> zones(Sql sql, int at, List<Question> questions) {
    if (!sql.hasAt(at + 1, "ZONE", "CONFIGURATION")
        || !(sql.hasAt(at + 3, "FROM") || sql.hasAt(at + 3, "FOR"))) {
      return Optional.empty();
    }
    int last = lastBeforeBracket(sql, at);
    String query =
        table(
            questions,
            "target text, raw_config_sql text",
            lines -> {
              Zones.Shown shown =
                  session.zones().show(ZoneStatements.target(session, sql, at + 4).target());
              lines
                  .addObject()
                  .put("target", shown.target())
                  .put("raw_config_sql", shown.rawConfig());
            });
    return Optional.of(new Listing(at, last, query));
  }

  /** The last token before the bracket that closes around a place, or of the statement. */
  static int lastBeforeBracket(Sql sql, int from) {
    int depth = 0;
    for (int i = from; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "(") || sql.hasAt(i, "[")) {
        depth++;
      } else if ((sql.hasAt(i, ")") || sql.hasAt(i, "]")) && --depth < 0) {
        return i - 1;
      }
    }
    return sql.tokens().size() - 1;
  }

  /** A query that gives rows made when it runs. */
  static String table(List<Question> questions, String columns, Rows rows) {
    String token =
        ask(
            questions,
            none -> {
              ArrayNode lines = JSON.createArrayNode();
              rows.writeTo(lines);
              return Answer.of(lines.toString());
            });
    return "SELECT * FROM json_to_recordset(belay_standin.answer('"
        + token
        + "')::json) AS found ("
        + columns
        + ")";
  }

  static String ask(List<Question> questions, Asked asked) {
    String token = Answers.newToken();
    questions.add(new Question(token, asked));
    return token;
  }

  private static String describe(List<JobStatus> jobs) {
    ArrayNode lines = JSON.createArrayNode();
    jobs.forEach(job -> describe(job, lines.addObject()));
    return lines.toString();
  }

  private static void describe(JobStatus job, ObjectNode line) {
    line.put("job_id", job.id());
    line.put("description", job.description());
    line.put("user_name", job.user());
    line.put("status", job.state().text());
    line.put("running_status", job.runningStatus());
    line.put("created", job.created().toString());
    line.put("started", job.created().toString());
    job.finished().ifPresent(time -> line.put("finished", time.toString()));
    line.put("modified", job.modified().toString());
    job.highWater()
        .ifPresent(
            time -> {
              line.put("high_water_timestamp", time.toDecimal());
              Instant wall = Instant.ofEpochSecond(0, time.wallNanos());
              line.put("readable_high_water_timestamptz", wall.toString());
            });
    line.put("error", job.error());
    line.put("sink_uri", job.sinkUri());
    job.fullTableNames().forEach(line.putArray("full_table_names")::add);
    line.put("topics", job.topics());
    line.put("format", "json");
    line.put("database_name", job.fullTableNames().get(0).split("\\.")[0]);
  }
}
