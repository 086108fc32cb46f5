package dev.belay.sink.change;

/**
 * A record that is one of the events of a transaction at the source, whatever else it is.
 *
 * @param event what it is
 * @param transaction which transaction, as {@link TransactionEnd} names it
 * @param collection the source's name of the table, as {@link TransactionEnd} names it
 * @param order which of the transaction's events of that table it is, from 1
 * @param version its place among all versions; {@link HlcTimestamp#NONE} if it cannot be told
 */
public record TransactionEvent(
    Decoded event, String transaction, String collection, long order, HlcTimestamp version)
    implements Decoded {
  @Override
  public Origin origin() {
    return event.origin();
  }
}
