package dev.belay.sink.forward;

import static dev.belay.sink.forward.OldDatabase.execute;

import java.io.StringReader;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.postgresql.PGConnection;

/** Debezium 3.7 on PostgreSQL 18. */
@EnabledIfSystemProperty(
    named = "belay.samples",
    matches = "true",
    disabledReason = "it records the samples of Debezium anew when asked by -Dbelay.samples=true")
class PostgresSamplesIT extends SamplesCase {
  private static final String LARGE = "repeat(md5('a'), 80)";
  private static final List<String> TABLES =
      List.of(
          "public.marks",
          "public.customers",
          "public.orders",
          "public.documents",
          "public.documents_full",
          "public.log",
          "public.log_full",
          "public.types",
          "public.odd");

  @Override
  OldDatabase startOld() throws Exception {
    return OldPostgres.start();
  }

  @Override
  String marksTable() {
    return "public.marks";
  }

  private Map<String, String> defaults() throws Exception {
    Map<String, String> lossless = old.source(kafka.bootstrapServers());
    Map<String, String> config = new TreeMap<>();
    for (String key :
        List.of(
            "connector.class",
            "tasks.max",
            "database.hostname",
            "database.port",
            "database.user",
            "database.password",
            "database.dbname",
            "plugin.name",
            "publication.name",
            "publication.autocreate.mode",
            "key.converter",
            "key.converter.schemas.enable",
            "value.converter",
            "value.converter.schemas.enable")) {
      config.put(key, lossless.get(key));
    }
    config.put("topic.prefix", DEFAULTS);
    config.put("slot.name", "of_defaults");
    config.put("topic.creation.default.partitions", "1");
    config.put("topic.creation.default.replication.factor", "1");
    config.put(
        "table.include.list",
        "public\\.marks,public\\.customers,public\\.documents,public\\.types");
    return config;
  }

  @Test
  void recordTheSamples() throws Exception {
    try (Connection db = old.connect()) {
      run(db, PostgresColumns.TYPES);
      execute(
          db,
          "CREATE TABLE marks (id int PRIMARY KEY)",
          "CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL,"
              + " email varchar(80) UNIQUE, active boolean NOT NULL DEFAULT true,"
              + " score int DEFAULT 7, rate numeric(6,3) DEFAULT 1.5, note text DEFAULT 'none',"
              + " born date DEFAULT '2000-01-01')",
          "CREATE TABLE orders (region varchar(8), number bigint, customer bigint NOT NULL REFERENCES"
              + " customers, total numeric(12,2) NOT NULL, placed timestamptz NOT NULL, PRIMARY KEY"
              + " (region, number))",
          documents("documents"),
          documents("documents_full"),
          "ALTER TABLE documents_full REPLICA IDENTITY FULL",
          "CREATE TABLE log (at timestamptz, line text)",
          "CREATE TABLE log_full (at timestamptz, line text)",
          "ALTER TABLE log_full REPLICA IDENTITY FULL",
          SourceColumn.table("types", PostgresColumns.plain()),
          SourceColumn.table("odd", PostgresColumns.odd()),
          "INSERT INTO customers (id, name) VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cid')",
          "INSERT INTO customers VALUES (4, 'Dee', NULL, false, NULL, NULL, NULL, NULL)",
          "INSERT INTO orders VALUES ('eu', 1, 1, 9.90, '2026-11-22 10:00:00+00')",
          "INSERT INTO documents (id, title, body, raw) VALUES (1, 'short', 'short', '\\x00')",
          "INSERT INTO log VALUES ('2026-11-22 10:00:00+00', 'first')");
      run(db, SourceColumn.inserts("types", PostgresColumns.plain(), 1));
    }
    old.admitDebezium(TABLES);
    Map<String, String> lossless = old.source(kafka.bootstrapServers());
    lossless.put("table.include.list", "public\\..*,belay\\.debezium_heartbeat");
    lossless.put("topic.creation.default.partitions", "2");

    situationsOfSnapshots(lossless);
    changes();
    transactions();
    types();
    write("postgres.jsonl");
  }

  private void situationsOfSnapshots(Map<String, String> lossless) throws Exception {
    startSource(LOSSLESS, lossless);
    situation("snapshot", db -> {});
    startSource(DEFAULTS, defaults());
    situation("defaults: snapshot", db -> {});
  }

  private static String documents(String name) {
    StringBuilder sql =
        new StringBuilder(
            "CREATE TABLE "
                + name
                + " (id int PRIMARY KEY, title text, body text, raw bytea, doc jsonb, plain json,"
                + " tags text[], raws bytea[], numbers int[], bigs bigint[], ids uuid[], named hstore,"
                + " price numeric)");
    for (String column :
        List.of("body", "raw", "doc", "plain", "tags", "raws", "numbers", "bigs", "ids", "named")) {
      sql.append("; ALTER TABLE ").append(name).append(" ALTER COLUMN ").append(column);
      sql.append(" SET STORAGE EXTERNAL");
    }
    return sql.toString();
  }

  private static String large(String table, int id) {
    return "INSERT INTO "
        + table
        + " SELECT "
        + id
        + ", 'large', "
        + LARGE
        + ", convert_to("
        + LARGE
        + ", 'UTF8'), jsonb_build_object('a', "
        + LARGE
        + "), json_build_object('a', "
        + LARGE
        + "), ARRAY["
        + LARGE
        + "], ARRAY[convert_to("
        + LARGE
        + ", 'UTF8')], array_agg(i), (array_agg(i::bigint))[1:300], (array_agg(md5(i::text)::uuid))[1:150],"
        + " hstore('a', "
        + LARGE
        + "), 1.5 FROM generate_series(1, 600) i";
  }

  private void changes() throws Exception {
    situation(
        "insert, defaults taken and not taken",
        db ->
            execute(
                db,
                "INSERT INTO customers (id, name) VALUES (10, 'Eve')",
                "INSERT INTO customers VALUES (11, 'Fay', 'f@example.com', false, 0, -0.001, '',"
                    + " '1999-12-31')",
                "INSERT INTO customers VALUES (12, 'Gus', NULL, true, NULL, NULL, NULL, NULL)"));
    situation(
        "update", db -> execute(db, "UPDATE customers SET name = 'Eva', score = 8 WHERE id = 10"));
    situation("delete", db -> execute(db, "DELETE FROM customers WHERE id = 12"));
    situation(
        "key changed",
        db ->
            execute(
                db,
                "UPDATE customers SET id = 110 WHERE id = 11",
                "UPDATE orders SET region = 'us', number = 2 WHERE region = 'eu' AND number = 1"));
    situation(
        "large values are inserted",
        recorded -> false,
        db -> execute(db, large("documents", 5), large("documents_full", 5)));
    situation(
        "large values unchanged, REPLICA IDENTITY DEFAULT",
        db -> execute(db, "UPDATE documents SET title = 'changed' WHERE id = 5"));
    situation(
        "large values unchanged, REPLICA IDENTITY FULL",
        db -> execute(db, "UPDATE documents_full SET title = 'changed' WHERE id = 5"));
    situation(
        "key changed, large values unchanged, REPLICA IDENTITY DEFAULT",
        db -> execute(db, "UPDATE documents SET id = 50 WHERE id = 5"));
    situation(
        "no primary key: insert; with REPLICA IDENTITY FULL also update and delete",
        db ->
            execute(
                db,
                "INSERT INTO log VALUES ('2026-11-22 11:00:00+00', 'second')",
                "INSERT INTO log_full VALUES ('2026-11-22 11:00:00+00', 'first')",
                "UPDATE log_full SET line = 'changed'",
                "DELETE FROM log_full"));
    situation(
        "truncate", db -> execute(db, "TRUNCATE documents_full", "TRUNCATE customers, orders"));
    situation(
        "logical message, in a transaction and out of one",
        db ->
            execute(
                db,
                "SELECT pg_logical_emit_message(true, 'belay', 'within')",
                "SELECT pg_logical_emit_message(false, 'belay', 'without')"));
    situation(
        "a column is added, one is dropped, one is renamed",
        db ->
            execute(
                db,
                "INSERT INTO customers (id, name) VALUES (20, 'before')",
                "ALTER TABLE customers ADD COLUMN town text DEFAULT 'x'",
                "INSERT INTO customers (id, name) VALUES (21, 'added')",
                "ALTER TABLE customers DROP COLUMN note",
                "ALTER TABLE customers RENAME COLUMN town TO city",
                "UPDATE customers SET name = 'dropped' WHERE id = 20"));
    situation(
        "a table is read again by a signal",
        db ->
            execute(
                db,
                "INSERT INTO belay.debezium_signal VALUES ('s1', 'execute-snapshot',"
                    + " '{\"data-collections\": [\"public.orders\", \"public.customers\"], \"type\":"
                    + " \"incremental\"}')"));
    situation("after the signal", db -> {});
    situation(
        "of a session with a replication origin",
        db ->
            execute(
                db,
                "SELECT pg_replication_origin_create('belay_of_test')",
                "SELECT pg_replication_origin_session_setup('belay_of_test')",
                "INSERT INTO customers (id, name) VALUES (30, 'marked')"));
  }

  private void transactions() throws Exception {
    situation(
        "a transaction over two tables",
        db -> {
          db.setAutoCommit(false);
          execute(
              db,
              "INSERT INTO customers (id, name) VALUES (40, 'Hal')",
              "INSERT INTO orders VALUES ('eu', 40, 40, 1, '2026-11-22 10:00:00+00')",
              "UPDATE customers SET name = 'Hel' WHERE id = 40");
          db.commit();
        });
    situation(
        "interleaved: A begins, B begins, A writes 50, B writes 60, A writes 51, B commits, A commits",
        a -> {
          a.setAutoCommit(false);
          try (Connection b = old.connect()) {
            b.setAutoCommit(false);
            execute(a, "INSERT INTO customers (id, name) VALUES (50, 'A1')");
            execute(b, "INSERT INTO customers (id, name) VALUES (60, 'B1')");
            execute(a, "INSERT INTO customers (id, name) VALUES (51, 'A2')");
            b.commit();
            a.commit();
          }
        });
    situation(
        "many rows by COPY",
        db ->
            db.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                    "COPY customers (id, name) FROM STDIN",
                    new StringReader("70\tC1\n71\tC2\n72\tC3\n73\tC4\n")));
    situation(
        "many rows by one INSERT",
        db ->
            execute(
                db,
                "INSERT INTO customers (id, name) SELECT i, 'I' FROM generate_series(80, 83) i"));
    situation(
        "a row that changes twice in one transaction, and is then deleted",
        db -> {
          db.setAutoCommit(false);
          execute(
              db,
              "INSERT INTO customers (id, name) VALUES (90, 'one')",
              "UPDATE customers SET name = 'two' WHERE id = 90",
              "DELETE FROM customers WHERE id = 90");
          db.commit();
        });
    situation(
        "a savepoint is rolled back",
        db -> {
          db.setAutoCommit(false);
          execute(
              db,
              "INSERT INTO customers (id, name) VALUES (91, 'kept')",
              "SAVEPOINT s",
              "INSERT INTO customers (id, name) VALUES (92, 'undone')",
              "ROLLBACK TO s",
              "INSERT INTO customers (id, name) VALUES (93, 'kept')");
          db.commit();
        });
  }

  private void types() throws Exception {
    situation("types", db -> run(db, SourceColumn.inserts("types", PostgresColumns.plain(), 101)));
    stopSource(DEFAULTS);
    situation("odd types", db -> run(db, SourceColumn.inserts("odd", PostgresColumns.odd(), 101)));
  }
}
