package dev.belay.sink.forward;

import static dev.belay.sink.forward.OldDatabase.execute;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Debezium 3.7 on PostgreSQL 18, whose converters write no schemas. */
@EnabledIfSystemProperty(
    named = "belay.samples",
    matches = "true",
    disabledReason = "it records the samples of Debezium anew when asked by -Dbelay.samples=true")
class SchemalessSamplesIT extends SamplesCase {
  @Override
  OldDatabase startOld() throws Exception {
    return OldPostgres.start();
  }

  @Override
  String marksTable() {
    return "public.marks";
  }

  @Test
  void recordTheSamples() throws Exception {
    try (Connection db = old.connect()) {
      run(db, PostgresColumns.TYPES);
      execute(
          db,
          "CREATE TABLE marks (id int PRIMARY KEY)",
          "CREATE TABLE documents (id int PRIMARY KEY, title text, body text, raw bytea, doc jsonb,"
              + " tags text[], numbers int[], ids uuid[], named hstore)",
          SourceColumn.table("types", PostgresColumns.withHex()));
      for (String column : List.of("body", "raw", "doc", "tags", "numbers", "ids", "named")) {
        execute(db, "ALTER TABLE documents ALTER COLUMN " + column + " SET STORAGE EXTERNAL");
      }
      run(db, SourceColumn.inserts("types", PostgresColumns.withHex(), 1));
    }
    old.admitDebezium(List.of("public.marks", "public.documents", "public.types"));
    Map<String, String> config = old.source(kafka.bootstrapServers());
    config.put("table.include.list", "public\\..*,belay\\.debezium_heartbeat");
    config.put("provide.transaction.metadata", "false");
    config.put("key.converter.schemas.enable", "false");
    config.put("value.converter.schemas.enable", "false");
    config.put("time.precision.mode", "isostring");
    config.put("binary.handling.mode", "hex");
    startSource(LOSSLESS, config);
    situation("snapshot", db -> {});
    situation(
        "large values are inserted",
        recorded -> false,
        db ->
            execute(
                db,
                "INSERT INTO documents SELECT 5, 'large', t, convert_to(t, 'UTF8'),"
                    + " jsonb_build_object('a', t), ARRAY[t],"
                    + " array_agg(i), (array_agg(md5(i::text)::uuid))[1:150], hstore('a', t)"
                    + " FROM generate_series(1, 600) i, repeat(md5('a'), 80) t GROUP BY t"));
    situation(
        "large values unchanged",
        db -> execute(db, "UPDATE documents SET title = 'changed' WHERE id = 5"));
    situation(
        "insert, key changed, delete",
        db ->
            execute(
                db,
                "INSERT INTO documents (id, title) VALUES (6, NULL)",
                "UPDATE documents SET id = 7 WHERE id = 6",
                "DELETE FROM documents WHERE id = 7"));
    situation(
        "types", db -> run(db, SourceColumn.inserts("types", PostgresColumns.withHex(), 101)));
    write("postgres-schemaless.jsonl");
  }
}
