package dev.belay.sink.forward;

import static dev.belay.sink.forward.OldDatabase.execute;

import dev.belay.sink.harness.Fetched;
import dev.belay.testkit.mysql.Product;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Debezium 3.6 on MySQL 9.7. */
@EnabledIfSystemProperty(
    named = "belay.samples",
    matches = "true",
    disabledReason = "it records the samples of Debezium anew when asked by -Dbelay.samples=true")
class MySqlSamplesIT extends SamplesCase {

  @Override
  OldDatabase startOld() throws Exception {
    Fetched.assume(Product.MYSQL);
    return OldMySql.start();
  }

  @Override
  String marksTable() {
    return "shop.marks";
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
            "database.include.list",
            "schema.history.internal.kafka.bootstrap.servers",
            "key.converter",
            "key.converter.schemas.enable",
            "value.converter",
            "value.converter.schemas.enable")) {
      config.put(key, lossless.get(key));
    }
    config.put("topic.prefix", DEFAULTS);
    config.put("database.server.id", "57002");
    config.put("schema.history.internal.kafka.topic", DEFAULTS + ".schema-history");
    config.put("topic.creation.default.partitions", "1");
    config.put("topic.creation.default.replication.factor", "1");
    config.put("table.include.list", "shop\\.marks,shop\\.customers,shop\\.types");
    return config;
  }

  @Test
  void recordTheSamples() throws Exception {
    try (Connection db = old.connect()) {
      execute(
          db,
          "CREATE TABLE marks (id int PRIMARY KEY)",
          "CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(80) NOT NULL,"
              + " email varchar(80) UNIQUE, active boolean NOT NULL DEFAULT true,"
              + " score int DEFAULT 7, rate decimal(6,3) DEFAULT 1.5, note varchar(20) DEFAULT 'none',"
              + " born date DEFAULT '2000-01-01')",
          "CREATE TABLE orders (region varchar(8), number bigint, customer bigint NOT NULL, total"
              + " decimal(12,2) NOT NULL, placed timestamp(6) NOT NULL, PRIMARY KEY (region, number),"
              + " FOREIGN KEY (customer) REFERENCES customers (id))",
          "CREATE TABLE log (at timestamp(6), line text)",
          SourceColumn.table("types", MySqlColumns.plain()),
          "SET sql_mode = ''",
          SourceColumn.table("odd", MySqlColumns.odd()),
          "CREATE TABLE zero (id int PRIMARY KEY, d date NOT NULL, t datetime NOT NULL)",
          "INSERT INTO customers (id, name) VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cid')",
          "INSERT INTO customers VALUES (4, 'Dee', NULL, false, NULL, NULL, NULL, NULL)",
          "INSERT INTO orders VALUES ('eu', 1, 1, 9.90, '2026-11-22 10:00:00')",
          "INSERT INTO log VALUES ('2026-11-22 10:00:00', 'first')",
          "INSERT INTO zero VALUES (1, '0000-00-00', '0000-00-00 00:00:00')");
      run(db, SourceColumn.inserts("types", MySqlColumns.plain(), 1));
      run(db, SourceColumn.inserts("odd", MySqlColumns.odd(), 1));
    }
    old.admitDebezium(List.of());
    Map<String, String> lossless = old.source(kafka.bootstrapServers());
    lossless.put(
        "table.include.list",
        "shop\\.(marks|customers|orders|log|types|ids),belay\\.debezium_heartbeat");
    lossless.put("topic.creation.default.partitions", "2");
    lossless.put("include.schema.changes", "true");

    startSource(LOSSLESS, lossless);
    situation("snapshot", db -> {});
    startSource(DEFAULTS, defaults());
    situation("defaults: snapshot", db -> {});
    changes();
    transactions();
    situation("types", db -> run(db, SourceColumn.inserts("types", MySqlColumns.plain(), 101)));
    stopSource(DEFAULTS);
    odd(lossless);
    write("mysql.jsonl");
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
        "REPLACE and INSERT ON DUPLICATE KEY UPDATE",
        db ->
            execute(
                db,
                "REPLACE INTO customers (id, name) VALUES (10, 'replaced')",
                "INSERT INTO customers (id, name) VALUES (10, 'x') ON DUPLICATE KEY UPDATE name ="
                    + " 'updated'"));
    situation(
        "no primary key: insert, update, delete",
        db ->
            execute(
                db,
                "INSERT INTO log VALUES ('2026-11-22 11:00:00', 'second')",
                "UPDATE log SET line = 'changed'",
                "DELETE FROM log"));
    situation("truncate", db -> execute(db, "DELETE FROM orders", "TRUNCATE log"));
    situation(
        "a column is added, one is dropped, one is renamed",
        db ->
            execute(
                db,
                "INSERT INTO customers (id, name) VALUES (20, 'before')",
                "ALTER TABLE customers ADD COLUMN town varchar(20) DEFAULT 'x'",
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
                    + " '{\"data-collections\": [\"shop.customers\"], \"type\":"
                    + " \"incremental\"}')"));
    situation("after the signal", db -> {});
    situation(
        "of a session with a tag in its GTIDs",
        db ->
            execute(
                db,
                "SET gtid_next = 'AUTOMATIC:belay'",
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
              "INSERT INTO orders VALUES ('eu', 40, 40, 1, '2026-11-22 10:00:00')",
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
        "many rows by one INSERT",
        db ->
            execute(
                db,
                "INSERT INTO customers (id, name) VALUES (80, 'I'), (81, 'I'), (82, 'I'), (83, 'I')"));
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
        "rows deleted by ON DELETE CASCADE of a parent",
        db -> {
          execute(
              db,
              "CREATE TABLE ids (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES ids (id) ON DELETE"
                  + " CASCADE)",
              "INSERT INTO ids VALUES (1, NULL), (2, 1)",
              "DELETE FROM ids WHERE id = 1");
        });
  }

  /** By a connector of its own, since it tells what the others would stop at. */
  private void odd(Map<String, String> lossless) throws Exception {
    stopSource(LOSSLESS);
    Map<String, String> config = new TreeMap<>(lossless);
    config.put("topic.prefix", "odd");
    config.put("database.server.id", "57010");
    config.put("schema.history.internal.kafka.topic", "odd.schema-history");
    config.put("table.include.list", "shop\\.(marks|odd|zero)");
    config.put("topic.creation.default.partitions", "1");
    config.put("include.schema.changes", "false");
    startSource("odd", config);
    situation("odd times: snapshot", db -> {});
    situation(
        "odd times",
        db -> {
          execute(db, "SET sql_mode = ''");
          run(db, SourceColumn.inserts("odd", MySqlColumns.odd(), 101));
          execute(db, "INSERT INTO zero VALUES (101, '0000-00-00', '0000-00-00')");
        });
  }
}
