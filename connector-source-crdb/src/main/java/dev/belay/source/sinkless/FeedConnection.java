package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * A session that does nothing but read a changefeed's rows, each as it comes. pgjdbc opens it, with
 * all that a URL may ask for (hosts, TLS, certificates); then we read its stream ourselves, because
 * pgjdbc keeps rows back until a whole fetch is there. See {@code docs/decisions/sinkless-rows.md}.
 * One thread reads; {@link #close} may come from another, and ends what that thread waits for.
 */
final class FeedConnection implements AutoCloseable {
  private static final byte[] NONE = new byte[0];
  private static final int HEADER = 4;
  private static final int NULL = -1;

  private final Connection connection;
  private final PGStream stream;
  private byte[] table = new byte[256];
  private int tableLength;
  private byte[] key = NONE;
  private byte[] value = NONE;

  private FeedConnection(Connection connection, PGStream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  /**
   * Connects.
   *
   * @param silence after which the session counts as lost though nothing said so
   */
  static FeedConnection open(Cluster.Address address, Duration silence) throws SQLException {
    Properties properties = Cluster.properties(address);
    // UTF-8 by nature, and rows are bytes to us: what the driver would do with them is not wanted
    properties.setProperty(PGProperty.PREFER_QUERY_MODE.getName(), "extended");
    Connection connection = DriverManager.getConnection(address.url(), properties);
    try {
      Cluster.settle(connection, Duration.ZERO);
      connection.setNetworkTimeout(
          Runnable::run, Math.toIntExact(Math.min(silence.toMillis(), Integer.MAX_VALUE)));
      return new FeedConnection(connection, stream(connection));
    } catch (SQLException | RuntimeException e) {
      abort(connection);
      throw e;
    }
  }

  private static PGStream stream(Connection connection) throws SQLException {
    try {
      // the driver's only way to its stream; the version is the one we ship
      Field field = QueryExecutorBase.class.getDeclaredField("pgStream");
      field.setAccessible(true);
      return (PGStream) field.get(connection.unwrap(PgConnection.class).getQueryExecutor());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This version of pgjdbc keeps its stream elsewhere.", e);
    }
  }

  /** Asks for rows: all there will ever be, keys and values as plain bytes. */
  void ask(String sql) throws IOException {
    byte[] query = sql.getBytes(StandardCharsets.UTF_8);
    stream.sendChar('P');
    stream.sendInteger4(HEADER + 1 + query.length + 1 + 2);
    stream.sendChar(0);
    stream.send(query);
    stream.sendChar(0);
    stream.sendInteger2(0);
    stream.sendChar('B');
    stream.sendInteger4(HEADER + 1 + 1 + 2 + 2 + 2 + 2);
    stream.sendChar(0);
    stream.sendChar(0);
    stream.sendInteger2(0);
    stream.sendInteger2(0);
    stream.sendInteger2(1);
    stream.sendInteger2(1); // binary
    stream.sendChar('E');
    stream.sendInteger4(HEADER + 1 + 4);
    stream.sendChar(0);
    stream.sendInteger4(0); // no limit, so no round trip either
    stream.sendChar('S');
    stream.sendInteger4(HEADER);
    stream.flush();
  }

  /**
   * Waits for the next row.
   *
   * @return false if the statement has ended
   * @throws SQLException what the server says
   * @throws IOException if the session is lost
   */
  boolean next() throws IOException, SQLException {
    while (true) {
      int type = stream.receiveChar();
      int length = stream.receiveInteger4() - HEADER;
      switch (type) {
        case 'D' -> {
          row();
          return true;
        }
        case 'E' -> {
          String error = new String(stream.receive(length), StandardCharsets.UTF_8);
          throw new PSQLException(new ServerErrorMessage(error));
        }
        case 'Z' -> {
          return false;
        }
        default -> stream.skip(length); // parsed, bound, a notice, a setting, done
      }
    }
  }

  private void row() throws IOException {
    int columns = stream.receiveInteger2();
    if (columns != 3) {
      throw new IOException("a row of " + columns + " columns is no row of a changefeed");
    }
    tableLength = Math.max(0, stream.receiveInteger4());
    if (tableLength > table.length) {
      table = new byte[tableLength];
    }
    stream.receive(table, 0, tableLength);
    key = bytes();
    value = bytes();
  }

  private byte[] bytes() throws IOException {
    int length = stream.receiveInteger4();
    return length == NULL ? NONE : stream.receive(length);
  }

  /** What the table is called, in the first {@link #tableLength} bytes; reused by the next row. */
  byte[] table() {
    return table;
  }

  /** 0 for a resolved time. */
  int tableLength() {
    return tableLength;
  }

  /** Empty for a resolved time. */
  byte[] key() {
    return key;
  }

  byte[] value() {
    return value;
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException gone) {
      // it was lost before
    }
  }

  @Override
  public void close() {
    abort(connection);
  }
}
