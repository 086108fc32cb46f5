package dev.belay.sink.target.mysql;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.mysql.TypeTable.Fate;
import dev.belay.sink.target.mysql.TypeTable.On;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant I6 ExactValues, against real servers. */
@ParameterizedClass
@EnumSource(Product.class)
class TypeTableIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameter Product product;
  private MySqlDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = MySqlDatabase.on(product);
  }

  @AfterEach
  void close() throws SQLException {
    if (database != null) { // null: skipped for want of a server
      database.close();
    }
  }

  private static Datum datum(String wire) throws IOException {
    return switch (wire.charAt(0)) {
      case '"' -> new Datum.Text(JSON.readValue(wire, String.class));
      case '{', '[' -> new Datum.Json(wire);
      case 't' -> Datum.Bool.TRUE;
      case 'f' -> Datum.Bool.FALSE;
      default -> new Datum.Number(wire);
    };
  }

  private Map<String, List<TypeTable.Row>> byColumn() {
    On here = database.mariaDb() ? On.MARIADB : On.MYSQL;
    Map<String, List<TypeTable.Row>> tables = new LinkedHashMap<>();
    for (TypeTable.Row row : TypeTable.rows()) {
      if (row.on() == On.BOTH || row.on() == here) {
        tables.computeIfAbsent(row.column(), c -> new ArrayList<>()).add(row);
      }
    }
    return tables;
  }

  @Test
  void everyValueIsReadBackExactlyOrRefused() throws Exception {
    SoftAssertions softly = new SoftAssertions();
    int number = 0;
    for (Map.Entry<String, List<TypeTable.Row>> entry : byColumn().entrySet()) {
      String name = "t" + ++number;
      TableShape table = database.create(name, "id INT PRIMARY KEY, v " + entry.getKey());
      for (int id = 0; id < entry.getValue().size(); id++) {
        TypeTable.Row row = entry.getValue().get(id);
        softly
            .assertThat(written(table, id, row))
            .as("%s %s into %s", row.source(), abridged(row.wire()), row.column())
            .isEqualTo(row.fate() + ": " + row.stored());
      }
    }
    softly.assertAll();
  }

  private static String abridged(String wire) {
    return wire.length() > 80 ? wire.substring(0, 80) + "..." : wire;
  }

  /** What is read back, or the fate and the reason. */
  private String written(TableShape table, int id, TypeTable.Row row) throws Exception {
    ColumnShape column = table.column("v").orElseThrow();
    String encoded;
    try {
      encoded = column.codec().encode(datum(row.wire()));
    } catch (UnfitValueException e) {
      return Fate.REFUSED
          + ": "
          + (e.getMessage().contains(row.stored()) ? row.stored() : e.getMessage());
    }
    Step step =
        new Step.Upsert(
            table,
            table.columns(),
            List.of(),
            List.of(new StepRow(new String[] {Integer.toString(id), encoded}, 0)));
    try {
      database.target().write(database.apply(), List.of(step));
      database.apply().commit();
    } catch (SQLException e) {
      TargetFault fault = database.target().judge(e);
      database.apply().rollback();
      return (fault.verdict() == Verdict.POISON ? Fate.POISON : fault.describe())
          + ": "
          + fault.code();
    }
    return Fate.STORED + ": " + read(column, table, id);
  }

  private String read(ColumnShape column, TableShape table, int id) throws SQLException {
    String type = column.type();
    String what =
        switch (column.kind()) {
          case "geometry" -> "CONCAT(ST_SRID(v), ' ', ST_AsText(v))";
          case "bytes" -> "HEX(v)";
          case "bits" -> "CONV(HEX(v), 16, 2)";
          case "float" -> "v + 0e0";
          default -> "CAST(v AS CHAR CHARACTER SET utf8mb4)";
        };
    try (Statement statement = database.apply().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT " + what + " FROM " + table.name().name() + " WHERE id = " + id)) {
      row.next();
      if (type.startsWith("float") || type.startsWith("double")) {
        return Double.toString(row.getDouble(1));
      }
      String text = row.getString(1);
      database.apply().rollback();
      return text;
    }
  }
}
