package dev.belay.testkit.standin.proxy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.feed.Changefeeds;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.feed.RowStream;
import dev.belay.testkit.standin.feed.SinklessFeed;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.proxy.Rewritten.Asked;
import dev.belay.testkit.standin.proxy.Rewritten.Question;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/**
 * Rewrites the statements of one session, on its thread. What belongs to PostgreSQL stays as it is;
 * so does what belongs to nobody, for PostgreSQL to refuse.
 */
final class Statements implements FeedPortals.Opener, AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> TRUE = Set.of("true", "on", "yes", "1", "t");
  private static final Set<String> FALSE = Set.of("false", "off", "no", "0", "f", "default");
  private static final String HIDE = "disable_changefeed_replication";

  private final Capture capture;
  private final String user;
  private final Changefeeds changefeeds;
  private final ClusterSettings settings;
  private final Cluster cluster;
  private final PastReading past;
  // Opened by the first statement that needs it.
  private Optional<Catalog> catalog = Optional.empty();

  Statements(
      Capture capture,
      String user,
      Changefeeds changefeeds,
      ClusterSettings settings,
      Cluster cluster,
      PastReading past) {
    this.capture = capture;
    this.user = user;
    this.changefeeds = changefeeds;
    this.settings = settings;
    this.cluster = cluster;
    this.past = past;
  }

  /** What this session reads of the past. */
  PastReading past() {
    return past;
  }

  Rewritten rewrite(Sql sql) throws SQLException {
    if (Changefeeds.canCreate(quotedParameters(sql))) {
      return value("int8", "job_id", parameters -> create(withValues(sql, parameters)));
    }
    Optional<Rewritten> found =
        control(sql).or(() -> clusterSetting(sql)).or(() -> hiding(sql)).or(() -> version(sql));
    if (found.isPresent()) {
      return found.get();
    }
    try {
      return general(past.rewrite(sql).orElse(upsert(sql)));
    } catch (Refusal e) {
      return value("text", "refused", refusing(e));
    }
  }

  private static Asked refusing(Refusal why) {
    return none -> {
      throw why;
    };
  }

  @Override
  public boolean isFeed(Sql sql) {
    return Changefeeds.canOpen(quotedParameters(sql));
  }

  @Override
  public SinklessFeed open(Sql sql, List<String> parameters, RowStream rows) throws SQLException {
    requireRangefeeds();
    return changefeeds.open(withValues(sql, parameters), capture, user, rows);
  }

  private void requireRangefeeds() {
    if (!settings.isOn(ClusterSettings.RANGEFEEDS)) {
      throw new Refusal(
          "55000", "rangefeeds require the " + ClusterSettings.RANGEFEEDS + " setting");
    }
  }

  private Answer create(Sql sql) throws SQLException {
    requireRangefeeds();
    long id = changefeeds.create(sql, capture, user);
    JobStatus job = changefeeds.find(id).orElseThrow();
    return new Answer(
        Long.toString(id),
        List.of(job.topics().split(",")).stream()
            .map(topic -> "changefeed will emit to topic " + topic)
            .toList());
  }

  /** {@code PAUSE JOB 1} and the like. */
  private Optional<Rewritten> control(Sql sql) {
    if (sql.tokens().size() < 3 || !sql.hasAt(1, "JOB")) {
      return Optional.empty();
    }
    if (sql.startsWith("PAUSE")) {
      return Optional.of(control(sql, changefeeds::pause));
    } else if (sql.startsWith("RESUME")) {
      return Optional.of(control(sql, changefeeds::resume));
    } else if (sql.startsWith("CANCEL")) {
      return Optional.of(control(sql, changefeeds::cancel));
    }
    return Optional.empty();
  }

  private Rewritten control(Sql sql, LongConsumer act) {
    return command(
        parameters -> {
          String id = withValues(sql, parameters).tokens().get(2).value();
          try {
            act.accept(Long.parseLong(id));
          } catch (NumberFormatException e) {
            throw new Refusal("22P02", "could not parse \"" + id + "\" as type int");
          }
          return Answer.NOTHING;
        });
  }

  private Optional<Rewritten> clusterSetting(Sql sql) {
    if (sql.startsWith("SHOW", "CLUSTER", "SETTING")) {
      String name = joined(sql, 3, sql.tokens().size());
      boolean isFlag = Set.of("true", "false").contains(valueOr(name, ""));
      String column = '"' + name.replace("\"", "") + '"';
      return Optional.of(
          value(isFlag ? "bool" : "text", column, none -> Answer.of(settings.get(name))));
    } else if (sql.startsWith("SET", "CLUSTER", "SETTING")) {
      int sign = indexOfAssignment(sql, 3);
      return Optional.of(
          command(
              none -> {
                String value = sql.tokens().get(sign + 1).value();
                settings.set(joined(sql, 3, sign), value);
                return Answer.NOTHING;
              }));
    }
    return Optional.empty();
  }

  private String valueOr(String setting, String otherwise) {
    try {
      return settings.get(setting);
    } catch (Refusal e) {
      return otherwise; // told when the statement runs
    }
  }

  private static int indexOfAssignment(Sql sql, int from) {
    for (int i = from; i < sql.tokens().size() - 1; i++) {
      if (sql.hasAt(i, "=") || sql.hasAt(i, "TO")) {
        return i;
      }
    }
    return sql.tokens().size() - 2;
  }

  private static String joined(Sql sql, int from, int to) {
    StringBuilder name = new StringBuilder();
    sql.tokens().subList(from, to).forEach(token -> name.append(token.value()));
    return name.toString();
  }

  /** {@code SET disable_changefeed_replication = true}, {@code SHOW} and {@code RESET} of it. */
  private Optional<Rewritten> hiding(Sql sql) {
    int at = sql.hasAt(1, "SESSION") ? 2 : 1;
    if (!sql.hasAt(at, HIDE)) {
      return Optional.empty();
    } else if (sql.startsWith("SHOW")) {
      String shown = "CASE WHEN belay_standin.is_hidden() THEN 'on' ELSE 'off' END";
      return Optional.of(Rewritten.text("SELECT " + shown + " AS " + HIDE));
    } else if (sql.startsWith("RESET")) {
      return Optional.of(hide(false));
    } else if (sql.startsWith("SET") && sql.tokens().size() == at + 3) {
      String value = sql.tokens().get(at + 2).value().toLowerCase(Locale.ROOT);
      if (!TRUE.contains(value) && !FALSE.contains(value)) {
        return Optional.of(
            command(
                none -> {
                  throw Refusal.invalid(
                      "parameter \"" + HIDE + "\" requires a Boolean value: \"" + value + "\"");
                }));
      }
      return Optional.of(hide(TRUE.contains(value)));
    }
    return Optional.empty();
  }

  private static Rewritten hide(boolean hide) {
    return Rewritten.text("CALL belay_standin.hide_from_changefeeds(" + hide + ")");
  }

  private Optional<Rewritten> version(Sql sql) {
    if (!sql.isExactly("SELECT", "version", "(", ")") && !sql.isExactly("SHOW", "VERSION")) {
      return Optional.empty();
    }
    String text = "CockroachDB CCL " + cluster.version() + " (stand-in on PostgreSQL)";
    return Optional.of(Rewritten.text("SELECT '" + text + "'::text AS version"));
  }

  private Sql upsert(Sql sql) throws SQLException {
    Optional<Upsert> upsert = Upsert.parse(sql);
    if (upsert.isEmpty()) {
      return sql;
    }
    Catalog catalog = catalog();
    Optional<Catalog.Found> found = catalog.find(upsert.get().table());
    Optional<TableShape> shape =
        found.isPresent() ? catalog.table(found.get().id()) : Optional.empty();
    return shape
        .filter(TableShape::hasKey)
        .map(table -> Sql.of(upsert.get().asInsert(table)))
        .orElse(sql);
  }

  private synchronized Catalog catalog() throws SQLException {
    if (catalog.isEmpty()) {
      catalog = Optional.of(new Catalog(capture.connect(), capture.database()));
    }
    return catalog.get();
  }

  @Override
  public synchronized void close() throws SQLException {
    if (catalog.isPresent()) {
      catalog.get().close();
    }
  }

  /** Spellings, and pieces that may stand anywhere in a statement. */
  private Rewritten general(Sql original) {
    Sql sql = Sql.of(Dialect.translate(Sql.of(JsonFunctions.translate(original))));
    Edits edits = new Edits(sql);
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "cluster_logical_timestamp", "(", ")")) {
        String token = ask(questions, none -> Answer.of(capture.fence().time().toString()));
        edits.replace(i, i + 2, "belay_standin.answer('" + token + "')::numeric");
      } else if (sql.hasAt(i, "[", "SHOW")) {
        jobs(sql, i + 1, questions)
            .filter(jobs -> sql.hasAt(jobs.last() + 1, "]"))
            .ifPresent(
                jobs -> edits.replace(jobs.first() - 1, jobs.last() + 1, "(" + jobs.query() + ")"));
      } else if (i == 0 || !sql.hasAt(i - 1, "[")) {
        jobs(sql, i, questions)
            .ifPresent(jobs -> edits.replace(jobs.first(), jobs.last(), jobs.query()));
      }
    }
    return new Rewritten(edits.apply(), questions, false);
  }

  /** A listing of jobs within a statement, and the query for it. */
  private record Jobs(int first, int last, String query) {}

  private Optional<Jobs> jobs(Sql sql, int at, List<Question> questions) {
    if (!sql.hasAt(at, "SHOW")) {
      return Optional.empty();
    }
    boolean changefeeds = sql.hasAt(at + 1, "CHANGEFEED");
    int word = changefeeds ? at + 2 : at + 1;
    if (sql.hasAt(word, "JOBS")) {
      return Optional.of(new Jobs(at, word, query(changefeeds, questions)));
    } else if (sql.hasAt(word, "JOB") && word + 1 < sql.tokens().size()) {
      int last = endOfOperand(sql, word + 1);
      String id = sql.text().substring(sql.tokens().get(word).end(), sql.tokens().get(last).end());
      String query = query(changefeeds, questions) + " WHERE job_id =" + id;
      return Optional.of(new Jobs(at, last, query));
    }
    return Optional.empty();
  }

  private String query(boolean changefeedColumns, List<Question> questions) {
    String token = ask(questions, none -> Answer.of(describe(changefeeds.list())));
    String columns =
        changefeedColumns
            ? "*"
            : "job_id, 'CHANGEFEED'::text AS job_type, description, user_name, status,"
                + " running_status, created, started, finished, modified, error";
    return "SELECT " + columns + " FROM belay_standin.changefeed_jobs('" + token + "')";
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

  private static String ask(List<Question> questions, Asked asked) {
    String token = Answers.newToken();
    questions.add(new Question(token, asked));
    return token;
  }

  private static Rewritten value(String type, String column, Asked asked) {
    List<Question> questions = new ArrayList<>();
    String token = ask(questions, asked);
    String sql = "SELECT belay_standin.answer('" + token + "')::" + type + " AS " + column;
    return new Rewritten(sql, questions, true);
  }

  private static Rewritten command(Asked asked) {
    List<Question> questions = new ArrayList<>();
    String token = ask(questions, asked);
    return new Rewritten("CALL belay_standin.settle('" + token + "')", questions, true);
  }

  /** Puts parameters into the text, as literals. */
  private static Sql withValues(Sql sql, List<String> parameters) {
    return withLiterals(sql, number -> parameters.get(number - 1));
  }

  private static Sql quotedParameters(Sql sql) {
    return withLiterals(sql, number -> "$" + number);
  }

  private static Sql withLiterals(Sql sql, IntFunction<String> values) {
    Edits edits = new Edits(sql);
    for (int i = 0; i + 1 < sql.tokens().size(); i++) {
      Token number = sql.tokens().get(i + 1);
      if (sql.hasAt(i, "$") && number.kind() == Token.Kind.NUMBER) {
        String value = values.apply(Integer.parseInt(number.text()));
        edits.replace(i, i + 1, "'" + value.replace("'", "''") + "'");
      }
    }
    return Sql.of(edits.apply());
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
