package dev.belay.sink.target.postgres;

import static dev.belay.sink.target.postgres.TargetDatabase.park;
import static dev.belay.sink.target.postgres.TargetDatabase.row;
import static dev.belay.sink.target.postgres.TargetDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Unique values on the move: invariant I5 Referential. */
@ParameterizedClass
@EnumSource(Version.class)
class ParkingIT {
  @Parameter Version version;
  private TargetDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = TargetDatabase.on(version);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void parkedValuesAreFreeAndDifferentForEveryType() throws Exception {
    TableShape t =
        database.create(
            "t",
            "id int PRIMARY KEY, a text UNIQUE, b int NOT NULL UNIQUE, c bigint NOT NULL UNIQUE,"
                + " d numeric NOT NULL UNIQUE, e uuid NOT NULL UNIQUE,"
                + " f varchar(32) NOT NULL UNIQUE, g smallint NOT NULL UNIQUE,"
                + " h bytea NOT NULL UNIQUE, i char(40) NOT NULL UNIQUE, j numeric(30,5) NOT NULL UNIQUE");
    database.owner(
        "INSERT INTO t SELECT n, 'a' || n, n - 50, n, n, md5(n::text)::uuid, 'f' || n, n - 50,"
            + " decode(md5(n::text), 'hex'), 'i' || n, n FROM generate_series(1, 100) n");
    Object[][] keys = IntStream.rangeClosed(1, 60).mapToObj(i -> row(i)).toArray(Object[][]::new);

    long[] counts =
        database.write(park(t, List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), keys));

    assertThat(counts).containsExactly(60);
    assertThat(
            database.rows(
                "SELECT count(*) FROM app.t WHERE a IS NULL AND b < -49 AND c < 0 AND d < 0"
                    + " AND g < -49 AND j < 0 AND f <> 'f' || id AND i <> 'i' || id"))
        .containsExactly("60");
    // once more: values below those that are parked already
    assertThat(database.write(park(t, List.of("b", "g"), keys))).containsExactly(60);
  }

  @Test
  void valuesSwapByWayOfParking() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, email text NOT NULL UNIQUE");
    database.owner("INSERT INTO t VALUES (1, 'x'), (2, 'y')");
    Step.Upsert swap = upsert(t, List.of("id", "email"), row(1, "y"), row(2, "x"));

    assertThat(database.fault(swap).verdict()).isEqualTo(Verdict.DEFERRABLE);
    database.write(park(t, List.of("email"), row(1), row(2)));
    database.write(swap);
    database.apply().commit();

    assertThat(database.rows("SELECT * FROM app.t ORDER BY id")).containsExactly("1|y", "2|x");
  }

  @Test
  void onlyColumnsThatNothingHangsOnCanBeParked() throws Exception {
    database.owner(
        "CREATE TABLE other (id int PRIMARY KEY)",
        "CREATE DOMAIN plain AS int",
        "CREATE TYPE mood AS ENUM ('ok')",
        "CREATE TABLE t (id int PRIMARY KEY, nullable date UNIQUE, word text NOT NULL,"
            + " short varchar(10) NOT NULL, day date NOT NULL, mood mood NOT NULL,"
            + " domain plain NOT NULL, ref int NOT NULL REFERENCES other, refnull int REFERENCES other,"
            + " referenced int UNIQUE, gen int GENERATED ALWAYS AS (1) STORED, small numeric(5,2) NOT NULL)",
        "CREATE TABLE child (id int PRIMARY KEY, t int REFERENCES t (referenced) ON UPDATE CASCADE)");
    TableShape t = database.table("t");

    List<String> parkable =
        t.columns().stream()
            .filter(c -> database.target().canPark(t, c))
            .map(ColumnShape::name)
            .toList();

    assertThat(parkable).containsExactly("nullable", "word", "refnull");
    assertThatThrownBy(() -> database.write(park(t, List.of("day"), row(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("day");
  }

  @Test
  void nullIsNoWayOutOfAnIndexWhoseNullsAreEqual() throws Exception {
    assumeTrue(database.major() >= 15, "NULLS NOT DISTINCT came with PostgreSQL 15");
    TableShape t =
        database.create(
            "t",
            "id int PRIMARY KEY, a text UNIQUE NULLS NOT DISTINCT, b date UNIQUE NULLS NOT DISTINCT");
    database.owner("INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', '2020-01-01')");

    assertThat(database.target().canPark(t, t.column("b").orElseThrow())).isFalse();
    database.write(park(t, List.of("a"), row(1), row(2)));
    database.write(upsert(t, List.of("id", "a"), row(1, "y"), row(2, "x")));

    assertThat(database.rows("SELECT id, a FROM app.t ORDER BY id")).containsExactly("1|y", "2|x");
  }

  @Test
  void uniqueExpressionsAndExclusionsGiveWayToo() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY, email text, span int4range,"
            + " EXCLUDE USING gist (span WITH &&))",
        "CREATE UNIQUE INDEX t_lower ON t (lower(email))",
        "INSERT INTO t VALUES (1, 'X', '[1,5)'), (2, 'Y', '[5,9)')");
    TableShape t = database.table("t");
    Step.Upsert swap =
        upsert(t, List.of("id", "email", "span"), row(1, "y", "[5,9)"), row(2, "x", "[1,5)"));

    assertThat(database.fault(swap).verdict()).isEqualTo(Verdict.DEFERRABLE);
    database.write(park(t, List.of("email", "span"), row(1), row(2)));
    database.write(swap);

    assertThat(database.rows("SELECT email FROM app.t ORDER BY id")).containsExactly("y", "x");
  }
}
