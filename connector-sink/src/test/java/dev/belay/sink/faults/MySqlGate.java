package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.Wire;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * By named locks. Nothing runs at COMMIT here, so the command itself is held on its way: the sink
 * has sent it, and the database has not done it yet.
 */
final class MySqlGate extends Gate {
  private static final int SECONDS = 60;

  private final Wire wire;
  private Optional<Wire.Hold> commit = Optional.empty();
  private long before;

  MySqlGate(TargetDatabase db, Connection holder, Wire wire) {
    super(db, holder);
    this.wire = wire;
  }

  static void build(TargetDatabase db) {
    for (String event : List.of("INSERT", "UPDATE")) {
      db.sql(
          "CREATE TRIGGER gate_"
              + event
              + " AFTER "
              + event
              + " ON account FOR EACH ROW BEGIN DO GET_LOCK('"
              + name(db)
              + "', "
              + SECONDS
              + "); DO RELEASE_LOCK('"
              + name(db)
              + "'); END");
    }
  }

  private static String name(TargetDatabase db) {
    return "gate of " + db.name();
  }

  @Override
  void shutAtWriting() throws SQLException {
    hold("SELECT GET_LOCK('" + name(db) + "', " + SECONDS + ")");
  }

  @Override
  void shutAtCommit() {
    commit = Optional.of(wire.holdAt(() -> new CommitOfAccounts(db.name())));
  }

  @Override
  boolean isSinkHere() {
    return commit.map(Wire.Hold::isHolding).orElseGet(() -> isSinkWaiting(db));
  }

  @Override
  void look() {
    before = positions();
  }

  /** Each of the sink's transactions moves a position. */
  @Override
  boolean isDone() {
    return positions() > before;
  }

  private long positions() {
    return Long.parseLong(db.value("SELECT count(*) FROM audit_position"));
  }

  /** In a trigger a session goes by the name of the trigger's owner. */
  static boolean isSinkWaiting(TargetDatabase db) {
    String of = "SELECT id FROM information_schema.processlist WHERE command = 'Query' AND ";
    return !db.rows(
                of
                    + "state = 'User lock' AND db = '"
                    + db.name()
                    + "' AND info NOT LIKE 'SELECT GET_LOCK%'")
            .isEmpty()
        || !db.rows(of + "user = '" + db.role() + "'").isEmpty()
            && !db.value("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'").endsWith("|0");
  }

  @Override
  void open() {
    commit.ifPresent(Wire.Hold::close);
    super.open();
  }

  /** Knows, in what a session sends, the COMMIT after rows of {@code account} were written. */
  private static final class CommitOfAccounts implements Predicate<byte[]> {
    /**
     * Length of the packet, its number, the command, with Connector/J that it has no attributes,
     * and the text.
     */
    private static final Pattern COMMIT =
        Pattern.compile("(?i)(\\t\\x00\\x00\\x00\\x03\\x00\\x01|\\x07\\x00\\x00\\x00\\x03)COMMIT$");

    private final String insert;
    private boolean written;

    CommitOfAccounts(String database) {
      insert = "INSERT INTO `" + database + "`.`account`";
    }

    @Override
    public boolean test(byte[] piece) {
      String text = new String(piece, StandardCharsets.ISO_8859_1);
      written |= text.contains(insert);
      return written && COMMIT.matcher(text).find();
    }
  }
}
