package dev.belay.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.encode.Envelope;
import dev.belay.testkit.standin.encode.Event;
import dev.belay.testkit.standin.encode.FeedFormat;
import dev.belay.testkit.standin.encode.Message;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The benchmark writes its own text, for speed; it must be the text of a changefeed. */
class FeedTextTest {

  private static final Workload WORKLOAD = new Workload("bench", 3_000, 500, 0.1, 100, 4, 7);

  private static final TableShape SHAPE =
      new TableShape(
          1,
          "app",
          "public",
          "bench",
          List.of(
              column("id", SqlType.of(Kind.INT)),
              column("qty", SqlType.of(Kind.INT)),
              column("name", SqlType.of(Kind.STRING)),
              column("price", SqlType.decimal(18, 4)),
              column("at", SqlType.of(Kind.TIMESTAMPTZ)),
              column("active", SqlType.of(Kind.BOOL)),
              column("ref", SqlType.of(Kind.UUID)),
              column("score", SqlType.of(Kind.FLOAT)),
              column("doc", SqlType.of(Kind.JSON)),
              column("day", SqlType.of(Kind.DATE)),
              column("note", SqlType.of(Kind.STRING))),
          List.of(0));

  private final ChangefeedEncoder encoder =
      new ChangefeedEncoder(
          FeedFormat.of(Envelope.WRAPPED, FeedFormat.With.UPDATED),
          new Cluster("", "", "", "", "", ""),
          1);

  @Test
  void changesAndResolvedTimesAreByteForByteThoseOfAChangefeed() {
    WORKLOAD.play(
        new Workload.Audience() {
          @Override
          public void change(Change change) {
            Message expected = encoder.encode(event(change));
            assertThat(FeedText.key(change.id())).isEqualTo(text(expected.key()));
            assertThat(FeedText.value(change)).isEqualTo(text(expected.value().orElseThrow()));
          }

          @Override
          public void resolved(long nanos) {
            assertThat(FeedText.resolved(nanos))
                .isEqualTo(text(encoder.resolved(new Hlc(nanos, 0))));
          }
        });
  }

  private static Event event(Change change) {
    Hlc time = new Hlc(change.nanos(), 0);
    RowChange rows =
        change instanceof Change.Upsert upsert
            ? new RowChange(SHAPE, Optional.empty(), Optional.of(stored(upsert.row())))
            : new RowChange(SHAPE, Optional.of(keyOnly(change.id())), Optional.empty());
    return new Event(rows, time, time, "bench", 0);
  }

  private static dev.belay.testkit.standin.row.Row stored(Row row) {
    String at = row.atText().replace('T', ' ').replace("Z", "+00");
    return dev.belay.testkit.standin.row.Row.owning(
        new String[] {
          Long.toString(row.id()),
          Long.toString(row.qty()),
          row.name(),
          row.priceText(),
          at,
          row.active() ? "t" : "f",
          row.ref().toString(),
          Double.toString(row.score()),
          row.doc(),
          row.dayText(),
          row.note().isEmpty() ? null : row.note()
        });
  }

  private static dev.belay.testkit.standin.row.Row keyOnly(long id) {
    String[] texts = new String[SHAPE.columns().size()];
    texts[0] = Long.toString(id);
    return dev.belay.testkit.standin.row.Row.owning(texts);
  }

  private static Column column(String name, SqlType type) {
    return new Column(name, type, true);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
