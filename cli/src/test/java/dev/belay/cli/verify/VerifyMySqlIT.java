package dev.belay.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MySQL and MariaDB write values in ways of their own, and order text by their collations. */
class VerifyMySqlIT {
  private static final Logger LOG = LoggerFactory.getLogger(VerifyMySqlIT.class);
  private static final int ROWS = 3_000;

  private static final List<String> SOURCE =
      List.of(
          "CREATE TABLE plain (id INT8 PRIMARY KEY, n DECIMAL(18,4), b BOOL, s STRING, c STRING,"
              + " y BYTES, u UUID, v UUID, d DATE, t TIME, ts TIMESTAMP, tz TIMESTAMPTZ)",
          "INSERT INTO plain SELECT k, (k * 7919) / 1000.0, k % 3 = 0, 'Ä' || k, md5(k::text),"
              + " decode(md5(k::text), 'hex'), md5(k::text)::uuid, md5(k::text)::uuid,"
              + " '2020-02-29'::date + (k % 900)::int4,"
              + " '01:02:03'::time + (k || ' milliseconds')::interval,"
              + " '2021-03-04 05:06:07'::timestamp + (k || ' milliseconds')::interval,"
              + " '2021-03-04 05:06:07+00'::timestamptz + (k || ' microseconds')::interval"
              + " FROM generate_series(1, "
              + ROWS
              + ") AS g(k)",
          "UPDATE plain SET n = NULL, b = NULL, s = NULL, c = NULL, y = NULL, u = NULL, v = NULL,"
              + " d = NULL, t = NULL, ts = NULL, tz = NULL WHERE id % 7 = 0",
          "CREATE TABLE rich (id UUID PRIMARY KEY, f FLOAT8, r FLOAT4, j JSONB, bits BIT(5))",
          "INSERT INTO rich SELECT md5(k::text)::uuid, k / 7.0, k / 4.0,"
              + " ('{\"b\": ' || k || ', \"aa\": [1.5, null]}')::jsonb, (k % 32)::int4::bit(5)"
              + " FROM generate_series(1, "
              + ROWS
              + ") AS g(k)",
          "CREATE TABLE words (w STRING PRIMARY KEY, n INT8)",
          "INSERT INTO words SELECT CASE WHEN k % 2 = 0 THEN 'B' ELSE 'a' END || k, k"
              + " FROM generate_series(1, "
              + ROWS
              + ") AS g(k)");

  private static final List<String> TARGET =
      List.of(
          "CREATE TABLE plain (id BIGINT PRIMARY KEY, n DECIMAL(20,6), b TINYINT(1), s VARCHAR(50),"
              + " c CHAR(40), y VARBINARY(20), u CHAR(36), v BINARY(16), d DATE, t TIME(6),"
              + " ts DATETIME(6), tz TIMESTAMP(6) NULL)",
          "CREATE TABLE rich (id BINARY(16) PRIMARY KEY, f DOUBLE, r FLOAT, j JSON, bits BIT(5))",
          "CREATE TABLE words (w VARCHAR(100) PRIMARY KEY, n BIGINT)");

  /** Copied by the texts that the source makes of its values. */
  private static final List<String> COPY =
      List.of(
          "SELECT id, n, CASE WHEN b THEN 1 WHEN NOT b THEN 0 END, s, c, encode(y, 'hex'), u::text,"
              + " encode(y, 'hex'), d::text, t::text, ts::text, (tz AT TIME ZONE 'UTC')::text"
              + " FROM plain",
          "SELECT replace(id::text, '-', ''), f, r, j::text, bits::text FROM rich",
          "SELECT w, n FROM words");

  private static final List<String> INSERT =
      List.of(
          "INSERT INTO plain VALUES (?, ?, ?, ?, ?, UNHEX(?), ?, UNHEX(?), ?, ?, ?, ?)",
          "INSERT INTO rich VALUES (UNHEX(?), ?, ?, ?, CAST(CONV(?, 2, 10) AS UNSIGNED))",
          "INSERT INTO words VALUES (?, ?)");

  @ParameterizedTest
  @EnumSource(Product.class)
  void whatDiffersIsFoundAndNothingElse(Product product) throws Exception {
    MySqlServer.obstacle(product)
        .ifPresent(
            obstacle -> {
              LOG.warn("whatDiffersIsFoundAndNothingElse is skipped: {}", obstacle);
              abort(obstacle);
            });
    try (StandIn standIn = StandIn.builder().rowsKept(1_000).start();
        MySqlServer server = MySqlServer.start(product)) {
      server.createDatabase("shop");
      try (Connection source = standIn.connect();
          Connection target = server.connect("shop")) {
        VerifyRun.execute(source, SOURCE);
        VerifyRun.execute(target, TARGET);
        copy(source, target);
      }
      VerifyRun equal = VerifyRun.of(standIn, server, "shop", "--json", "--range-rows", "1000");
      assertThat(equal.differences()).isEmpty();
      assertThat(equal.code()).as(equal.text() + equal.errors()).isZero();
      assertThat(equal.summary().path("source_rows").asLong()).isEqualTo(3L * ROWS);

      try (Connection target = server.connect("shop")) {
        VerifyRun.execute(
            target,
            List.of(
                "DELETE FROM plain WHERE id = 3",
                "UPDATE plain SET s = '' WHERE id = 7",
                "UPDATE plain SET s = CONCAT(s, ' ') WHERE id = 8",
                "UPDATE plain SET n = n + 0.000001 WHERE id = 9",
                "UPDATE plain SET b = 2 WHERE id = 12",
                "UPDATE plain SET tz = tz + INTERVAL 1 MICROSECOND WHERE id = 11",
                "UPDATE plain SET v = REVERSE(v) WHERE id = 13",
                "UPDATE words SET w = 'A15' WHERE w = 'a15'",
                "UPDATE rich SET f = f * (1 + 2.220446049250313e-16)"
                    + " WHERE id = UNHEX('c4ca4238a0b923820dcc509a6f75849b')",
                "UPDATE rich SET j = JSON_SET(j, '$.b', 0) WHERE id = UNHEX('c81e728d9d4c2f636f067f89cc14862c')",
                "INSERT INTO rich (id) VALUES (UNHEX('ffffffff000000000000000000000000'))",
                "UPDATE rich SET bits = bits ^ 1 WHERE id = UNHEX('eccbc87e4b5ce2fe28308fd9f2a7baf3')"));
      }
      VerifyRun run = VerifyRun.of(standIn, server, "shop", "--json", "--range-rows", "1000");
      assertThat(run.differences())
          .containsExactlyInAnyOrder(
              "plain {\"id\":\"3\"} missing []",
              "plain {\"id\":\"7\"} changed [\"s\"]",
              "plain {\"id\":\"8\"} changed [\"s\"]",
              "plain {\"id\":\"9\"} changed [\"n\"]",
              "plain {\"id\":\"12\"} changed [\"b\"]",
              "plain {\"id\":\"11\"} changed [\"tz\"]",
              "plain {\"id\":\"13\"} changed [\"v\"]",
              "rich {\"id\":\"ffffffff000000000000000000000000\"} extra []",
              "words {\"w\":\"a15\"} missing []",
              "words {\"w\":\"A15\"} extra []",
              "rich {\"id\":\"c4ca4238-a0b9-2382-0dcc-509a6f75849b\"} changed [\"f\"]",
              "rich {\"id\":\"c81e728d-9d4c-2f63-6f06-7f89cc14862c\"} changed [\"j\"]",
              "rich {\"id\":\"eccbc87e-4b5c-e2fe-2830-8fd9f2a7baf3\"} changed [\"bits\"]");
      assertThat(run.code()).isEqualTo(1);
    }
  }

  private static void copy(Connection source, Connection target) throws Exception {
    target.setAutoCommit(false);
    for (int i = 0; i < COPY.size(); i++) {
      try (var query = source.createStatement();
          var rows = query.executeQuery(COPY.get(i));
          var insert = target.prepareStatement(INSERT.get(i))) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int c = 1; c <= columns; c++) {
            insert.setString(c, rows.getString(c));
          }
          insert.addBatch();
        }
        insert.executeBatch();
      }
    }
    target.commit();
  }
}
