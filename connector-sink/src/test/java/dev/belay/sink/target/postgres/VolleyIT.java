package dev.belay.sink.target.postgres;

import static dev.belay.sink.target.postgres.TargetDatabase.delete;
import static dev.belay.sink.target.postgres.TargetDatabase.row;
import static dev.belay.sink.target.postgres.TargetDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.target.Command;
import dev.belay.sink.target.Target.Counts;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Many statements that are sent in one go. */
@ParameterizedClass
@EnumSource(Version.class)
class VolleyIT {
  @Parameter Version version;
  private TargetDatabase database;
  private Connection far;

  @BeforeEach
  void open() throws Exception {
    database = TargetDatabase.on(version);
    far = database.connect("socketFactory", RoundTrips.class.getName());
    database.target().prepare(far, TargetDatabase.LIMITS);
  }

  @AfterEach
  void close() throws SQLException {
    far.close();
    database.close();
  }

  private static Object[][] rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> row(i, "a" + i)).toArray(Object[][]::new);
  }

  @Test
  void commandsAndStagesOfManyRowsAndTablesCostOneRoundTrip() throws Exception {
    TableShape one = database.create("one", "id int PRIMARY KEY, a text");
    TableShape other = database.create("other", "id int PRIMARY KEY, a text");
    List<Command> commands =
        List.of(
            database.target().deferConstraints().orElseThrow(),
            new Command(
                "UPDATE app.one SET a = ? WHERE id < ?",
                (statement, first) -> {
                  statement.setString(first, "b;c");
                  statement.setInt(first + 1, 10);
                  return first + 2;
                }));
    List<List<Step>> stages =
        List.of(
            List.of(delete(other, row(1), row(2))),
            List.of(delete(one, row(7_999), row(8_000))),
            List.of(upsert(one, List.of("id", "a"), rows(0, 7_500))),
            List.of(
                upsert(other, List.of("id", "a"), rows(0, 3)),
                delete(one, row(7_998), row(7_997))));
    database.target().write(far, List.of(upsert(one, List.of("id", "a"), rows(0, 8_000))));

    // as texts are when they are new, and once and again when they are known
    for (int time = 0; time < 4; time++) {
      int before = RoundTrips.soFar();
      Counts counts = database.target().write(far, commands, stages);

      assertThat(RoundTrips.soFar() - before).as("time %s", time).isEqualTo(1);
      assertThat(counts.commands()).containsExactly(0L, 10L);
      assertThat(counts.steps())
          .containsExactly(
              time == 0 ? new long[] {0} : new long[] {2},
              time == 0 ? new long[] {1} : new long[] {0},
              new long[] {7_500},
              time == 0 ? new long[] {3, 2} : new long[] {3, 0});
    }
    far.commit();
    assertThat(database.rows("SELECT count(*), max(a) FROM app.one")).containsExactly("7997|a999");
  }

  @Test
  void whatFollowsAFailureIsNotDone() throws Exception {
    TableShape one = database.create("one", "id int PRIMARY KEY, a text NOT NULL");

    assertThatThrownBy(
            () ->
                database
                    .target()
                    .write(
                        far,
                        List.of(),
                        List.of(
                            List.of(upsert(one, List.of("id", "a"), row(1, null))),
                            List.of(upsert(one, List.of("id", "a"), row(2, "x"))))))
        .isInstanceOf(SQLException.class);
    far.rollback();

    assertThat(database.rows("SELECT * FROM app.one")).isEmpty();
  }
}
