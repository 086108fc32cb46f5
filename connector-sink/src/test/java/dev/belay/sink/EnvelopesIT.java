package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each envelope in each mode that the matrix allows it in, from the broker to the row. */
class EnvelopesIT extends TaskCase {
  private static final String SCHEMA = ", \"schema\": {\"type\": \"struct\", \"optional\": false}}";

  /** How a changefeed writes a row that is there, one that is gone, and a resolved time. */
  private enum Form {
    WRAPPED("wrapped") {
      @Override
      String key(int id) {
        return "[" + id + "]";
      }

      @Override
      String there(int id, long time) {
        return "{\"after\": " + row(id, time) + ", \"updated\": \"" + Feed.hlc(time) + "\"}";
      }

      @Override
      String gone(int id, long time) {
        return "{\"after\": null, \"updated\": \"" + Feed.hlc(time) + "\"}";
      }
    },
    ENRICHED("enriched") {
      @Override
      String key(int id) {
        return "{\"id\": " + id + "}";
      }

      @Override
      String there(int id, long time) {
        return enriched(row(id, time), "c", time);
      }

      @Override
      String gone(int id, long time) {
        return enriched("null", "d", time);
      }
    },
    ENRICHED_WITH_SCHEMA("enriched") {
      @Override
      String key(int id) {
        return "{\"payload\": " + ENRICHED.key(id) + SCHEMA;
      }

      @Override
      String there(int id, long time) {
        return "{\"payload\": " + ENRICHED.there(id, time) + SCHEMA;
      }

      @Override
      String gone(int id, long time) {
        return "{\"payload\": " + ENRICHED.gone(id, time) + SCHEMA;
      }
    },
    BARE("bare") {
      @Override
      String key(int id) {
        return "[" + id + "]";
      }

      @Override
      String there(int id, long time) {
        return flat(row(id, time), ", \"op\": \"upsert\"", time);
      }

      @Override
      String gone(int id, long time) {
        return flat(
            "{\"id\": " + id + ", \"v\": null, \"note\": null}", ", \"op\": \"delete\"", time);
      }

      @Override
      String resolved(long time) {
        return "{\"__crdb__\":{\"resolved\":\"" + Feed.hlc(time) + "\"}}";
      }
    },
    ROW("row") {
      @Override
      String key(int id) {
        return "[" + id + "]";
      }

      @Override
      String there(int id, long time) {
        return flat(row(id, time), "", time);
      }

      @Override
      String gone(int id, long time) {
        return null;
      }

      @Override
      String resolved(long time) {
        return BARE.resolved(time);
      }
    };

    private final String word;

    Form(String word) {
      this.word = word;
    }

    abstract String key(int id);

    abstract String there(int id, long time);

    /** Null is Kafka's null. */
    abstract String gone(int id, long time);

    String resolved(long time) {
      return "{\"resolved\":\"" + Feed.hlc(time) + "\"}";
    }

    private static String enriched(String after, String op, long time) {
      return "{\"after\": "
          + after
          + ", \"op\": \""
          + op
          + "\", \"source\": {\"database_name\": \"shop\", \"schema_name\": \"public\","
          + " \"table_name\": \"orders\", \"primary_keys\": [\"id\"], \"ts_hlc\": \""
          + Feed.hlc(time)
          + "\"}, \"ts_ns\": "
          + Feed.nanos(time + 7)
          + "}";
    }

    private static String flat(String row, String more, long time) {
      return row.substring(0, row.length() - 1)
          + more
          + ", \"__crdb__\": {\"updated\": \""
          + Feed.hlc(time)
          + "\"}}";
    }
  }

  private TaskHarness.Builder task(Form form, String mode) {
    TaskHarness.Builder task = task().set("feed.envelope", form.word).set("delivery.mode", mode);
    return form == Form.BARE ? task.set("feed.op.column", "op") : task;
  }

  private void send(Form form, int id, String value) {
    String key = form.key(id);
    feed.raw("orders", feed.partition("orders", key), key, value);
  }

  private void resolved(Form form, long time) {
    for (int partition = 0; partition < feed.partitions("orders"); partition++) {
      feed.raw("orders", partition, null, form.resolved(time));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WRAPPED, consistent",
    "WRAPPED, immediate",
    "WRAPPED, best-effort",
    "ENRICHED, consistent",
    "ENRICHED, immediate",
    "ENRICHED, best-effort",
    "ENRICHED_WITH_SCHEMA, consistent",
    "ENRICHED_WITH_SCHEMA, immediate",
    "ENRICHED_WITH_SCHEMA, best-effort",
    "BARE, consistent",
    "BARE, immediate",
    "BARE, best-effort"
  })
  void rowsComeChangeAndGo(Form form, String mode) {
    feed.create("orders", 2);
    try (TaskHarness task = task(form, mode).start()) {
      send(form, 1, form.there(1, 11));
      send(form, 2, form.there(2, 12));
      resolved(form, 15);
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@11", "2@12");
      send(form, 1, form.there(1, 21));
      send(form, 2, form.gone(2, 22));
      send(form, 1, form.there(1, 11)); // sent again
      send(form, 3, form.there(3, 23));
      resolved(form, 25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@21", "3@23");
      assertThat(db.stepsBack()).isEmpty();
    }
  }

  /** Two integers, and the target has them the other way round. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wrapped | [1, 2] | {'after': null, 'before': {'a': 1, 'b': 2}, 'updated': 'TIME'}",
        "enriched | {'a': 1, 'b': 2} | {'after': null, 'op': 'd', 'source': {'ts_hlc': 'TIME'}}",
        "enriched | null | {'after': null, 'op': 'd', 'key': {'b': 2, 'a': 1}, 'source': {'ts_hlc': 'TIME'}}",
      })
  void deleteFindsItsRowByTheNamesThatTheRecordHas(String envelope, String key, String value) {
    db.sql(
        "CREATE TABLE pair (a int, b int, PRIMARY KEY (b, a))",
        "INSERT INTO pair VALUES (1, 2), (2, 1)");
    feed.create("pair", 1);
    feed.raw(
        "pair",
        0,
        key.equals("null") ? null : key.replace('\'', '"'),
        value.replace('\'', '"').replace("TIME", Feed.hlc(11)));
    feed.resolved("pair", 15);
    try (TaskHarness task =
        TaskHarness.of(PARTS, feed, db, "pair").set("feed.envelope", envelope).start()) {
      untilFrontier(task, 15);
    }
    assertThat(db.rows("SELECT a, b FROM pair")).containsExactly("2|1");
  }

  @Test
  void rowsOfEnvelopeRowAreAppliedAndItsFirstDeleteStopsTheTask() {
    feed.create("orders", 1);
    try (TaskHarness task = task(Form.ROW, "immediate").start()) {
      send(Form.ROW, 1, Form.ROW.there(1, 11));
      send(Form.ROW, 1, Form.ROW.there(1, 12));
      resolved(Form.ROW, 15);
      untilFrontier(task, 15);
      assertThat(rows()).containsExactly("1@12");
      send(Form.ROW, 1, Form.ROW.gone(1, 21));
      assertThat(task.untilStopped()).contains("envelope=wrapped").contains("offset 3 of topic");
      assertThat(rows()).containsExactly("1@12");
    }
  }

  @Test
  void recordsOfEnvelopeKeyOnlyStopTheTaskWithTheEnvelopeToUse() {
    feed.create("orders", 1);
    feed.raw("orders", 0, "[1]", (String) null);
    try (TaskHarness task =
        task().set("feed.envelope", "key_only").set("delivery.mode", "immediate").start()) {
      assertThat(task.untilStopped()).contains("key_only").contains("envelope=wrapped");
    }
  }

  /** By then 1.10 is the double 1.1, and long numbers have lost their end. */
  @ParameterizedTest
  @CsvSource({"key", "value"})
  void whatAJsonConverterHasReadStopsTheTaskWithTheConverterToUse(String which) {
    feed.create("orders", 1);
    put(1, 11);
    try (JsonConverter converter = new JsonConverter();
        TaskHarness task = task().transform(record -> read(record, converter, which)).start()) {
      converter.configure(Map.of("schemas.enable", "false"), which.equals("key"));
      assertThat(task.untilStopped())
          .contains("offset 0 of topic " + feed.topic("orders") + ", partition 0")
          .contains("JsonConverter without schemas")
          .contains(which + ".converter=org.apache.kafka.connect.converters.ByteArrayConverter");
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void textThatAStringConverterHasReadIsAsGoodAsItsBytes() {
    feed.create("orders", 1);
    put(1, 11);
    resolved(15);
    try (TaskHarness task =
        task()
            .transform(record -> with(record, text(record.key()), text(record.value())))
            .start()) {
      untilFrontier(task, 15);
    }
    assertThat(rows()).containsExactly("1@11");
  }

  private static String text(Object bytes) {
    return bytes == null ? null : new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  private static SinkRecord read(SinkRecord record, JsonConverter converter, String which) {
    boolean isKey = which.equals("key");
    SchemaAndValue data =
        converter.toConnectData(record.topic(), (byte[]) (isKey ? record.key() : record.value()));
    return isKey
        ? with(record, data.value(), record.value())
        : with(record, record.key(), data.value());
  }

  private static SinkRecord with(SinkRecord record, Object key, Object value) {
    return record.newRecord(
        record.topic(), record.kafkaPartition(), null, key, null, value, record.timestamp());
  }
}
