package dev.belay.bench.jmh;

import dev.belay.bench.FeedMessages;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TableName;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.plan.ColumnPolicy;
import dev.belay.sink.plan.DeletePolicy;
import dev.belay.sink.plan.FamilyColumns;
import dev.belay.sink.plan.KeyColumns;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.plan.RowBinder;
import dev.belay.sink.plan.StepOrder;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.Target;
import dev.belay.sink.target.postgres.PostgresTarget;
import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * From decoded changes to a plan: bind, fold, order. One operation is one change of a window of
 * 10,000. The table's shape comes from a real server, which is gone before anything is measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PlannerBench {

  private final List<PlanInput> window = new ArrayList<>();
  private Planner planner;

  /** Decodes the window and reads the shape. */
  @Setup
  public void prepare() throws IOException, SQLException {
    Decoder decoder = Decoder.of(FeedFormat.AUTO.withEnvelope(Envelope.WRAPPED));
    for (FeedMessages.Message message : FeedMessages.draw(DecoderBench.MESSAGES)) {
      Origin origin = new Origin("bench", 0, window.size());
      Change change = (Change) decoder.decode(origin, "bench", message.key(), message.value());
      window.add(new PlanInput(change, false));
    }
    Target target = new PostgresTarget();
    TableShape shape = shape(target);
    planner =
        new Planner(
            new RowBinder(
                new TableMap(Map.of(), ""),
                new KeyColumns(Map.of()),
                FamilyColumns.NONE,
                ColumnPolicy.STRICT,
                DeletePolicy.DELETE,
                name -> Optional.of(shape)),
            new StepOrder(DecoderBench.MESSAGES, target.writesTogether(), target::canPark));
  }

  /** Plans the window with nothing remembered from earlier ones. */
  @Benchmark
  @OperationsPerInvocation(DecoderBench.MESSAGES)
  public Plan plan() {
    return planner.plan(window, new Newest(DecoderBench.MESSAGES), Set.of());
  }

  private static TableShape shape(Target target) throws IOException, SQLException {
    try (PostgresServer server = PostgresServer.start(PostgresServer.Version.NEW);
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(FeedMessages.createTable());
      TableName name = TableName.of("bench");
      return target.describe(connection, List.of(name)).values().iterator().next();
    }
  }
}
