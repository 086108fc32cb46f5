package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.harness.ConflictScript;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.plan.ConflictPolicies;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * PostgreSQL and CockroachDB (its stand-in) take writes of the same rows at random, and what each
 * commits is carried to the other in windows at random: with every pair of policies that goes
 * together both come to the same rows. What the applications commit is read from a trigger that
 * leaves out what the sink writes. Keys are not used again, as {@code docs/conflicts.md} has it,
 * but where both sides remember their deletes.
 */
class ConvergenceIT {
  private static final int SEEDS = 2;
  private static final int ACTIONS = 50;

  /** So many keys there are where they are used again. */
  private static final int FEW = 4;

  private static final String ROWS =
      "SELECT id, coalesce(a, '-'), coalesce(b, '-'), coalesce(c, '-') FROM t ORDER BY id";

  private static StandIn standIn;
  private static TargetDatabase postgres;
  private static TargetDatabase cockroach;

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.start();
    postgres = TargetDatabase.on(standIn.server());
    cockroach = TargetDatabase.on(standIn);
    for (TargetDatabase db : List.of(postgres, cockroach)) {
      db.sql("CREATE TABLE t (id int PRIMARY KEY, a text, b text, c text)");
      asServer(
          db,
          "CREATE TABLE outbox (n bigserial PRIMARY KEY, id int, was jsonb, now jsonb)",
          "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
              + " IF current_setting('belay.applying', true) IS DISTINCT FROM 'on' THEN"
              + " INSERT INTO public.outbox (id, was, now) VALUES (coalesce(NEW.id, OLD.id),"
              + " to_jsonb(OLD), to_jsonb(NEW)); END IF; RETURN NULL; END $$",
          "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW"
              + " EXECUTE FUNCTION note()");
      // makes schema belay
      ApplyBench.on(db).close();
      ConflictScript.run(db, "t", TargetDatabase.SOMEBODY);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    standIn.close();
  }

  private static void asServer(TargetDatabase db, String... statements) throws SQLException {
    try (Connection connection = standIn.server().connect(db.name());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = ConflictPolicy.class, mode = Mode.EXCLUDE, names = "REJECT")
  void bothDatabasesComeToTheSameRows(ConflictPolicy policy) {
    Seeds.each(SEEDS, random -> new Run(policy, false, random).run());
  }

  @Test
  void keysThatAreUsedAgainComeToTheSameRowsWhereDeletesAreRemembered() {
    Seeds.each(SEEDS, random -> new Run(ConflictPolicy.NEWEST, true, random).run());
  }

  /** Both sides and what is on its way between them. */
  private static final class Run {
    private final Random random;
    private final ConflictPolicy policy;
    private final Side old = new Side(postgres);
    private final Side fresh = new Side(cockroach);

    /** Keys that were made on both sides, which are not deleted. */
    private final Set<Integer> shared = new HashSet<>();

    /** Whether a key is given again to another row, and any row deleted. */
    private final boolean again;

    private int nextKey = 4;
    private int nextValue;

    Run(ConflictPolicy policy, boolean again, Random random) {
      this.policy = policy;
      this.again = again;
      this.random = random;
    }

    void run() {
      try {
        play();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private void play() throws Exception {
      for (Side side : List.of(old, fresh)) {
        side.begin("INSERT INTO t SELECT i, 'o' || i, 'o', 'o' FROM generate_series(1, 3) i");
      }
      try (ApplyBench toOld = bench(postgres, policy, true);
          ApplyBench toFresh = bench(cockroach, policy.counterpart().orElseThrow(), false)) {
        for (int i = 0; i < ACTIONS; i++) {
          switch (random.nextInt(6)) {
            case 0 -> carry(fresh, toOld, 1 + random.nextInt(4));
            case 1 -> carry(old, toFresh, 1 + random.nextInt(4));
            default -> write(random.nextBoolean() ? old : fresh);
          }
        }
        while (fresh.hasMore() || old.hasMore()) {
          carry(fresh, toOld, 1 + random.nextInt(4));
          carry(old, toFresh, 1 + random.nextInt(4));
        }
        assertThat(postgres.rows(ROWS)).isEqualTo(cockroach.rows(ROWS));
      }
    }

    private ApplyBench bench(TargetDatabase db, ConflictPolicy of, boolean tiesToSource)
        throws Exception {
      ApplyBench.Settings settings =
          new ApplyBench.Settings().conflicts(new ConflictPolicies(of, Map.of(), Map.of(), again));
      return (tiesToSource ? settings : settings.tiesToTarget()).on(db);
    }

    private static void carry(Side from, ApplyBench to, int changes) throws Exception {
      List<Change> some = from.next(changes);
      for (Change change : some) {
        to.change("t", "[" + change.id() + "]", change.was(), change.now(), change.committed());
      }
      if (!some.isEmpty()) {
        to.applyAll();
      }
    }

    /** A transaction of one to three rows. */
    private void write(Side side) {
      Set<Integer> keys = new HashSet<>();
      List<String> sql = new ArrayList<>(List.of("BEGIN"));
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        List<String> there = side.db.rows("SELECT id FROM t");
        int dice = random.nextInt(again ? 4 : 10);
        if (again && (dice == 0 || there.isEmpty())) {
          int key = 1 + random.nextInt(FEW);
          if (!there.contains(Integer.toString(key)) && keys.add(key)) {
            sql.add(insert(key));
          }
          continue;
        }
        if (dice == 0 || there.isEmpty()) {
          int key = nextKey++;
          sql.add(insert(key));
          if (random.nextBoolean()) {
            shared.add(key);
            (side == old ? fresh : old).db.sql(insert(key));
          }
          continue;
        }
        int key = Integer.parseInt(there.get(random.nextInt(there.size())));
        if (!keys.add(key)) {
          continue;
        }
        if (dice == 1 && !shared.contains(key)) {
          sql.add("DELETE FROM t WHERE id = " + key);
        } else {
          sql.add(update(key));
        }
      }
      sql.add("COMMIT");
      side.db.sql(sql.toArray(String[]::new));
    }

    private String insert(int key) {
      return "INSERT INTO t VALUES ("
          + key
          + ", '"
          + value()
          + "', '"
          + value()
          + "', '"
          + value()
          + "')";
    }

    private String update(int key) {
      List<String> sets = new ArrayList<>();
      List<String> columns = new ArrayList<>(List.of("a", "b", "c"));
      Collections.shuffle(columns, random);
      for (String column : columns) {
        if (sets.isEmpty() || random.nextInt(3) == 0) {
          sets.add(column + " = '" + value() + "'");
        }
      }
      return "UPDATE t SET " + String.join(", ", sets) + " WHERE id = " + key;
    }

    /** None twice: a row that is changed back looks as if nobody had changed it. */
    private String value() {
      return "v" + nextValue++;
    }
  }

  /** What an application committed. */
  private record Change(String id, String was, String now, String committed) {}

  private static final class Side {
    private final TargetDatabase db;
    private long read;

    Side(TargetDatabase db) {
      this.db = db;
    }

    void begin(String rows) throws SQLException {
      asServer(
          db,
          "TRUNCATE t, outbox, belay.belay_tombstone",
          "SET belay.applying = 'on'",
          rows,
          "RESET belay.applying");
    }

    boolean hasMore() {
      return !outbox("1").isEmpty();
    }

    List<Change> next(int most) {
      List<Change> some = new ArrayList<>();
      for (String row : outbox(Integer.toString(most))) {
        String[] parts = row.split("\\|", -1);
        read = Long.parseLong(parts[0]);
        some.add(new Change(parts[1], parts[2], parts[3], parts[4] + ".0000000000"));
      }
      return some;
    }

    private List<String> outbox(String most) {
      return db.rows(
          "SELECT n, id, coalesce(was::text, 'null'), coalesce(now::text, 'null'),"
              + " (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::int8 || '000'"
              + " FROM outbox WHERE n > "
              + read
              + " ORDER BY n LIMIT "
              + most);
    }
  }
}
