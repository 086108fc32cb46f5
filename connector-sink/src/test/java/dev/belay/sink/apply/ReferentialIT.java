package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.TableName;
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

/**
 * Invariant I5 Referential: foreign keys and what keeps them whole, as a role that owns nothing.
 * Unique values are in {@link UniqueValuesIT}.
 */
@ParameterizedClass
@EnumSource(Version.class)
class ReferentialIT {
  @RegisterExtension static final Servers SERVERS = new Servers();

  @Parameter Version version;
  private TargetDatabase db;

  @BeforeEach
  void makeDatabase() throws Exception {
    db = TargetDatabase.on(SERVERS.postgres(version));
  }

  private void familyTables(String onDelete) {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY, v text)",
        "CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent " + onDelete + ")",
        "CREATE TABLE grandchild (id int PRIMARY KEY, child_id int NOT NULL REFERENCES child "
            + onDelete
            + ")");
  }

  @Test
  void childrenThatComeBeforeTheirParentsAreApplied() throws Exception {
    familyTables("");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("grandchild", "[3]", "{\"id\": 3, \"child_id\": 2}", 5)
          .upsert("child", "[2]", "{\"id\": 2, \"parent_id\": 1}", 5)
          .upsert("parent", "[1]", "{\"id\": 1, \"v\": \"x\"}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, child_id FROM grandchild")).containsExactly("3|2");
  }

  @Test
  void parentsThatGoBeforeTheirChildrenAreDeleted() throws Exception {
    familyTables("ON DELETE RESTRICT");
    db.sql("INSERT INTO parent VALUES (1)", "INSERT INTO child VALUES (2, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.delete("parent", "[1]", 5).delete("child", "[2]", 5).applyAll();
    }
    assertThat(db.rows("SELECT id FROM parent UNION ALL SELECT id FROM child")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ON DELETE RESTRICT",
        "ON DELETE CASCADE",
        "ON DELETE SET NULL",
        "DEFERRABLE INITIALLY DEFERRED"
      })
  void childThatMovesAwayFromADeletedParentIsNotLost(String onDelete) throws Exception {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent " + onDelete + ")",
        "CREATE TABLE grandchild (id int PRIMARY KEY, child_id int NOT NULL"
            + " REFERENCES child ON DELETE CASCADE)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (2, 1)",
        "INSERT INTO grandchild VALUES (3, 2)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("parent", "[1]", 5)
          .upsert("child", "[2]", "{\"id\": 2, \"parent_id\": 9}", 5)
          .upsert("parent", "[9]", "{\"id\": 9}", 5)
          .applyAll();
    }
    assertThat(
            db.rows(
                "SELECT p.id, c.id, g.id FROM parent p JOIN child c ON c.parent_id = p.id"
                    + " JOIN grandchild g ON g.child_id = c.id"))
        .containsExactly("9|2|3");
  }

  @Test
  void childThatWasOrphanedInTheFeedIsOrphanedHere() throws Exception {
    familyTables("");
    db.sql("INSERT INTO parent VALUES (1)", "INSERT INTO child VALUES (2, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("parent", "[1]", 5)
          .upsert("child", "[2]", "{\"id\": 2, \"parent_id\": null}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, parent_id FROM child")).containsExactly("2|null");
  }

  @Test
  void parentThatIsDeletedAndMadeAnewKeepsItsChildren() throws Exception {
    familyTables("ON DELETE CASCADE");
    db.sql("INSERT INTO parent VALUES (1, 'old')", "INSERT INTO child VALUES (2, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("parent", "[1]", 5)
          .upsert("parent", "[1]", "{\"id\": 1, \"v\": \"new\"}", 6)
          .upsert("child", "[2]", "{\"id\": 2, \"parent_id\": 1}", 6)
          .applyAll();
    }
    assertThat(db.rows("SELECT v, c.id FROM parent JOIN child c ON c.parent_id = parent.id"))
        .containsExactly("new|2");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10_000})
  void rowsThatReferenceTheirOwnTableComeInAnyOrder(int rowsPerStatement) throws Exception {
    db.sql("CREATE TABLE employee (id int PRIMARY KEY, boss int REFERENCES employee)");
    try (ApplyBench bench = new ApplyBench.Settings().rowsPerStatement(rowsPerStatement).on(db)) {
      bench
          .upsert("employee", "[3]", "{\"id\": 3, \"boss\": 2}", 5)
          .upsert("employee", "[2]", "{\"id\": 2, \"boss\": 1}", 5)
          .upsert("employee", "[1]", "{\"id\": 1, \"boss\": 1}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, boss FROM employee ORDER BY id"))
        .containsExactly("1|1", "2|1", "3|2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ON DELETE RESTRICT"})
  void rowsThatReferenceTheirOwnTableGoInAnyOrder(String onDelete) throws Exception {
    db.sql(
        "CREATE TABLE employee (id int PRIMARY KEY, boss int REFERENCES employee " + onDelete + ")",
        "INSERT INTO employee VALUES (1, 1), (2, 1), (3, 2)");
    try (ApplyBench bench = new ApplyBench.Settings().rowsPerStatement(1).on(db)) {
      bench
          .delete("employee", "[1]", 5)
          .delete("employee", "[3]", 5)
          .delete("employee", "[2]", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id FROM employee")).isEmpty();
  }

  @Test
  void bossIsReplacedAndDeletedInOneWindow() throws Exception {
    db.sql(
        "CREATE TABLE employee (id int PRIMARY KEY, boss int REFERENCES employee ON DELETE CASCADE)",
        "INSERT INTO employee VALUES (1, 1), (2, 1), (3, 2)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("employee", "[1]", 5)
          .upsert("employee", "[2]", "{\"id\": 2, \"boss\": 3}", 5)
          .upsert("employee", "[3]", "{\"id\": 3, \"boss\": 3}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, boss FROM employee ORDER BY id")).containsExactly("2|3", "3|3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NOT NULL"})
  void tablesThatReferenceEachOtherAreApplied(String nullable) throws Exception {
    db.sql(
        "CREATE TABLE team (id int PRIMARY KEY, lead int " + nullable + ")",
        "CREATE TABLE person (id int PRIMARY KEY, team int " + nullable + " REFERENCES team)",
        "ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES person");
    try (ApplyBench bench = new ApplyBench.Settings().rowsPerStatement(1).on(db)) {
      bench
          .upsert("team", "[1]", "{\"id\": 1, \"lead\": 10}", 5)
          .upsert("person", "[10]", "{\"id\": 10, \"team\": 1}", 5)
          .upsert("person", "[11]", "{\"id\": 11, \"team\": 1}", 5)
          .applyAll();
      bench
          .delete("team", "[1]", 7)
          .delete("person", "[10]", 7)
          .delete("person", "[11]", 7)
          .upsert("team", "[2]", "{\"id\": 2, \"lead\": 20}", 7)
          .upsert("person", "[20]", "{\"id\": 20, \"team\": 2}", 7)
          .applyAll();
    }
    assertThat(db.rows("SELECT t.id, p.id FROM team t JOIN person p ON p.team = t.id"))
        .containsExactly("2|20");
  }

  @Test
  void keyThatOthersReferenceChangesWithItsReferences() throws Exception {
    db.sql(
        "CREATE TABLE country (id int PRIMARY KEY, code text NOT NULL UNIQUE)",
        "CREATE TABLE city (id int PRIMARY KEY, country text NOT NULL REFERENCES country (code))",
        "INSERT INTO country VALUES (1, 'A'), (2, 'B')",
        "INSERT INTO city VALUES (10, 'A'), (11, 'B')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("country", "[1]", "{\"id\": 1, \"code\": \"C\"}", 5)
          .upsert("city", "[10]", "{\"id\": 10, \"country\": \"C\"}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, country FROM city ORDER BY id")).containsExactly("10|C", "11|B");
  }

  @Test
  void primaryKeyThatChangesTakesItsChildrenAlong() throws Exception {
    familyTables("ON DELETE CASCADE");
    db.sql(
        "INSERT INTO parent VALUES (1, 'x')",
        "INSERT INTO child VALUES (2, 1)",
        "INSERT INTO grandchild VALUES (3, 2)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("parent", "[1]", 5)
          .upsert("child", "[2]", "{\"id\": 2, \"parent_id\": 7}", 5)
          .upsert("parent", "[7]", "{\"id\": 7, \"v\": \"x\"}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT parent_id FROM child JOIN grandchild g ON g.child_id = child.id"))
        .containsExactly("7");
  }

  @Test
  void childWhoseParentNeverCameIsRejectedWithTheReason() throws Exception {
    familyTables("");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("child", "[2]", "{\"id\": 2, \"parent_id\": 1}", 5)
          .upsert("parent", "[9]", "{\"id\": 9}", 5)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0))
          .contains("child_parent_id_fkey", "The row that it references is not in the target");
    }
    assertThat(db.rows("SELECT id FROM parent")).containsExactly("9");
  }

  @Test
  void parentThatChildrenOutsideOfTheFeedReferenceIsRejectedWithTheReason() throws Exception {
    familyTables("");
    db.sql("INSERT INTO parent VALUES (1)", "INSERT INTO child VALUES (2, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.delete("parent", "[1]", 5).upsert("parent", "[9]", "{\"id\": 9}", 5).apply();
      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0)).contains("Rows of public.child still reference it");
    }
    assertThat(db.rows("SELECT id FROM parent ORDER BY id")).containsExactly("1", "9");
  }

  @Test
  void tableWithOnlyKeyColumnsIsApplied() throws Exception {
    db.sql("CREATE TABLE tag (item int, tag text, PRIMARY KEY (item, tag))");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("tag", "[1, \"a\"]", "{\"item\": 1, \"tag\": \"a\"}", 5).applyAll();
      bench
          .upsert("tag", "[1, \"a\"]", "{\"item\": 1, \"tag\": \"a\"}", 6)
          .upsert("tag", "[1, \"b\"]", "{\"item\": 1, \"tag\": \"b\"}", 6)
          .applyAll();
      bench.delete("tag", "[1, \"a\"]", 7).applyAll();
    }
    assertThat(db.rows("SELECT item, tag FROM tag")).containsExactly("1|b");
  }

  @Test
  void deferrablePrimaryKeyIsWritten() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, v text)",
        "INSERT INTO t VALUES (1, 'old'), (2, 'gone')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", "{\"id\": 1, \"v\": \"new\"}", 5)
          .upsert("t", "[3]", "{\"id\": 3, \"v\": \"made\"}", 5)
          .delete("t", "[2]", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT id, v FROM t ORDER BY id")).containsExactly("1|new", "3|made");
  }

  @Test
  void generatedColumnsAreComputedHere() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", "{\"id\": 1, \"a\": 4, \"twice\": 8}", 5).applyAll();
      bench.upsert("t", "[1]", "{\"id\": 1, \"a\": 5, \"twice\": 10}", 6).applyAll();
    }
    assertThat(db.rows("SELECT a, twice FROM t")).containsExactly("5|10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ALWAYS", "BY DEFAULT"})
  void identityColumnsTakeTheKeysOfTheFeed(String kind) throws Exception {
    db.sql("CREATE TABLE t (id bigint GENERATED " + kind + " AS IDENTITY PRIMARY KEY, v text)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[900]", "{\"id\": 900, \"v\": \"a\"}", 5).applyAll();
      bench.upsert("t", "[900]", "{\"id\": 900, \"v\": \"b\"}", 6).applyAll();
    }
    assertThat(db.rows("SELECT id, v FROM t")).containsExactly("900|b");
  }

  @Test
  void partitionedTableSendsRowsWhereTheyBelong() throws Exception {
    db.sql(
        "CREATE TABLE t (region text, id int, v text, PRIMARY KEY (region, id))"
            + " PARTITION BY LIST (region)",
        "CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu')",
        "CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us')",
        "INSERT INTO t VALUES ('eu', 1, 'old')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .delete("t", "[\"eu\", 1]", 5)
          .upsert("t", "[\"us\", 1]", "{\"region\": \"us\", \"id\": 1, \"v\": \"new\"}", 5)
          .applyAll();
    }
    assertThat(db.rows("SELECT tableoid::regclass, id, v FROM t")).containsExactly("t_us|1|new");
  }

  @Test
  void quotedAndMixedCaseNamesAreFound() throws Exception {
    db.sql(
        "CREATE TABLE \"Order Items\" (\"Id\" int PRIMARY KEY, \"Näme \"\"x\"\"\" text)",
        "CREATE TABLE \"Notes\" (id int PRIMARY KEY,"
            + " \"Order\" int REFERENCES \"Order Items\" (\"Id\"))");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("Notes", "[1]", "{\"id\": 1, \"Order\": 2}", 5)
          .upsert("Order_u0020_Items", "[2]", "{\"Id\": 2, \"Näme \\\"x\\\"\": \"v\"}", 5)
          .applyAll();
      bench.delete("Notes", "[1]", 6).applyAll();
    }
    assertThat(db.rows("SELECT * FROM \"Order Items\"")).containsExactly("2|v");
  }

  @Test
  void tablesAreMappedToAnotherSchema() throws Exception {
    db.sql(
        "CREATE SCHEMA migration_schema",
        "CREATE TABLE migration_schema.orders (id int PRIMARY KEY, v text)",
        "GRANT USAGE ON SCHEMA migration_schema TO " + db.role());
    try (ApplyBench bench =
        new ApplyBench.Settings()
            .map("public.orders", TableName.of("migration_schema", "orders"))
            .on(db)) {
      bench.upsert("shop.public.orders", "[1]", "{\"id\": 1, \"v\": \"x\"}", 5).applyAll();
    }
    assertThat(db.rows("SELECT v FROM migration_schema.orders")).containsExactly("x");
  }

  @Test
  void missingColumnsKeepTheirValuesAndNullsOverwriteThem() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b text, own text DEFAULT 'mine')",
        "INSERT INTO t VALUES (1, 'a', 'b', 'kept')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", "{\"id\": 1, \"b\": null}", 5).applyAll();
    }
    assertThat(db.rows("SELECT a, b, own FROM t")).containsExactly("a|null|kept");
  }

  @Test
  void rowMadeAnewHasDefaultsWhereItsFormerSelfHadValues() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, a text, own text DEFAULT 'mine')",
        "INSERT INTO t VALUES (1, 'a', 'former')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.delete("t", "[1]", 5).upsert("t", "[1]", "{\"id\": 1, \"a\": \"b\"}", 6).applyAll();
    }
    assertThat(db.rows("SELECT a, own FROM t")).containsExactly("b|mine");
  }
}
