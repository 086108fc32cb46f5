package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.cockroach.TypeTable.Fate;
import dev.belay.sink.target.wire.WireJsonValue;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Invariant I6 ExactValues, on CockroachDB or its stand-in. */
class TypeTableIT {
  private static CockroachDatabase database;

  @BeforeAll
  static void open() throws Exception {
    database = new CockroachDatabase();
    System.out.println("The types are tried on " + database.name());
    if (database.isStandIn()) {
      database.owner("CREATE COLLATION IF NOT EXISTS public.en_us FROM \"C\"");
    }
    database.owner("CREATE TYPE app.mood AS ENUM ('ok', 'So so', 'with \u2603')");
  }

  @AfterAll
  static void close() throws Exception {
    database.close();
  }

  private static Map<String, List<TypeTable.Row>> byColumn() {
    Map<String, List<TypeTable.Row>> tables = new LinkedHashMap<>();
    for (TypeTable.Row row : TypeTable.rows()) {
      tables.computeIfAbsent(row.column(), c -> new ArrayList<>()).add(row);
    }
    return tables;
  }

  @Test
  void everyValueIsReadBackExactlyOrRefused() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    int number = 0;
    for (Map.Entry<String, List<TypeTable.Row>> entry : byColumn().entrySet()) {
      TableShape table =
          database.create("t" + ++number, "id INT8 PRIMARY KEY, v " + entry.getKey());
      for (int id = 0; id < entry.getValue().size(); id++) {
        TypeTable.Row row = entry.getValue().get(id);
        softly
            .assertThat(fate(table, id, row))
            .as("%s into %s", row.wire(), row.column())
            .isEqualTo(row.fate() + ": " + row.stored());
      }
    }
    softly.assertAll();
  }

  private static String fate(TableShape table, int id, TypeTable.Row row) throws SQLException {
    String encoded;
    try {
      encoded = table.column("v").orElseThrow().codec().encode(WireJsonValue.parse(row.wire()));
    } catch (UnfitValueException refused) {
      assertThat(refused.getMessage()).doesNotContain(row.wire().length() > 5 ? row.wire() : "@");
      return Fate.REFUSED
          + ": "
          + (refused.getMessage().contains(row.stored()) ? row.stored() : refused.getMessage());
    }
    try {
      database.write(upsert(table, Integer.toString(id), encoded));
    } catch (SQLException e) {
      database.apply().rollback();
      TargetFault fault = database.target().judge(e);
      return fault.verdict() == Verdict.POISON
          ? Fate.POISON + ": " + fault.code()
          : fault.describe() + e.getMessage();
    }
    database.apply().commit();
    return Fate.STORED
        + ": "
        + database
            .rows("SELECT v::STRING FROM app." + table.name().name() + " WHERE id = " + id)
            .get(0);
  }

  private static Step.Upsert upsert(TableShape table, String... values) {
    return new Step.Upsert(table, table.columns(), List.of(), List.of(new StepRow(values, 0)));
  }

  @Test
  void everyTypeThatCanBeAKeyFindsItsRowsAgain() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    List<String> noKeys = new ArrayList<>();
    int number = 0;
    for (Map.Entry<String, List<TypeTable.Row>> entry : byColumn().entrySet()) {
      if (entry.getKey().equals("JSONB")) {
        continue; // a key from 23.2 on, and of the stand-in never compared as CockroachDB does
      }
      TableShape table;
      try {
        table =
            database.create(
                "k" + ++number, "v " + entry.getKey() + " PRIMARY KEY, n INT8 NOT NULL");
      } catch (SQLException noKey) {
        noKeys.add(entry.getKey());
        continue;
      }
      for (TypeTable.Row row : entry.getValue()) {
        if (row.fate() == Fate.STORED) {
          softly
              .assertThat(insertUpdateDelete(table, row))
              .as("%s as key of type %s", row.wire(), row.column())
              .isEqualTo("inserted 1, updated 1, deleted 1");
        }
      }
    }
    System.out.println("No keys on " + database.name() + ": " + noKeys);
    softly.assertAll();
  }

  private static String insertUpdateDelete(TableShape table, TypeTable.Row row) throws Exception {
    String key = table.column("v").orElseThrow().codec().encode(WireJsonValue.parse(row.wire()));
    try {
      long inserted = database.write(upsert(table, key, "1"))[0];
      long updated = database.write(upsert(table, key, "2"))[0];
      StepRow keyOnly = new StepRow(new String[] {key}, 0);
      long deleted = database.write(new Step.Delete(table, List.of(keyOnly)))[0];
      return "inserted %d, updated %d, deleted %d".formatted(inserted, updated, deleted);
    } catch (SQLException e) {
      return e.getMessage();
    } finally {
      database.apply().rollback();
    }
  }
}
