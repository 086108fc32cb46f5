package dev.belay.testkit.standin.proxy;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Rewrites the statements of one session, on its thread. What belongs to PostgreSQL stays as it is;
 * so does what belongs to nobody, for PostgreSQL to refuse.
 */
final class Statements implements FeedPortals.Opener, AutoCloseable {

  private static final Set<String> TRUE = Set.of("true", "on", "yes", "1", "t");
  private static final Set<String> FALSE = Set.of("false", "off", "no", "0", "f", "default");
  private static final String HIDE = "disable_changefeed_replication";

  private final Session session;
  private final Capture capture;
  private final ClusterSettings settings;
  private final Cluster cluster;
  private final List<Room> rooms;
  private final Listings listings;
  // Opened by the first statement that needs it.
  private Optional<Catalog> catalog = Optional.empty();

  /** Knows some statements of CockroachDB. */
  @FunctionalInterface
  interface Room {
    /** The statement in PostgreSQL's words; empty if it is not one of these. */
    Optional<Rewritten> rewrite(Sql sql);
  }

  Statements(Session session) {
    this.session = session;
    this.capture = session.capture();
    this.settings = session.settings();
    this.cluster = session.cluster();
    this.rooms =
        List.of(
            new JobStatements(session, this::rewrite),
            new ConnectionStatements(session),
            new GrantStatements(session),
            new RoleStatements(session),
            new ZoneStatements(session),
            new TriggerStatements(session));
    this.listings = new Listings(session);
  }

  /** What this session reads of the past. */
  PastReading past() {
    return session.past();
  }

  Rewritten rewrite(Sql sql) throws SQLException {
    if (Changefeeds.canCreate(quotedParameters(sql))) {
      return Rewritten.value("int8", "job_id", parameters -> create(withValues(sql, parameters)));
    }
    Optional<Rewritten> found =
        rooms.stream()
            .flatMap(room -> room.rewrite(sql).stream())
            .findFirst()
            .or(() -> clusterSetting(sql))
            .or(() -> hiding(sql))
            .or(() -> version(sql));
    if (found.isPresent()) {
      return found.get();
    }
    try {
      return general(past().rewrite(sql).orElse(upsert(sql)));
    } catch (Refusal e) {
      return Rewritten.value("text", "refused", refusing(e));
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
    return session.changefeeds().open(withValues(sql, parameters), capture, session.user(), rows);
  }

  private void requireRangefeeds() {
    if (!settings.isOn(ClusterSettings.RANGEFEEDS)) {
      throw rangefeedsAreOff(cluster);
    }
  }

  private Answer create(Sql sql) throws SQLException {
    requireRangefeeds();
    List<String> notices = new ArrayList<>();
    long id = session.changefeeds().create(sql, capture, session.user(), notices::add);
    JobStatus job = session.changefeeds().find(id).orElseThrow();
    List.of(job.topics().split(","))
        .forEach(topic -> notices.add("changefeed will emit to topic " + topic));
    return new Answer(Long.toString(id), notices);
  }

  static Refusal rangefeedsAreOff(Cluster cluster) {
    return Refusal.uncoded(
        "rangefeeds require the "
            + ClusterSettings.RANGEFEEDS
            + " setting. See https://www.cockroachlabs.com/docs/v"
            + cluster.release()
            + "/create-and-configure-changefeeds.html#enable-rangefeeds");
  }

  private Optional<Rewritten> clusterSetting(Sql sql) {
    if (sql.startsWith("SHOW", "CLUSTER", "SETTING")) {
      String name = joined(sql, 3, sql.tokens().size());
      boolean isFlag = Set.of("true", "false").contains(valueOr(name, ""));
      String column = '"' + name.replace("\"", "") + '"';
      return Optional.of(Rewritten.value(isFlag ? "bool" : "text", column, none -> show(name)));
    } else if (sql.startsWith("SET", "CLUSTER", "SETTING")) {
      int sign = indexOfAssignment(sql, 3);
      return Optional.of(
          Rewritten.command(
              none -> {
                String value = sql.tokens().get(sign + 1).value();
                String name = joined(sql, 3, sign);
                settings.get(name);
                session.access().checkSet(session.user(), name);
                settings.set(name, value);
                return Answer.NOTHING;
              }));
    }
    return Optional.empty();
  }

  private Answer show(String name) throws SQLException {
    String value = settings.get(name);
    session.access().checkShow(session.user(), name);
    return Answer.of(value);
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
            Rewritten.command(
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
    String text = product() + " (stand-in on PostgreSQL)";
    return Optional.of(Rewritten.text("SELECT '" + text + "'::text AS version"));
  }

  /** What a session is greeted with: drivers know CockroachDB by it. */
  String product() {
    return "CockroachDB CCL " + cluster.version();
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

  /** What a listing of tables is made from, for this user. */
  private String tables() throws SQLException {
    String user = session.user();
    if (session.access().listsAll(user, capture.database())) {
      return "pg_catalog.pg_class";
    }
    String watched =
        session.access().watched(user, capture.database()).stream()
            .map(id -> " OR r.oid = " + id)
            .collect(Collectors.joining());
    return "(SELECT r.* FROM pg_catalog.pg_class r WHERE r.relkind NOT IN ('r', 'p')"
        + " OR has_table_privilege(r.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        + watched
        + ")";
  }

  /** Spellings, and pieces that may stand anywhere in a statement. */
  private Rewritten general(Sql original) throws SQLException {
    Sql sql =
        Sql.of(
            InformationSchema.translate(
                Sql.of(Dialect.translate(Sql.of(JsonFunctions.translate(original))))));
    Edits edits = new Edits(sql);
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "cluster_logical_timestamp", "(", ")")) {
        String token =
            Listings.ask(questions, none -> Answer.of(capture.fence().time().toString()));
        edits.replace(i, i + 2, "belay_standin.answer('" + token + "')::numeric");
      } else if (sql.hasAt(i, "pg_catalog", ".", "pg_class")) {
        edits.replace(i, i + 2, tables());
      } else if (sql.hasAt(i, "crdb_internal", ".", "has_role_option", "(")
          && sql.hasAt(i + 5, ")")) {
        String option = sql.tokens().get(i + 4).value();
        String token = Listings.ask(questions, none -> Answer.of("" + hasRoleOption(option)));
        edits.replace(i, i + 5, "belay_standin.answer('" + token + "')::bool");
      } else if (sql.hasAt(i, "[", "SHOW")) {
        listings
            .find(sql, i + 1, questions)
            .filter(found -> sql.hasAt(found.last() + 1, "]"))
            .ifPresent(
                found ->
                    edits.replace(found.first() - 1, found.last() + 1, "(" + found.query() + ")"));
      } else if (i == 0 || !sql.hasAt(i - 1, "[")) {
        listings
            .find(sql, i, questions)
            .ifPresent(found -> edits.replace(found.first(), found.last(), found.query()));
      }
    }
    return new Rewritten(edits.apply(), questions, false);
  }

  private boolean hasRoleOption(String option) throws SQLException {
    if (!RoleStatements.OURS.contains(option)) {
      throw new Refusal("42601", "unrecognized role option " + option);
    }
    return session.access().hasRoleOption(session.user(), option);
  }

  /** Puts parameters into the text, as literals. */
  static Sql withValues(Sql sql, List<String> parameters) {
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
}
