package dev.belay.sink.transforms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mask takes out of a record, and that nothing else changes. */
class MaskColumnsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // rows as they are and were; digits stay as they are written
        "wrapped|{\"after\": {\"id\": 1.10, \"mail\": \"a@b\", \"n\": 1E+400}, \"before\": {\"mail\": [1, {\"x\": 2}]}, \"updated\": \"1.0\"}"
            + "|{\"after\":{\"id\":1.10,\"mail\":\"***\",\"n\":1E+400},\"before\":{\"mail\":\"***\"},\"updated\":\"1.0\"}",
        // NULL says that there is nothing to hide
        "wrapped|{\"after\": {\"mail\": null}}|{\"after\":{\"mail\":null}}",
        "wrapped|{\"after\": null, \"before\": {\"mail\": true}}|{\"after\":null,\"before\":{\"mail\":\"***\"}}",
        // of the envelope and of JSON in other columns the same name means something else
        "wrapped|{\"after\": {\"doc\": {\"mail\": \"x\"}}, \"mail\": 1}|{\"after\":{\"doc\":{\"mail\":\"x\"}},\"mail\":1}",
        "wrapped|{\"resolved\": \"1.0\"}|{\"resolved\":\"1.0\"}",
        "enriched|{\"payload\": {\"after\": {\"mail\": 1}}, \"schema\": {\"after\": {\"mail\": 1}}}"
            + "|{\"payload\":{\"after\":{\"mail\":\"***\"}},\"schema\":{\"after\":{\"mail\":1}}}",
        "bare|{\"mail\": 1, \"__crdb__\": {\"updated\": \"1.0\"}}|{\"mail\":\"***\",\"__crdb__\":{\"updated\":\"1.0\"}}",
        "row|{\"mail\": 1, \"after\": {\"mail\": 2}}|{\"mail\":\"***\",\"after\":{\"mail\":2}}",
        // half of a surrogate pair, and text of four bytes
        "wrapped|{\"after\": {\"t\": \"\\ud83d\", \"u\": \"\uD83D\uDE00\"}}|{\"after\":{\"t\":\"\\uD83D\",\"u\":\"\\uD83D\\uDE00\"}}",
      })
  void jsonKeepsAllButTheColumns(String envelope, String before, String after) {
    try (MaskColumns<SinkRecord> mask = mask(Map.of("envelope", envelope, "replacement", "***"))) {
      assertThat(new String((byte[]) mask.apply(record(before.getBytes(UTF_8))).value(), UTF_8))
          .isEqualTo(after);
      assertThat(mask.apply(record(before)).value()).isEqualTo(after);
    }
  }

  @Test
  void withoutReplacementTheValueBecomesNull() {
    try (MaskColumns<SinkRecord> mask = mask(Map.of())) {
      assertThat(mask.apply(record("{\"after\": {\"mail\": \"a@b\"}}")).value())
          .isEqualTo("{\"after\":{\"mail\":null}}");
    }
  }

  @Test
  void theRestOfTheRecordStays() {
    SinkRecord tombstone = new SinkRecord("t", 3, null, "[1]", null, null, 7);
    try (MaskColumns<SinkRecord> mask = mask(Map.of())) {
      assertThat(mask.apply(tombstone)).isSameAs(tombstone);
      SinkRecord masked =
          mask.apply(new SinkRecord("t", 3, null, "[1]", null, "{\"after\": {}}", 7));
      assertThat(masked.topic()).isEqualTo("t");
      assertThat(masked.key()).isEqualTo("[1]");
      assertThat(masked.kafkaPartition()).isEqualTo(3);
      assertThat(masked.kafkaOffset()).isEqualTo(7);
    }
  }

  /** Passed on as it is, it would show what is to be hidden. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "planted",
        "[\"planted\"]",
        "{\"after\": {\"mail\": \"planted\"}",
        "{\"after\": null} {\"after\": \"planted\"}",
        "{\"after\": {\"mail\" \"planted\"}}"
      })
  void whatCannotBeMaskedIsRefusedAndNotQuoted(String value) {
    try (MaskColumns<SinkRecord> mask = mask(Map.of())) {
      assertThatThrownBy(() -> mask.apply(record(value)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("no JSON object")
          .hasMessageNotContaining("planted")
          .hasNoCause();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "wrapped|{\"id\": 1, \"mail\": \"planted\"}",
        "enriched|{\"payload\": {\"mail\": \"planted\"}, \"schema\": {}}",
        "row|{\"after\": {\"mail\": \"planted\"}, \"updated\": \"1.0\"}"
      })
  void aRecordOfAnotherEnvelopeIsRefused(String envelope, String value) {
    try (MaskColumns<SinkRecord> mask = mask(Map.of("envelope", envelope))) {
      assertThatThrownBy(() -> mask.apply(record(value)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Set the transform's key envelope")
          .hasMessageNotContaining("planted");
    }
  }

  @Test
  void structsOfAnotherEnvelopeAreRefused() {
    Schema row = SchemaBuilder.struct().field("mail", Schema.OPTIONAL_STRING_SCHEMA).build();
    Schema wrapped = SchemaBuilder.struct().field("after", row).build();
    Struct flat = new Struct(row).put("mail", "planted");
    try (MaskColumns<SinkRecord> images = mask(Map.of());
        MaskColumns<SinkRecord> rows = mask(Map.of("envelope", "row"))) {
      assertThatThrownBy(() -> images.apply(record(flat)))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Set the transform's key envelope");
      assertThatThrownBy(() -> rows.apply(record(new Struct(wrapped).put("after", flat))))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Set the transform's key envelope");
    }
  }

  /** As an Avro converter hands it on. */
  @Test
  void aNameThatAvroCannotSpellIsMaskedToo() {
    Schema row =
        SchemaBuilder.struct().field("e_u0020_mail", Schema.OPTIONAL_STRING_SCHEMA).build();
    try (MaskColumns<SinkRecord> mask = new MaskColumns<>()) {
      mask.configure(Map.of("columns", "e mail", "envelope", "row"));
      SinkRecord masked = mask.apply(record(new Struct(row).put("e_u0020_mail", "planted")));
      assertThat(((Struct) masked.value()).get("e_u0020_mail")).isNull();
    }
  }

  @Test
  void mapsAreRefusedWithTheConverterToUse() {
    try (MaskColumns<SinkRecord> mask = mask(Map.of())) {
      assertThatThrownBy(() -> mask.apply(record(Map.of("after", Map.of("mail", "planted")))))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("value.converter")
          .hasMessageNotContaining("planted");
    }
  }

  @Test
  void structsKeepAllButTheColumns() {
    Schema row =
        SchemaBuilder.struct()
            .optional()
            .field("id", Schema.INT64_SCHEMA)
            .field("mail", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Schema envelope =
        SchemaBuilder.struct()
            .field("after", row)
            .field("before", row)
            .field("updated", Schema.STRING_SCHEMA)
            .build();
    Struct value =
        new Struct(envelope)
            .put("after", new Struct(row).put("id", 1L).put("mail", "a@b"))
            .put("updated", "1.0");
    try (MaskColumns<SinkRecord> mask = mask(Map.of("replacement", "***"))) {
      Struct masked = (Struct) mask.apply(record(value)).value();

      assertThat(masked)
          .isEqualTo(
              new Struct(envelope)
                  .put("after", new Struct(row).put("id", 1L).put("mail", "***"))
                  .put("updated", "1.0"));
      assertThat(value.getStruct("after").getString("mail")).isEqualTo("a@b");
    }
  }

  @Test
  void structsOfBareFeedsHaveTheirColumnsADeeperLevel() {
    Schema row = SchemaBuilder.struct().field("mail", Schema.OPTIONAL_STRING_SCHEMA).build();
    Schema bare = SchemaBuilder.struct().field("record", row).build();
    Struct value = new Struct(bare).put("record", new Struct(row).put("mail", "a@b"));
    try (MaskColumns<SinkRecord> mask = mask(Map.of("envelope", "bare"))) {
      assertThat(((Struct) mask.apply(record(value)).value()).getStruct("record").get("mail"))
          .isNull();
      assertThat(((Struct) mask.apply(record(value.getStruct("record"))).value()).get("mail"))
          .isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"'', NULL, Set replacement", "***, a text, Take replacement away"})
  void columnsThatCannotTakeTheMaskSayWhatToSet(String text, String what, String cure) {
    Schema row = SchemaBuilder.struct().field("mail", Schema.INT64_SCHEMA).build();
    Struct value = new Struct(row).put("mail", 987_654_321L);
    Map<String, String> settings =
        text.isEmpty() ? Map.of("envelope", "row") : Map.of("envelope", "row", "replacement", text);
    try (MaskColumns<SinkRecord> mask = mask(settings)) {
      assertThatThrownBy(() -> mask.apply(record(value)))
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("cannot put " + what, "mail", "INT64 and NOT NULL", cure)
          .hasMessageNotContaining("987");
    }
  }

  @Test
  void settingsThatMaskNothingAreRefused() {
    assertThatThrownBy(() -> new MaskColumns<SinkRecord>().configure(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("columns");
    assertThatThrownBy(() -> new MaskColumns<SinkRecord>().configure(Map.of("columns", "")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("names no column");
    assertThatThrownBy(() -> mask(Map.of("envelope", "key_only")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("envelope");
  }

  private static MaskColumns<SinkRecord> mask(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("columns", "mail");
    MaskColumns<SinkRecord> mask = new MaskColumns<>();
    mask.configure(settings);
    return mask;
  }

  private static SinkRecord record(Object value) {
    return new SinkRecord("t", 0, null, "[1]", null, value, 0);
  }
}
