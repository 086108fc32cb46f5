package dev.belay.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Ignored;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes what a record turned out to be as one line of JSON. Numbers and nested JSON are put down
 * as they stood on the wire.
 */
final class DecodedJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final StringWriter text = new StringWriter();
  private final JsonGenerator json;

  /** Begins with what the record is. */
  DecodedJson(Decoded decoded, List<String> keyColumns) {
    try {
      json = FACTORY.createGenerator(text);
      json.writeStartObject();
      if (decoded instanceof Change change) {
        write(change, keyColumns);
      } else if (decoded instanceof Resolved resolved) {
        json.writeStringField("kind", "resolved");
        json.writeStringField("resolved", resolved.time().toString());
      } else if (decoded instanceof Ignored ignored) {
        json.writeStringField("kind", "ignored");
        json.writeStringField("ignored", ignored.reason());
      } else if (decoded instanceof Rejected rejected) {
        json.writeStringField("kind", "rejected");
        json.writeStringField("rejected", rejected.reason());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  DecodedJson with(String name, String value) {
    try {
      json.writeStringField(name, value);
      return this;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  DecodedJson with(String name, long value) {
    try {
      json.writeNumberField(name, value);
      return this;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The finished line, without a line break. */
  String line() {
    try {
      json.writeEndObject();
      json.close();
      return text.toString();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void write(Change change, List<String> keyColumns) throws IOException {
    ChangeInfo info = change.info();
    TableName table = info.table();
    json.writeStringField("kind", change instanceof Upsert ? "upsert" : "delete");
    known("database", table.database());
    known("schema", table.schema());
    json.writeStringField("table", table.name());
    known("family", info.family());
    if (!info.key().isEmpty()) {
      json.writeFieldName("key");
      write(info.key(), keyColumns);
    }
    if (change instanceof Upsert upsert) {
      json.writeFieldName("columns");
      write(upsert.row());
    }
    if (info.before().sent()) {
      json.writeFieldName("before");
      if (info.before().row().isEmpty()) {
        json.writeNull();
      } else {
        write(info.before().row());
      }
    }
    known("updated", info.updated());
    known("mvcc", info.mvcc());
    known("op", info.op());
  }

  private void known(String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private void known(String name, HlcTimestamp time) throws IOException {
    if (time.isKnown()) {
      json.writeStringField(name, time.toString());
    }
  }

  /** By name where names are known: the wire's own, or those given if their number fits. */
  private void write(KeyParts key, List<String> keyColumns) throws IOException {
    List<String> names = key.isNamed() ? key.names() : keyColumns;
    if (names.size() == key.values().size()) {
      write(new Row(names, key.values()));
      return;
    }
    json.writeStartArray();
    for (Datum value : key.values()) {
      write(value);
    }
    json.writeEndArray();
  }

  private void write(Row row) throws IOException {
    json.writeStartObject();
    for (int i = 0; i < row.names().size(); i++) {
      json.writeFieldName(row.names().get(i));
      write(row.values().get(i));
    }
    json.writeEndObject();
  }

  private void write(Datum value) throws IOException {
    if (value instanceof Datum.Text string) {
      json.writeString(string.text());
    } else if (value instanceof Datum.Json nested) {
      // A line break can only stand between tokens, and would break the line here.
      json.writeRawValue(nested.text().replace('\n', ' ').replace('\r', ' '));
    } else {
      json.writeRawValue(value.text());
    }
  }
}
