package dev.belay.testkit.standin.encode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.encode.FeedFormat.With;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every golden sample is checked in GoldenSamplesIT; these are the forms the samples lack. */
class ChangefeedEncoderTest {

  private static final Cluster CLUSTER =
      new Cluster("c", "", "v26.2.0", "1", "127.0.0.1", "region=eu");
  private static final TableShape FOO =
      new TableShape(
          104,
          "d",
          "public",
          "foo",
          List.of(
              new Column("a", SqlType.of(Kind.INT), false),
              new Column("Z", SqlType.decimal(10, 2), true)),
          List.of(0));
  private static final Optional<Row> NO_ROW = Optional.empty();
  private static final Optional<Row> ROW =
      Optional.of(Row.of(List.of(Optional.of("1"), Optional.of("2.50"))));

  private static Message encode(FeedFormat format, Optional<Row> before, Optional<Row> after) {
    Event event =
        new Event(new RowChange(FOO, before, after), new Hlc(2, 1), new Hlc(1, 2), "foo", 1_700L);
    return new ChangefeedEncoder(format, CLUSTER, 7).encode(event);
  }

  private static String value(FeedFormat format, Optional<Row> before, Optional<Row> after) {
    return new String(encode(format, before, after).value().orElseThrow(), UTF_8);
  }

  @Test
  void bareDeleteKeepsTheKeyAndNullsTheRest() {
    assertThat(value(FeedFormat.of(Envelope.BARE), ROW, NO_ROW))
        .isEqualTo("{\"Z\": null, \"a\": 1}");
  }

  @Test
  void keyOnlyAndRowDeletesAreTombstones() {
    assertThat(encode(FeedFormat.of(Envelope.KEY_ONLY), NO_ROW, ROW).value()).isEmpty();
    assertThat(encode(FeedFormat.of(Envelope.ROW, With.UPDATED), ROW, NO_ROW).value()).isEmpty();
  }

  @Test
  void scanRowsCarryTheScanTimeAndTheirOwnCommitTime() {
    assertThat(
            value(FeedFormat.of(Envelope.WRAPPED, With.UPDATED, With.MVCC_TIMESTAMP), NO_ROW, ROW))
        .isEqualTo(
            "{\"after\": {\"Z\": 2.50, \"a\": 1}, \"mvcc_timestamp\": \"1.0000000002\", "
                + "\"updated\": \"2.0000000001\"}");
  }

  @Test
  void schemaDeclaresADecimalAsANamedFloatWithItsDigits() {
    assertThat(value(FeedFormat.of(Envelope.ENRICHED, With.SCHEMA), NO_ROW, ROW))
        .contains(
            "{\"field\": \"Z\", \"name\": \"decimal\", \"optional\": true, "
                + "\"parameters\": {\"precision\": \"10\", \"scale\": \"2\"}, \"type\": \"float64\"}");
  }

  @Test
  void resolvedOfBareRowAndKeyOnlyIsWrappedInMetadata() {
    for (Envelope envelope : List.of(Envelope.BARE, Envelope.ROW, Envelope.KEY_ONLY)) {
      byte[] resolved =
          new ChangefeedEncoder(FeedFormat.of(envelope), CLUSTER, 7).resolved(new Hlc(1, 2));
      assertThat(new String(resolved, UTF_8))
          .isEqualTo("{\"__crdb__\":{\"resolved\":\"1.0000000002\"}}");
    }
  }
}
