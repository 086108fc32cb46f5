package dev.belay.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Ignored;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TransactionEnd;
import dev.belay.sink.change.TransactionEvent;
import dev.belay.sink.failure.StopException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransactionsTest {
  private final Transactions transactions =
      new Transactions("f.transaction", topic -> !topic.equals("f.s.unread"));
  private long offset;

  private void event(String transaction, String table, long order, HlcTimestamp version) {
    Origin origin = new Origin("f.s." + table, 0, offset++);
    transactions.take(
        new TransactionEvent(
            new Ignored(origin, "any"), transaction, "s." + table, order, version));
  }

  private long end(String transaction, HlcTimestamp position, Map<String, Long> events) {
    transactions.take(
        new TransactionEnd(
            new Origin("f.transaction", 0, offset), transaction, position, at(7_000), events));
    return offset++;
  }

  private static HlcTimestamp at(long place) {
    return new HlcTimestamp(place, 0);
  }

  private List<HlcTimestamp> complete() {
    return transactions.complete().stream().map(Transactions.Complete::upTo).toList();
  }

  @Test
  void transactionIsCompleteWithItsEndAndAllItsEventsInAnyOrder() {
    event("1", "orders", 2, at(11));
    end("1", at(20), Map.of("s.orders", 2L, "s.items", 1L));
    assertThat(complete()).isEmpty();
    event("1", "items", 1, at(12));
    assertThat(complete()).isEmpty();
    event("1", "orders", 1, at(10));
    assertThat(complete()).containsExactly(at(20));
    assertThat(complete()).isEmpty();
  }

  @Test
  void eventThatComesAgainIsCountedOnce() {
    event("1", "orders", 1, at(10));
    event("1", "orders", 1, at(10));
    end("1", at(20), Map.of("s.orders", 2L));
    assertThat(complete()).isEmpty();
  }

  @Test
  void laterTransactionWaitsForTheEarlierOne() {
    end("1", at(20), Map.of("s.orders", 1L));
    event("2", "orders", 1, at(21));
    end("2", at(30), Map.of("s.orders", 1L));
    assertThat(complete()).isEmpty();
    event("1", "orders", 1, at(10));
    assertThat(complete()).containsExactly(at(20), at(30));
  }

  @Test
  void tablesThatAreNotReadAreNotWaitedFor() {
    end("1", at(20), Map.of("s.unread", 3L));
    assertThat(complete()).containsExactly(at(20));
  }

  @Test
  void whereEndsHaveNoPositionTheNewestEventIsIt() {
    event("gtid:1", "orders", 1, at(10));
    event("gtid:1", "orders", 2, at(12));
    end("gtid:1", HlcTimestamp.NONE, Map.of("s.orders", 2L));
    end("gtid:2", HlcTimestamp.NONE, Map.of("s.unread", 1L));
    assertThat(complete()).containsExactly(at(12), at(12));
  }

  @Test
  void endsThatComeAgainAreNoNewTransactions() {
    event("1", "orders", 1, at(10));
    event("gtid:1", "orders", 1, at(21));
    end("1", at(20), Map.of("s.orders", 1L));
    end("gtid:1", HlcTimestamp.NONE, Map.of("s.orders", 1L));
    assertThat(complete()).containsExactly(at(20), at(21));
    event("1", "orders", 1, at(10));
    end("1", at(20), Map.of("s.orders", 1L));
    end("gtid:1", HlcTimestamp.NONE, Map.of("s.orders", 1L));
    assertThat(transactions.finding()).isEmpty();
    assertThat(complete()).isEmpty();
  }

  @Test
  void restartCountsWhatIsAboveThePosition() {
    event("1", "orders", 1, at(10));
    transactions.start(at(20));
    event("1", "orders", 1, at(10));
    end("1", at(20), Map.of("s.orders", 2L));
    assertThat(transactions.finding()).isEmpty();
    event("2", "orders", 1, at(25));
    long open = end("2", at(30), Map.of("s.orders", 2L));
    assertThat(transactions.firstAbove(at(20))).hasValue(open);
    event("2", "orders", 2, at(26));
    assertThat(complete()).containsExactly(at(30));
    assertThat(transactions.firstAbove(at(20))).hasValue(open);
    assertThat(transactions.firstAbove(at(30))).isEmpty();
  }

  @Test
  void whatIsWaitedForIsToldByTopic() {
    assertThat(transactions.awaited()).containsExactly("f.transaction");
    end("1", at(20), Map.of("s.orders", 3L, "s.items", 1L, "s.unread", 9L));
    event("1", "items", 1, at(10));
    event("1", "orders", 1, at(11));
    assertThat(transactions.awaited()).containsExactly("f.s.orders");
    assertThat(transactions.finding())
        .contains(
            "offset 0 of topic f.transaction, partition 0 lacks 2 events of topic f.s.orders.");
  }

  /** An end without a position whose transaction was over before a restart. */
  @Test
  void endOfATransactionThatIsOverIsKnownByItsEvents() {
    transactions.start(at(20));
    end("gtid:1", HlcTimestamp.NONE, Map.of("s.orders", 2L));
    assertThat(transactions.finding()).isNotEmpty();
    event("gtid:1", "orders", 2, at(20));
    assertThat(transactions.finding()).isEmpty();
    end("gtid:1", HlcTimestamp.NONE, Map.of("s.orders", 2L));
    assertThat(transactions.finding()).isEmpty();
  }

  /** What was counted of a transaction whose end somebody passed over is forgotten. */
  @Test
  void whatIsLeftOfAnEarlierTransactionIsForgotten() {
    event("1", "orders", 1, at(10));
    event("2", "orders", 1, at(25));
    end("2", at(30), Map.of("s.orders", 1L));
    assertThat(complete()).containsExactly(at(30));
    transactions.committedAt(at(30));
    assertThat(transactions.remembered()).isZero();
  }

  @Test
  void topicOfATableWhoseNameKafkaDoesNotTakeIsFound() {
    end("1", at(20), Map.of("s.order lines", 1L));
    assertThat(transactions.awaited()).containsExactly("f.s.order_lines");
  }

  @Test
  void timeOfTheFrontierIsThatOfItsTransaction() {
    end("1", at(20), Map.of());
    assertThat(complete()).containsExactly(at(20));
    assertThat(transactions.committedAt(at(19))).isEqualTo(HlcTimestamp.NONE);
    assertThat(transactions.committedAt(at(20))).isEqualTo(at(7_000));
  }

  @Test
  void topicThatIsNotNamedAfterItsTableStops() {
    assertThatThrownBy(
            () ->
                transactions.take(
                    new TransactionEvent(
                        new Ignored(new Origin("f.routed", 0, 3), "any"),
                        "1",
                        "s.orders",
                        1,
                        at(10))))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("f.s.orders")
        .hasMessageContaining("connector of another name");
  }
}
