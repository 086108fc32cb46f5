package dev.belay.sink.change;

/**
 * What every change says of itself.
 *
 * @param table as the topic or the message named it, before any mapping
 * @param family the column family of a split feed's topic, else empty
 * @param updated {@link HlcTimestamp#NONE} if the feed does not carry it
 * @param mvcc the row version's own commit time; {@link HlcTimestamp#NONE} if not carried
 * @param before the row as it was
 * @param op what the wire called the change: {@code c}, {@code u}, {@code d} of an {@code enriched}
 *     feed, or the text of a projected {@code event_op()}; empty if the feed does not say. For
 *     people: whether a row is written or deleted is the type of the {@link Change}
 */
public record ChangeInfo(
    Origin origin,
    TableName table,
    String family,
    KeyParts key,
    HlcTimestamp updated,
    HlcTimestamp mvcc,
    Before before,
    String op) {

  /**
   * Whether the feed says that it is a row as it was at the time of a scan, and not a change at
   * that time. False where it does not carry the version's own time.
   */
  public boolean isOfScan() {
    return mvcc.isKnown() && updated.isAfter(mvcc);
  }

  /** Whether the feed says that the row was read from its table, and did not change. */
  public boolean isRead() {
    return op.equals("r");
  }

  /** When it was committed, where the version is no time itself. */
  public HlcTimestamp committed() {
    return mvcc.isKnown() ? mvcc : updated;
  }

  /** A change of a feed that does not name the operation. */
  public ChangeInfo(
      Origin origin,
      TableName table,
      String family,
      KeyParts key,
      HlcTimestamp updated,
      HlcTimestamp mvcc,
      Before before) {
    this(origin, table, family, key, updated, mvcc, before, "");
  }

  /**
   * The before image.
   *
   * @param sent whether the message had one at all (option {@code diff})
   * @param row {@link Row#NONE} if the row did not exist before, or if none was sent
   */
  public record Before(boolean sent, Row row) {
    public static final Before NOT_SENT = new Before(false, Row.NONE);
    public static final Before NO_ROW = new Before(true, Row.NONE);
  }
}
