package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.capture.Capture.Fence;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Copies of tables as they were at a time: the table of an {@link AlignedSnapshot}, with what the
 * log says happened since undone. A copy is made when it is first asked for and kept for those who
 * ask again, so that the pages of a long read are of one picture, whoever writes meanwhile.
 *
 * <p>Limits: as far back as the log reaches; not behind a TRUNCATE; columns as they are now, with
 * NULL where the old row had none. The newest {@value #KEPT} copies are kept. Any thread.
 */
public final class PastTables {

  /** Hidden column of a copy: when the version of the row was committed, as DECIMAL. */
  public static final String COMMITTED = "crdb_internal_mvcc_timestamp";

  private static final int KEPT = 32;

  private record Wanted(Hlc time, long tableId) {}

  /**
   * A table as it was.
   *
   * @param name qualified, as SQL
   * @param columns quoted, without the hidden one
   */
  public record Copy(String name, List<String> columns) {
    public Copy {
      columns = List.copyOf(columns);
    }
  }

  private final Capture capture;
  private final Map<Wanted, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);
  private long made;

  public PastTables(Capture capture) {
    this.capture = capture;
  }

  /**
   * @throws Refusal if the time is in the future, too old, or behind something that cannot be
   *     undone
   */
  public synchronized Copy at(Hlc time, long tableId) throws SQLException {
    Wanted wanted = new Wanted(time, tableId);
    Copy known = copies.get(wanted);
    if (known == null) {
      known = make(wanted);
      copies.put(wanted, known);
      forgetOldest();
    }
    return known;
  }

  private Copy make(Wanted wanted) throws SQLException {
    CommitLog log = capture.log();
    // Taken before the fence, so that nothing which is to be undone leaves the log.
    try (CommitLog.Hold hold = log.hold()) {
      Fence now = capture.fence();
      if (wanted.time().isAfter(now.time())) {
        throw new Refusal(
            "XXUUU",
            "AS OF SYSTEM TIME: cannot specify timestamp in the future ("
                + wanted.time().inSeconds()
                + " > "
                + now.time().inSeconds()
                + ")");
      }
      long position = log.positionAfter(wanted.time()).orElseThrow(() -> log.tooOld(wanted.time()));
      hold.moveTo(position);
      try (AlignedSnapshot snapshot = AlignedSnapshot.take(capture)) {
        Catalog catalog = new Catalog(snapshot.connection(), capture.database());
        TableShape shape =
            catalog
                .table(wanted.tableId())
                .filter(TableShape::hasKey)
                .orElseThrow(
                    () ->
                        Refusal.notInStandIn(
                            "AS OF SYSTEM TIME for a table without a primary key"));
        if (catalog.madeAt(shape.id()).filter(made -> made.isAfter(wanted.time())).isPresent()) {
          throw new Refusal("42P01", "relation \"" + shape.fullName() + "\" does not exist");
        }
        List<Entry> since = log.read(position, snapshot.position(), Integer.MAX_VALUE);
        return make(snapshot, shape, undone(shape, since, wanted.time()));
      }
    }
  }

  /** A row as it was, with the time of its version; no row if there was none. */
  private record Before(RowChange change, Hlc committed) {}

  /** By key, what rows were before the first change that came after the time. */
  private Map<List<String>, Before> undone(TableShape shape, List<Entry> since, Hlc time) {
    Map<List<String>, RowChange> first = new LinkedHashMap<>();
    for (Entry entry : since) {
      if (entry.losses().stream().anyMatch(loss -> loss.tableId() == shape.id())) {
        throw Refusal.notInStandIn("reading a table as of a time before it was truncated");
      }
      for (RowChange change : entry.changes()) {
        if (change.shape().id() == shape.id()) {
          first.putIfAbsent(change.image().keyOf(change.shape()), change);
        }
      }
    }
    Map<List<String>, Hlc> committed = first.isEmpty() ? Map.of() : committed(shape, time);
    Map<List<String>, Before> undone = new LinkedHashMap<>();
    // Of a version older than the log it is known only that it is no newer than the time.
    first.forEach(
        (key, change) -> undone.put(key, new Before(change, committed.getOrDefault(key, time))));
    return undone;
  }

  private Map<List<String>, Hlc> committed(TableShape shape, Hlc time) {
    Map<List<String>, Hlc> newest = new HashMap<>();
    CommitLog log = capture.log();
    for (Entry entry : log.read(log.oldest(), log.end(), Integer.MAX_VALUE)) {
      if (entry.time().isAfter(time)) {
        break;
      }
      for (RowChange change : entry.changes()) {
        if (change.shape().id() == shape.id()) {
          newest.put(change.image().keyOf(change.shape()), entry.time());
        }
      }
    }
    return newest;
  }

  private Copy make(AlignedSnapshot snapshot, TableShape shape, Map<List<String>, Before> undone)
      throws SQLException {
    made++;
    Copy copy =
        new Copy(
            "belay_standin.past_" + made,
            shape.columns().stream().map(Column::name).map(PastTables::quote).toList());
    try (Connection connection = capture.connect()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION SNAPSHOT '" + exported(snapshot) + "'");
        statement.execute(copySql(copy, shape));
        List<String> types = types(connection, copy, shape.columns().size());
        correctTimes(connection, copy);
        undo(connection, copy, shape, types, undone);
        statement.execute(
            "CREATE UNIQUE INDEX ON " + copy.name() + " (" + keyOf(copy, shape) + ")");
        statement.execute("GRANT SELECT ON " + copy.name() + " TO PUBLIC");
        statement.execute("ANALYZE " + copy.name());
      }
      connection.commit();
    }
    return copy;
  }

  private static String exported(AlignedSnapshot snapshot) throws SQLException {
    try (Statement statement = snapshot.connection().createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
      row.next();
      return row.getString(1);
    }
  }

  private static String copySql(Copy copy, TableShape shape) {
    return "CREATE UNLOGGED TABLE "
        + copy.name()
        + " AS SELECT "
        + String.join(", ", copy.columns())
        + ", "
        + committed("xmin")
        + " AS "
        + COMMITTED
        + ", xmin::text AS belay_xmin FROM "
        + quote(shape.schema())
        + "."
        + quote(shape.name());
  }

  /**
   * When a version of a row was committed, as SQL, but for the few transactions whose time was
   * moved.
   *
   * @param xmin the system column, qualified where it must be
   */
  public static String committed(String xmin) {
    return "((extract(epoch FROM pg_xact_commit_timestamp("
        + xmin
        + ")) * 1000000)::int8::numeric * 1000 + 0.0000000000)";
  }

  private static List<String> types(Connection connection, Copy copy, int columns)
      throws SQLException {
    List<String> types = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = ?::regclass"
                + " AND attnum BETWEEN 1 AND ? ORDER BY attnum")) {
      query.setString(1, copy.name());
      query.setInt(2, columns);
      ResultSet row = query.executeQuery();
      while (row.next()) {
        types.add(row.getString(1));
      }
    }
    return types;
  }

  /** Some transactions have another time than their commit record says. */
  private void correctTimes(Connection connection, Copy copy) throws SQLException {
    Map<Integer, Hlc> moved = capture.movedTimes();
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + copy.name()
                + " SET "
                + COMMITTED
                + " = moved.time FROM unnest(?::text[], ?::numeric[]) moved(id, time)"
                + " WHERE belay_xmin = moved.id")) {
      List<Map.Entry<Integer, Hlc>> all = List.copyOf(moved.entrySet());
      String[] ids =
          all.stream().map(e -> Integer.toUnsignedString(e.getKey())).toArray(String[]::new);
      BigDecimal[] times =
          all.stream().map(e -> e.getValue().toDecimal()).toArray(BigDecimal[]::new);
      update.setArray(1, connection.createArrayOf("text", ids));
      update.setArray(2, connection.createArrayOf("numeric", times));
      update.executeUpdate();
    }
  }

  private static void undo(
      Connection connection,
      Copy copy,
      TableShape shape,
      List<String> types,
      Map<List<String>, Before> undone)
      throws SQLException {
    if (undone.isEmpty()) {
      return;
    }
    List<List<String>> keys = List.copyOf(undone.keySet());
    String places = shape.key().stream().map(at -> "?::text[]").collect(Collectors.joining(", "));
    String names = numbered("k", shape.key().size());
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < shape.key().size(); i++) {
      int at = shape.key().get(i);
      conditions.add("c." + copy.columns().get(at) + " = gone.k" + i + "::" + types.get(at));
    }
    String delete =
        "DELETE FROM %s c USING unnest(%s) gone(%s) WHERE %s"
            .formatted(copy.name(), places, names, String.join(" AND ", conditions));
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      for (int i = 0; i < shape.key().size(); i++) {
        int at = i;
        String[] values = keys.stream().map(key -> key.get(at)).toArray(String[]::new);
        statement.setArray(i + 1, connection.createArrayOf("text", values));
      }
      statement.executeUpdate();
    }
    insert(connection, copy, shape, types, undone.values());
  }

  private static void insert(
      Connection connection, Copy copy, TableShape shape, List<String> types, Iterable<Before> rows)
      throws SQLException {
    StringBuilder values = new StringBuilder();
    StringBuilder places = new StringBuilder();
    for (int i = 0; i < types.size(); i++) {
      values.append("v").append(i).append("::").append(types.get(i)).append(", ");
      places.append("?::text[], ");
    }
    String insert =
        "INSERT INTO %s (%s, %s) SELECT %s committed FROM unnest(%s ?::numeric[]) was(%s, committed)"
            .formatted(
                copy.name(),
                String.join(", ", copy.columns()),
                COMMITTED,
                values,
                places,
                numbered("v", types.size()));
    List<List<String>> columns = new ArrayList<>();
    shape.columns().forEach(column -> columns.add(new ArrayList<>()));
    List<BigDecimal> times = new ArrayList<>();
    for (Before before : rows) {
      Optional<Row> row = before.change().before();
      if (row.isPresent()) {
        List<String> then = before.change().shape().columns().stream().map(Column::name).toList();
        for (int i = 0; i < columns.size(); i++) {
          int at = then.indexOf(shape.columns().get(i).name());
          columns.get(i).add(at < 0 ? null : row.get().text(at).orElse(null));
        }
        times.add(before.committed().toDecimal());
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      for (int i = 0; i < columns.size(); i++) {
        String[] column = columns.get(i).toArray(String[]::new);
        statement.setArray(i + 1, connection.createArrayOf("text", column));
      }
      BigDecimal[] committed = times.toArray(BigDecimal[]::new);
      statement.setArray(columns.size() + 1, connection.createArrayOf("numeric", committed));
      statement.executeUpdate();
    }
  }

  private static String numbered(String name, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(name + i);
    }
    return String.join(", ", names);
  }

  private static String keyOf(Copy copy, TableShape shape) {
    return shape.key().stream().map(copy.columns()::get).collect(Collectors.joining(", "));
  }

  private void forgetOldest() throws SQLException {
    Iterator<Copy> oldest = copies.values().iterator();
    while (copies.size() > KEPT) {
      Copy copy = oldest.next();
      try (Connection connection = capture.connect();
          Statement statement = connection.createStatement()) {
        // Somebody may still be reading it: then it stays until the next time.
        statement.execute("SET lock_timeout = '50ms'");
        statement.execute("DROP TABLE " + copy.name());
        oldest.remove();
      } catch (SQLException e) {
        if (!"55P03".equals(e.getSQLState())) {
          throw e;
        }
        return;
      }
    }
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
