package dev.belay.bench.jmh;

import dev.belay.bench.FeedMessages;
import dev.belay.sink.change.Origin;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From the bytes of a message to a change; one operation is one message. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBench {

  static final int MESSAGES = 10_000;

  private final List<FeedMessages.Message> messages = FeedMessages.draw(MESSAGES);
  private final Decoder decoder = Decoder.of(FeedFormat.AUTO.withEnvelope(Envelope.WRAPPED));
  private final Origin origin = new Origin("bench", 0, 0);

  /** Decodes all messages. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void wrapped(Blackhole hole) {
    for (FeedMessages.Message message : messages) {
      hole.consume(decoder.decode(origin, "bench", message.key(), message.value()));
    }
  }
}
