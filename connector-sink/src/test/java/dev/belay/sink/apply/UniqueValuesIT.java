package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Servers;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.testkit.postgres.PostgresServer.Version;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant I5 Referential: unique values that move, swap, are freed and taken in one window. */
@ParameterizedClass
@EnumSource(Version.class)
class UniqueValuesIT {
  @RegisterExtension static final Servers SERVERS = new Servers();

  @Parameter Version version;
  private TargetDatabase db;

  @BeforeEach
  void makeDatabase() throws Exception {
    db = TargetDatabase.on(SERVERS.postgres(version));
  }

  /**
   * Rows 1, 2, 3 with codes x, y, z; each has a child that goes with it, and one that would not let
   * it go.
   */
  private void coded(String column) {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, code " + column + ", v int)",
        "CREATE TABLE child (id int PRIMARY KEY, t_id int NOT NULL REFERENCES t ON DELETE CASCADE)",
        "CREATE TABLE heir (id int PRIMARY KEY, t_id int NOT NULL REFERENCES t ON DELETE RESTRICT)",
        "INSERT INTO t VALUES (1, 'x', 0), (2, 'y', 0), (3, 'z', 0)",
        "INSERT INTO child VALUES (1, 1), (2, 2), (3, 3)",
        "INSERT INTO heir VALUES (1, 1), (2, 2), (3, 3)");
  }

  private static String row(int id, String code) {
    return "{\"id\": " + id + ", \"code\": \"" + code + "\", \"v\": 1}";
  }

  private void childrenAreThere(String... ids) {
    assertThat(db.rows("SELECT id FROM child ORDER BY id")).containsExactly(ids);
    assertThat(db.rows("SELECT id FROM heir ORDER BY id")).containsExactly(ids);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text UNIQUE",
        "text NOT NULL UNIQUE",
        "text UNIQUE DEFERRABLE INITIALLY IMMEDIATE",
        "text NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED"
      })
  void valueMovesToAnotherRow(String column) throws Exception {
    coded(column);
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, "y"), 5).upsert("t", "[2]", row(2, "w"), 5).applyAll();
    }
    assertThat(db.rows("SELECT code FROM t ORDER BY id")).containsExactly("y", "w", "z");
    childrenAreThere("1", "2", "3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text UNIQUE",
        "text NOT NULL UNIQUE",
        "text NOT NULL UNIQUE DEFERRABLE INITIALLY IMMEDIATE"
      })
  void valuesRotateAmongRows(String column) throws Exception {
    coded(column);
    try (ApplyBench bench = new ApplyBench.Settings().rowsPerStatement(1).on(db)) {
      bench
          .upsert("t", "[1]", row(1, "y"), 5)
          .upsert("t", "[2]", row(2, "z"), 5)
          .upsert("t", "[3]", row(3, "x"), 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT code FROM t ORDER BY id")).containsExactly("y", "z", "x");
    childrenAreThere("1", "2", "3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text UNIQUE",
        "text NOT NULL UNIQUE",
        "char(1) NOT NULL UNIQUE",
        "text UNIQUE DEFERRABLE"
      })
  void valueThatADeleteFreesIsTakenByAnInsert(String column) throws Exception {
    coded(column);
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("t", "[2]", 5)
          .delete("child", "[2]", 5)
          .delete("heir", "[2]", 5)
          .upsert("t", "[4]", row(4, "y"), 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, code FROM t ORDER BY id")).containsExactly("1|x", "3|z", "4|y");
    childrenAreThere("1", "3");
  }

  @Test
  void valuesOfAnIntegerColumnSwap() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, place smallint NOT NULL UNIQUE)",
        "INSERT INTO t VALUES (1, 1), (2, 2)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", "{\"id\": 1, \"place\": 2}", 5)
          .upsert("t", "[2]", "{\"id\": 2, \"place\": 1}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT place FROM t ORDER BY id")).containsExactly("2", "1");
  }

  @Test
  void valuesOfTwoColumnsSwap() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, shop int NOT NULL, place int NOT NULL,"
            + " UNIQUE (shop, place))",
        "INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", "{\"id\": 1, \"shop\": 1, \"place\": 2}", 5)
          .upsert("t", "[2]", "{\"id\": 2, \"shop\": 2, \"place\": 1}", 5)
          .upsert("t", "[3]", "{\"id\": 3, \"shop\": 1, \"place\": 1}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT shop, place FROM t ORDER BY id"))
        .containsExactly("1|2", "2|1", "1|1");
  }

  @Test
  void valuesOfAnIndexWithAConditionSwap() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, code text, active boolean NOT NULL)",
        "CREATE UNIQUE INDEX active_code ON t (code) WHERE active",
        "INSERT INTO t VALUES (1, 'x', true), (2, 'x', false), (3, 'y', true)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", "{\"id\": 1, \"code\": \"y\", \"active\": true}", 5)
          .upsert("t", "[3]", "{\"id\": 3, \"code\": \"x\", \"active\": true}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT code, active FROM t ORDER BY id"))
        .containsExactly("y|t", "x|f", "x|t");
  }

  @Test
  void valuesOfAnIndexOverAnExpressionSwap() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, mail text NOT NULL)",
        "CREATE UNIQUE INDEX lower_mail ON t (lower(mail))",
        "INSERT INTO t VALUES (1, 'A'), (2, 'b')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", "{\"id\": 1, \"mail\": \"B\"}", 5)
          .upsert("t", "[2]", "{\"id\": 2, \"mail\": \"a\"}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT mail FROM t ORDER BY id")).containsExactly("B", "a");
  }

  @Test
  void oneToOneReferenceThatMayBeNullSwaps() throws Exception {
    db.sql(
        "CREATE TABLE person (id int PRIMARY KEY)",
        "CREATE TABLE profile (id int PRIMARY KEY, person int UNIQUE REFERENCES person)",
        "INSERT INTO person VALUES (1), (2)",
        "INSERT INTO profile VALUES (10, 1), (20, 2)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("profile", "[10]", "{\"id\": 10, \"person\": 2}", 5)
          .upsert("profile", "[20]", "{\"id\": 20, \"person\": 1}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, person FROM profile ORDER BY id"))
        .containsExactly("10|2", "20|1");
  }

  @Test
  void oneToOneReferenceThatCannotBeNullIsReplaced() throws Exception {
    db.sql(
        "CREATE TABLE person (id int PRIMARY KEY)",
        "CREATE TABLE profile (id int PRIMARY KEY, person int NOT NULL UNIQUE REFERENCES person)",
        "INSERT INTO person VALUES (1)",
        "INSERT INTO profile VALUES (10, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("profile", "[11]", "{\"id\": 11, \"person\": 1}", 5)
          .delete("profile", "[10]", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, person FROM profile")).containsExactly("11|1");
  }

  @Test
  void swapThatNothingCanParkIsRefusedWithTheStatementThatCuresIt() throws Exception {
    db.sql(
        "CREATE TABLE person (id int PRIMARY KEY)",
        "CREATE TABLE profile (id int PRIMARY KEY, person int NOT NULL REFERENCES person,"
            + " CONSTRAINT one_each UNIQUE (person))",
        "INSERT INTO person VALUES (1), (2)",
        "INSERT INTO profile VALUES (10, 1), (20, 2)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("profile", "[10]", "{\"id\": 10, \"person\": 2}", 5)
          .upsert("profile", "[20]", "{\"id\": 20, \"person\": 1}", 5)
          .apply();
      assertThat(bench.reasons().get(0)).contains("one_each");
      // and does what it says
      String cure = bench.reasons().get(0).replaceAll(".*(ALTER TABLE .* DEFERRABLE);.*", "$1");
      db.sql(cure, "ALTER TABLE profile DROP CONSTRAINT one_each");
    }
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("profile", "[10]", "{\"id\": 10, \"person\": 2}", 7)
          .upsert("profile", "[20]", "{\"id\": 20, \"person\": 1}", 7)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, person FROM profile ORDER BY id"))
        .containsExactly("10|2", "20|1");
  }

  @Test
  void exclusionConstraintThatCannotBeKeptIsNamed() throws Exception {
    db.sql(
        "CREATE TABLE stay (id int PRIMARY KEY, days int4range NOT NULL,"
            + " CONSTRAINT no_overlap EXCLUDE USING gist (days WITH &&))",
        "INSERT INTO stay VALUES (1, '[1,5)')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("stay", "[2]", "{\"id\": 2, \"days\": \"[4,8)\"}", 5).apply();
      assertThat(bench.reasons().get(0))
          .contains("no_overlap", "add it again as DEFERRABLE")
          .doesNotContain("[4,8)");
    }
    assertThat(db.rows("SELECT id FROM stay")).containsExactly("1");
  }

  @Test
  void valueHeldByARowOutsideOfTheWindowIsRefused() throws Exception {
    coded("text UNIQUE");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, "y"), 5).upsert("t", "[3]", row(3, "w"), 5).apply();
      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0)).contains("t_code_key").doesNotContain("\"y\"", "(y)");
    }
    assertThat(db.rows("SELECT id, code FROM t ORDER BY id")).containsExactly("1|x", "2|y", "3|w");
  }

  @Test
  void onlyRowsThatStandInTheWayAreWrittenTwice() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, code text UNIQUE, v int)");
    db.sql("INSERT INTO t SELECT n, 'c' || n, 0 FROM generate_series(1, 50) n");
    db.audit("t", "id", "v");
    try (ApplyBench bench = ApplyBench.on(db)) {
      for (int id = 3; id <= 50; id++) {
        bench.upsert("t", "[" + id + "]", row(id, "c" + id), 5);
      }
      // row 51 takes what row 1 gives up, row 1 takes what row 2 had, which is deleted
      bench
          .upsert("t", "[51]", row(51, "c1"), 5)
          .upsert("t", "[1]", row(1, "c2"), 5)
          .delete("t", "[2]", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT k FROM audit GROUP BY k HAVING count(*) > 1 ORDER BY k::int"))
        .containsExactly("1", "2");
    assertThat(db.rows("SELECT id, code FROM t WHERE id IN (1, 2, 51) ORDER BY id"))
        .containsExactly("1|c2", "51|c1");
  }

  @Test
  void uniqueValueThatARowDoesNotCarrySurvivesParking() throws Exception {
    coded("text UNIQUE");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", row(1, "y"), 5)
          .upsert("t", "[2]", row(2, "x"), 5)
          .upsert("t", "[3]", "{\"id\": 3, \"v\": 1}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT code FROM t ORDER BY id")).containsExactly("y", "x", "z");
  }

  @Test
  void valuesSwapWhileAKeyMovesWithItsReferences() throws Exception {
    db.sql(
        "CREATE TABLE country (id int PRIMARY KEY, code text NOT NULL UNIQUE, rank int UNIQUE)",
        "CREATE TABLE city (id int PRIMARY KEY, country text NOT NULL REFERENCES country (code))",
        "INSERT INTO country VALUES (1, 'A', 1), (2, 'B', 2)",
        "INSERT INTO city VALUES (10, 'A')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("country", "[1]", "{\"id\": 1, \"code\": \"C\", \"rank\": 2}", 5)
          .upsert("country", "[2]", "{\"id\": 2, \"code\": \"B\", \"rank\": 1}", 5)
          .upsert("city", "[10]", "{\"id\": 10, \"country\": \"C\"}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT code, rank FROM country ORDER BY id")).containsExactly("C|2", "B|1");
  }
}
