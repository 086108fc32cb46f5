package dev.belay.bench;

import dev.belay.bench.BatchFile.Batch;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** A way to write a batch with nothing but the database's driver. */
enum PlainWay {
  UNNEST(
      new PostgresWriters.Unnest(), "", "pgjdbc alone, one array a column through unnest, upsert"),
  COPY(
      new PostgresWriters.Copy(),
      "",
      "pgjdbc alone, COPY into a temporary table, then upsert from it"),
  MULTI_ROW(
      new MySqlWriters.MultiRow(),
      "",
      "Connector/J alone, one statement with the values of all rows, upsert"),
  LOAD_DATA(
      new MySqlWriters.LoadData(),
      "?allowLoadLocalInfile=true",
      "Connector/J alone, LOAD DATA into a temporary table, then upsert from it");

  private final PlainWriter writer;
  private final String urlSettings;
  private final String words;

  PlainWay(PlainWriter writer, String urlSettings, String words) {
    this.writer = writer;
    this.urlSettings = urlSettings;
    this.words = words;
  }

  /** What goes behind the database's URL. */
  String urlSettings() {
    return urlSettings;
  }

  /** In a line, for the report. */
  String words() {
    return words;
  }

  /** Once for a connection, outside of any batch. */
  void prepare(Connection connection, String table) throws SQLException {
    writer.prepare(connection, table);
  }

  /** Writes the batch and commits. */
  void write(Connection connection, String table, Batch batch) throws SQLException, IOException {
    if (!batch.upserts().isEmpty()) {
      writer.upsert(connection, table, batch.upserts());
    }
    if (!batch.deletes().isEmpty()) {
      writer.delete(connection, table, batch.deletes());
    }
    connection.commit();
  }
}
