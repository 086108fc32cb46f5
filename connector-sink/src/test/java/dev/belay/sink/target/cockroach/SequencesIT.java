package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.apply.SequenceSync.Found;
import dev.belay.sink.apply.SequenceSync.State;
import dev.belay.sink.change.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sequences on the way to CockroachDB, by a user with the rights of role.sql. */
class SequencesIT {

  @Test
  void sequencesOfDefaultsAndOfColumnsThatOwnThemAreMoved() throws Exception {
    try (CockroachDatabase database = new CockroachDatabase()) {
      database.owner(
          "CREATE SEQUENCE \"It's\"",
          "CREATE TABLE t (id INT8 PRIMARY KEY DEFAULT nextval('\"It''s\"'), note STRING)"
              .replace("STRING", database.isStandIn() ? "text" : "STRING"),
          "CREATE SEQUENCE owned",
          "CREATE TABLE u (id INT4 PRIMARY KEY, k INT8)",
          "ALTER SEQUENCE owned OWNED BY u.id",
          "CREATE TABLE v (k INT8 PRIMARY KEY, id INT8 DEFAULT nextval('owned'))",
          "GRANT USAGE, SELECT, UPDATE ON SEQUENCE \"It's\", owned TO " + CockroachDatabase.USER,
          "INSERT INTO t (id) VALUES (4711)",
          "INSERT INTO u (id) VALUES (12)");
      SequenceSync sync = new SequenceSync(database.target().sequences().orElseThrow(), 100, false);

      List<Found> found =
          sync.run(database.apply(), List.of(TableName.of("app", "t"), TableName.of("app", "u")));
      database.apply().commit();

      assertThat(found)
          .extracting(f -> f.sequence().toString(), Found::state, f -> f.next().getAsLong())
          .containsExactly(
              tuple("app.It's of app.t.id", State.MOVED, 4812L),
              tuple("app.owned of app.u.id", State.MOVED, 113L));
      assertThat(found.get(1).sequence().greatest()).isEqualTo(Integer.MAX_VALUE);
      assertThat(database.rows("INSERT INTO t (note) VALUES ('n') RETURNING id"))
          .containsExactly("4812");
      assertThat(sync.run(database.apply(), List.of(TableName.of("app", "v"))))
          .extracting(Found::state)
          .containsExactly(State.NOT_INDEXED);
      database.apply().commit();
    }
  }
}
