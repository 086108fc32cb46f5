package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.structs.StructText;
import io.apicurio.registry.utils.converter.avro.AvroData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every sample of CockroachDB's Avro, as an Avro converter of Kafka Connect hands it on, means what
 * the same bytes mean when the sink reads them itself.
 */
class StructGoldenTest {
  private static final Origin HERE = new Origin("t", 0, 7);

  /**
   * The kind of the column that {@code a} goes to, where the value alone does not say what it is.
   */
  private static final Map<String, String> KINDS =
      Map.of(
          "avro-type-06", "geometry",
          "avro-type-12", "date",
          "avro-type-13", "time",
          "avro-type-14", "timestamp",
          "avro-type-26", "json",
          "avro-type-27", "bits");

  static Stream<GoldenLine> samples() {
    return GoldenLine.all()
        .filter(line -> line.wireFormat().equals("avro"))
        .filter(line -> !line.expect().get("kind").equals("ignored"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void convertedSampleMeansWhatItsBytesMean(GoldenLine line) throws Exception {
    Map<Integer, String> schemas = new HashMap<>();
    byte[] key = AvroGoldenTest.part(line, "key", 1, schemas);
    byte[] value = AvroGoldenTest.part(line, "value", 2, schemas);
    FeedFormat format = AvroGoldenTest.format(line);
    Decoded ofBytes = Decoder.ofAvro(format, schemas::get).decode(HERE, line.topic(), key, value);
    StructText text = new StructText(format.envelope());

    Decoded ofStructs =
        Decoder.of(format)
            .decode(
                HERE,
                line.topic(),
                key == null ? null : text.key(struct(key, schemas.get(1))),
                value == null ? null : text.value(struct(value, schemas.get(2))));

    assertThat(ofStructs).hasSameClassAs(ofBytes);
    if (ofBytes instanceof Change bytes && ofStructs instanceof Change structs) {
      assertThat(said(structs.info())).isEqualTo(said(bytes.info()));
      String kind = KINDS.getOrDefault(line.id(), "text");
      assertThat(meant(structs.info().before().row(), kind))
          .isEqualTo(plain(bytes.info().before().row()));
      if (bytes instanceof Upsert upsert) {
        assertThat(meant(((Upsert) structs).row(), kind)).isEqualTo(plain(upsert.row()));
      }
    } else {
      assertThat(ofStructs).isEqualTo(ofBytes);
    }
  }

  @Test
  void samplesOfEveryTypeAreAmongThem() {
    assertThat(samples().map(GoldenLine::id)).hasSize(33).containsAll(KINDS.keySet());
  }

  /** All that a change says of itself but for its before image. */
  private static List<Object> said(ChangeInfo info) {
    return List.of(
        info.origin(),
        info.table(),
        info.family(),
        info.key().names(),
        List.copyOf(info.key().values()),
        info.updated(),
        info.mvcc(),
        info.before().sent(),
        info.op());
  }

  private static List<String> plain(Row row) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < row.names().size(); i++) {
      columns.add(row.names().get(i) + "=" + row.values().get(i));
    }
    return columns;
  }

  private static List<String> meant(Row row, String kindOfA) {
    ConverterValues reading = new ConverterValues();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < row.names().size(); i++) {
      Datum value = row.values().get(i);
      String name = row.names().get(i);
      columns.add(
          name
              + "="
              + (value.isNull() || !name.equals("a")
                  ? value
                  : reading.read(kindOfA, value).orElseThrow()));
    }
    return columns;
  }

  /** As an AvroConverter does it: schema id, Avro's own reader, objects of Connect. */
  private static Struct struct(byte[] message, String schemaText) throws IOException {
    Schema schema = new Schema.Parser().parse(schemaText);
    int head = 1 + Integer.BYTES;
    Object datum =
        new GenericDatumReader<>(schema)
            .read(
                null,
                DecoderFactory.get().binaryDecoder(message, head, message.length - head, null));
    return (Struct) new AvroData(10).toConnectData(schema, datum).value();
  }
}
