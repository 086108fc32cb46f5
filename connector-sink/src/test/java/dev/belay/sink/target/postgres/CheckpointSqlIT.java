package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The checkpoint tables on real servers, by way of the store that uses them. */
@ParameterizedClass
@EnumSource(Version.class)
class CheckpointSqlIT {
  private static final TopicPartition P0 = new TopicPartition("orders", 0);
  private static final TopicPartition P1 = new TopicPartition("orders", 1);
  private static final HlcTimestamp T1 = HlcTimestamp.parse("1700000000000000000.0000000001").get();

  @Parameter Version version;
  private TargetDatabase database;
  private CheckpointStore store;

  @BeforeEach
  void open() throws Exception {
    database = TargetDatabase.on(version);
    store = new CheckpointStore(database.target().checkpointSql(), "failback");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private Checkpoints claim() throws SQLException {
    Map<TopicPartition, LogRange> logs =
        Map.of(P0, new LogRange("id-1", 5, 100), P1, new LogRange("id-1", 0, 50));
    Checkpoints claimed = store.claim(database.apply(), logs, List.of(P0, P1), true);
    database.apply().commit();
    return claimed;
  }

  private static PartitionCheckpoint at(Checkpoints all, TopicPartition partition) {
    return all.partitions().get(partition);
  }

  @Test
  void theScriptForADbaIsWhatTheConnectorRuns() throws Exception {
    assertThat(String.join("\n-- next\n", database.target().checkpointSql().createTables()) + "\n")
        .isEqualTo(Files.readString(PsqlScript.file("belay-schema.sql")));
  }

  @Test
  void tablesAreCreatedOnceAndAnOrdinaryRoleMayAskAgain() throws Exception {
    store.createTables(database.apply());
    database.apply().commit();

    database.owner("DROP SCHEMA belay CASCADE");
    store.createTables(database.owner());
    database.owner("INSERT INTO belay.belay_frontier VALUES ('kept')");
    store.createTables(database.owner());
    assertThat(store.read(database.owner()).partitions()).isEmpty();
    database.owner(
        "GRANT USAGE ON SCHEMA belay TO PUBLIC", "GRANT SELECT ON belay.belay_frontier TO PUBLIC");
    assertThat(database.rows("SELECT connector FROM belay.belay_frontier")).containsExactly("kept");
  }

  @Test
  void twoWhoCreateTheTablesAtOnceDoNotMeet() throws Exception {
    database.owner("DROP SCHEMA belay CASCADE");
    try (Connection other = database.connectOwner()) {
      other.setAutoCommit(false);
      database.owner().setAutoCommit(false);
      store.createTables(database.owner());
      CompletableFuture<Void> second =
          CompletableFuture.runAsync(
              () -> {
                try {
                  store.createTables(other);
                  other.commit();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      database.owner().commit();
      database.owner().setAutoCommit(true);
      second.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aClaimMakesTheRowsAndRaisesTheEpochs() throws Exception {
    Checkpoints first = claim();
    Checkpoints second = claim();

    assertThat(at(first, P0).epoch()).isEqualTo(1);
    assertThat(at(first, P0).appliedOffset()).isEqualTo(5);
    assertThat(at(first, P0).rewindOffset()).isEqualTo(5);
    assertThat(at(first, P0).topicId()).isEqualTo("id-1");
    assertThat(at(first, P0).resolved()).isEqualTo(HlcTimestamp.NONE);
    assertThat(at(second, P0).epoch()).isEqualTo(2);
    assertThat(at(second, P0).sequence()).isZero();
    assertThat(second.frontier().epoch()).isEqualTo(2);
  }

  @Test
  void anAdvanceMovesAllRowsAndTheSequence() throws Exception {
    Checkpoints claimed = claim();
    OffsetRanges held = OffsetRanges.parse("7,9-12");

    store.advance(
        database.apply(),
        new Advance(
            List.of(
                at(claimed, P0).moved(20, 6, T1, held),
                at(claimed, P1).moved(3, 2, HlcTimestamp.NONE, OffsetRanges.NONE)),
            Optional.of(claimed.frontier().moved(T1, HlcTimestamp.NONE))));
    database.apply().commit();

    Checkpoints after = store.read(database.apply());
    assertThat(at(after, P0).isWhere(at(claimed, P0).moved(20, 6, T1, held))).isTrue();
    assertThat(at(after, P0).sequence()).isEqualTo(1);
    assertThat(at(after, P1).appliedOffset()).isEqualTo(3);
    assertThat(after.frontier().frontier()).isEqualTo(T1);
    assertThat(after.frontier().sequence()).isEqualTo(1);
    assertThat(
            database.rows(
                "SELECT resolved, held, format FROM belay.belay_checkpoint ORDER BY partition"))
        .containsExactly(T1 + "|7,9-12|1", "-||1");
  }

  @Test
  void anAdvanceBehindAClaimOrOutOfSequenceIsFenced() throws Exception {
    Checkpoints stale = claim();
    Checkpoints current = claim();
    Advance ofStale =
        new Advance(
            List.of(at(stale, P0).moved(9, 9, T1, OffsetRanges.NONE), at(current, P1)),
            Optional.empty());

    Assertions.assertThatThrownBy(() -> store.advance(database.apply(), ofStale))
        .isInstanceOf(FenceException.class)
        .hasMessageContaining("1 of 2");
    database.apply().rollback();
    Advance twice = new Advance(List.of(at(current, P0)), Optional.empty());
    store.advance(database.apply(), twice);
    Assertions.assertThatThrownBy(() -> store.advance(database.apply(), twice))
        .isInstanceOf(FenceException.class);
    database.apply().rollback();
    Assertions.assertThatThrownBy(
            () ->
                store.advance(
                    database.apply(), new Advance(List.of(), Optional.of(stale.frontier()))))
        .isInstanceOf(FenceException.class);
  }

  @Test
  void connectorsDoNotSeeEachOther() throws Exception {
    claim();
    CheckpointStore other =
        new CheckpointStore(database.target().checkpointSql(), "o'ther \"connector\"");

    assertThat(other.read(database.apply()).partitions()).isEmpty();
    other.claim(database.apply(), Map.of(P0, new LogRange("id-2", 0, 1)), List.of(P0), true);
    assertThat(other.read(database.apply()).partitions()).hasSize(1);
    assertThat(store.read(database.apply()).partitions()).hasSize(2);
  }

  @Test
  void positionsAreMovedByHand() throws Exception {
    claim();

    store.alter(database.apply(), Map.of(P0, Optional.of(3L), P1, Optional.empty()));

    Checkpoints after = store.read(database.apply());
    assertThat(at(after, P0).appliedOffset()).isEqualTo(3);
    assertThat(at(after, P1).appliedOffset()).isEqualTo(PartitionCheckpoint.FROM_THE_START);
    assertThat(at(after, P0).epoch()).isEqualTo(2);
  }

  @Test
  void whoeverHoldsTheRowsIsNamed() throws Exception {
    claim();
    assertThat(store.blockers(database.apply())).isEmpty();
    try (Connection other = database.connect();
        Statement holds = other.createStatement()) {
      holds.execute("SELECT 1 FROM belay.belay_frontier WHERE connector = 'failback' FOR UPDATE");

      assertThat(store.blockers(database.apply()))
          .singleElement()
          .asString()
          .startsWith("pid ")
          .contains("application_name belay test, state idle in transaction, transaction open for");
      assertThat(
              new CheckpointStore(database.target().checkpointSql(), "another")
                  .blockers(database.apply()))
          .isEmpty();
      other.rollback();
      holds.execute("UPDATE belay.belay_checkpoint SET sequence = 9 WHERE partition = 1");
      assertThat(store.blockers(database.apply())).hasSize(1);
    }
    database.apply().rollback();
  }

  @Test
  void aHolderOfAnotherRoleIsNamedAsFarAsItCanBeSeen() throws Exception {
    claim();
    database.owner().setAutoCommit(false);
    database.owner("SELECT 1 FROM belay.belay_frontier FOR UPDATE");

    assertThat(store.blockers(database.apply()))
        .singleElement()
        .asString()
        .startsWith("pid ")
        .contains("not visible to this role");
    database.owner().rollback();
    database.owner().setAutoCommit(true);
  }
}
