package dev.belay.cli.verify;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Compares a range of a table, at one moment. The databases hash their rows and only sums travel;
 * where these differ the range is parted until it is small, and then its rows are compared one by
 * one. Columns that both databases cannot write alike make rows travel always. One thread, and one
 * more that asks the source meanwhile.
 */
final class RangeComparer {

  /** So few rows that to read them takes no longer than to part them. */
  private static final int FEW = 2_000;

  private static final int PARTS = 8;

  /** So many rows a driver holds at once, which else would hold all. */
  private static final int FETCH = 2_000;

  private final Sides<Connection> sessions;
  private final Sides<TableSql> sql;
  private final Sides<Dialect> dialects;
  private final TablePair pair;
  private final boolean hashed;
  private final Executor beside;
  private final Differences differences;

  /**
   * @param beside runs what is asked of the source
   * @param differences takes rows that differ
   */
  RangeComparer(
      Sides<Connection> sessions,
      Sides<Dialect> dialects,
      TablePair pair,
      Optional<String> filter,
      Executor beside,
      Differences differences) {
    this.sessions = sessions;
    this.dialects = dialects;
    this.pair = pair;
    this.hashed = TableSql.isHashed(dialects, pair);
    this.sql =
        new Sides<>(
            new TableSql(dialects, true, pair, filter),
            new TableSql(dialects, false, pair, filter));
    this.beside = beside;
    this.differences = differences;
  }

  /** Takes a row that differs. */
  @FunctionalInterface
  interface Differences {
    void add(Difference difference);
  }

  /** Work with a session. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(Connection session, TableSql sql, ColumnSide which) throws SQLException;
  }

  /** A number of rows, and what their hashes add up to. */
  private record Digest(long rows, BigDecimal sum) {}

  Counts compare(KeyRange range) throws SQLException {
    if (!hashed) {
      return rows(range, List.of());
    }
    Sides<Digest> digests = both((session, side, which) -> digest(session, side, which, range));
    if (digests.source().equals(digests.target())) {
      return new Counts(digests.source().rows(), digests.target().rows(), 0, 0, 0);
    }
    long rows = Math.max(digests.source().rows(), digests.target().rows());
    if (rows <= FEW) {
      return rows(range, List.of());
    }
    List<KeyRange> parts = parts(range, Math.max(FEW / 2, rows / PARTS));
    Counts counts = parts.size() > 1 ? each(parts) : buckets(range);
    if (counts.source() != digests.source().rows() || counts.target() != digests.target().rows()) {
      // a row that no part has would pass for equal
      throw new SQLException(
          "The parts of table "
              + pair.name()
              + " have "
              + counts.source()
              + " and "
              + counts.target()
              + " rows, and the whole has "
              + digests.source().rows()
              + " and "
              + digests.target().rows()
              + ": the two databases do not order its key alike. Please report the type of its first"
              + " key column.");
    }
    return counts;
  }

  private Counts each(List<KeyRange> parts) throws SQLException {
    Counts counts = Counts.NONE;
    for (KeyRange part : parts) {
      counts = counts.plus(compare(part));
    }
    return counts;
  }

  /**
   * Parts of a range, of about so many rows of the side that has more: together they are the whole.
   */
  List<KeyRange> parts(KeyRange range, long rows) throws SQLException {
    if (!pair.key().get(0).isOrdered()) {
      return List.of(range);
    }
    List<KeyRange> parts = new ArrayList<>();
    Optional<String> from = range.from();
    while (true) {
      Optional<String> next = boundary(new KeyRange(from, range.to()), rows);
      if (next.isEmpty()) {
        parts.add(new KeyRange(from, range.to()));
        return parts;
      }
      parts.add(new KeyRange(from, next));
      from = next;
    }
  }

  /** Of the source; of the target, where the source has no more rows. */
  private Optional<String> boundary(KeyRange range, long rows) throws SQLException {
    Optional<String> ofSource =
        boundary(sessions.source(), sql.source(), ColumnSide.SOURCE, range, rows);
    return ofSource.isPresent()
        ? ofSource
        : boundary(sessions.target(), sql.target(), ColumnSide.TARGET, range, rows);
  }

  private Optional<String> boundary(
      Connection session, TableSql side, ColumnSide which, KeyRange range, long rows)
      throws SQLException {
    try (PreparedStatement query = session.prepareStatement(side.boundary(range, rows))) {
      bind(query, which, range);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private void bind(PreparedStatement query, ColumnSide which, KeyRange range) throws SQLException {
    int at = 1;
    for (Optional<String> bound : List.of(range.from(), range.to())) {
      if (bound.isPresent()) {
        query.setString(at++, bindable(pair.key().get(0), which, bound.get()));
      }
    }
  }

  /** A key's text as the parameter of one side takes it, whichever side wrote it. */
  private static String bindable(ColumnPair column, ColumnSide which, String text) {
    Column own = which == ColumnSide.SOURCE ? column.source() : column.target();
    return switch (column.common()) {
      case UUID -> own.kind() == Kind.BYTES ? Canon.of(Kind.UUID, text) : text;
      case BOOLEAN -> Canon.of(Kind.BOOLEAN, text).equals("true") ? "1" : "0";
      default -> text;
    };
  }

  private Digest digest(Connection session, TableSql side, ColumnSide which, KeyRange range)
      throws SQLException {
    try (PreparedStatement query = session.prepareStatement(side.digest(range))) {
      bind(query, which, range);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return new Digest(row.getLong(1), whole(row.getBigDecimal(2)));
      }
    }
  }

  private static BigDecimal whole(BigDecimal sum) {
    return sum.setScale(0);
  }

  /** Rows that the key's order does not part: by the hash of their keys, in one more pass. */
  private Counts buckets(KeyRange range) throws SQLException {
    Sides<Map<String, Digest>> digests =
        both((session, side, which) -> buckets(session, side, which, range));
    List<String> different = new ArrayList<>();
    long alike = 0;
    Map<String, Digest> all = new TreeMap<>(digests.source());
    digests.target().forEach(all::putIfAbsent);
    for (String bucket : all.keySet()) {
      Digest source = digests.source().get(bucket);
      if (Objects.equals(source, digests.target().get(bucket))) {
        alike += source.rows();
      } else {
        different.add(bucket);
      }
    }
    Counts counts = new Counts(alike, alike, 0, 0, 0);
    return different.isEmpty() ? counts : counts.plus(rows(range, different));
  }

  private Map<String, Digest> buckets(
      Connection session, TableSql side, ColumnSide which, KeyRange range) throws SQLException {
    Map<String, Digest> buckets = new TreeMap<>();
    try (PreparedStatement query = session.prepareStatement(side.buckets(range))) {
      bind(query, which, range);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          buckets.put(row.getString(1), new Digest(row.getLong(2), whole(row.getBigDecimal(3))));
        }
      }
    }
    return buckets;
  }

  /** Row by row, in the order of the key. */
  private Counts rows(KeyRange range, List<String> buckets) throws SQLException {
    try (Rows left = new Rows(ColumnSide.SOURCE, range, buckets);
        Rows right = new Rows(ColumnSide.TARGET, range, buckets)) {
      return merge(left, right);
    }
  }

  private Counts merge(Rows left, Rows right) throws SQLException {
    long source = 0;
    long target = 0;
    long missing = 0;
    long extra = 0;
    long changed = 0;
    Optional<Row> a = left.next();
    Optional<Row> b = right.next();
    while (a.isPresent() || b.isPresent()) {
      int order = a.isEmpty() ? 1 : b.isEmpty() ? -1 : a.get().key().compareTo(b.get().key());
      if (order < 0) {
        missing++;
        differences.add(a.get().alone(pair, Difference.Of.MISSING));
      } else if (order > 0) {
        extra++;
        differences.add(b.get().alone(pair, Difference.Of.EXTRA));
      } else {
        Optional<Difference> difference = a.get().difference(pair, b.get());
        if (difference.isPresent()) {
          changed++;
          differences.add(difference.get());
        }
      }
      if (order <= 0) {
        source++;
        a = left.next();
      }
      if (order >= 0) {
        target++;
        b = right.next();
      }
    }
    return new Counts(source, target, missing, extra, changed);
  }

  /** The row on both sides as it is now, if it is there. */
  Sides<Optional<Row>> row(Map<String, String> key) throws SQLException {
    return new Sides<>(
        row(sessions.source(), sql.source(), ColumnSide.SOURCE, key),
        row(sessions.target(), sql.target(), ColumnSide.TARGET, key));
  }

  private enum ColumnSide {
    SOURCE,
    TARGET
  }

  private Optional<Row> row(
      Connection session, TableSql side, ColumnSide which, Map<String, String> key)
      throws SQLException {
    try (PreparedStatement query = session.prepareStatement(side.row())) {
      int at = 1;
      for (ColumnPair column : pair.key()) {
        query.setString(at++, bindable(column, which, key.get(column.name())));
      }
      try (ResultSet rows = query.executeQuery()) {
        // by the collation of its column a database may have found another key
        return rows.next()
            ? Optional.of(Row.read(pair, rows)).filter(row -> row.hasKey(pair, key))
            : Optional.empty();
      }
    }
  }

  /** Both sides at the same time. */
  private <T> Sides<T> both(Question<T> question) throws SQLException {
    CompletableFuture<T> source =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return question.ask(sessions.source(), sql.source(), ColumnSide.SOURCE);
              } catch (SQLException e) {
                throw new CompletionException(e);
              }
            },
            beside);
    T target;
    try {
      target = question.ask(sessions.target(), sql.target(), ColumnSide.TARGET);
    } catch (SQLException e) {
      // the session is the other thread's until it is done
      source.handle((result, failure) -> 0).join();
      throw e;
    }
    try {
      return new Sides<>(source.join(), target);
    } catch (CompletionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** The rows of one side. */
  private final class Rows implements AutoCloseable {
    private final PreparedStatement query;
    private final ResultSet result;
    private final String database;
    private Optional<Row> last = Optional.empty();

    Rows(ColumnSide which, KeyRange range, List<String> buckets) throws SQLException {
      boolean isSource = which == ColumnSide.SOURCE;
      Dialect dialect = isSource ? dialects.source() : dialects.target();
      TableSql side = isSource ? sql.source() : sql.target();
      database = dialect.name();
      query =
          (isSource ? sessions.source() : sessions.target())
              .prepareStatement(side.rows(range, buckets));
      query.setFetchSize(FETCH);
      bind(query, which, range);
      result = query.executeQuery();
    }

    Optional<Row> next() throws SQLException {
      if (!result.next()) {
        return Optional.empty();
      }
      Row row = Row.read(pair, result);
      // Merging rows that come in another order would report differences which are none.
      if (last.isPresent() && last.get().key().compareTo(row.key()) >= 0) {
        throw new SQLException(
            database
                + " orders the rows of table "
                + pair.name()
                + " by another collation than that of bytes, or two of its keys are one when they are"
                + " compared by value.");
      }
      last = Optional.of(row);
      return last;
    }

    @Override
    public void close() throws SQLException {
      result.close();
      query.close();
    }
  }
}
