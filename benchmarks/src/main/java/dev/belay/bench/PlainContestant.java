package dev.belay.bench;

import dev.belay.testkit.ChildJvm;
import dev.belay.testkit.ClassPath;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** No Kafka, no Connect, no decoding: what the database and its driver can do at best. */
record PlainContestant(PlainWay way) implements Contestant {

  private static final Duration WARM_UP_PATIENCE = Duration.ofMinutes(30);
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "plain-" + way.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String description() {
    return way.words() + "; typed rows from a file, folded, a transaction for each resolved time";
  }

  @Override
  public Set<Prefill.Form> reads() {
    return Set.of();
  }

  @Override
  public Result run(Race race) throws IOException, SQLException {
    Stage stage = race.stage();
    Path dir = stage.folder(name());
    Path warmUpFile = dir.resolve("warm-up");
    Path file = dir.resolve("changes");
    BatchFile.write(warmUpFile, race.warmUp());
    BatchFile.write(file, race.workload());
    String database = stage.freshDatabase();
    try (TargetTables warm =
            TargetTables.create(stage.engine(), stage.server(), database, List.of(race.warmUp()));
        TargetTables tables =
            TargetTables.create(stage.engine(), stage.server(), database, race.workloads())) {
      ChildJvm jvm =
          ChildJvm.start(
              PlainMain.class,
              List.of(
                  way.name(),
                  stage.server().jdbcUrl(database) + way.urlSettings(),
                  stage.server().superuser(),
                  warmUpFile.toString(),
                  warm.names(),
                  file.toString(),
                  tables.names()),
              ClassPath.ofThisJvm(),
              ConnectorRun.JVM_OPTIONS,
              dir.resolve("runs"),
              dir.resolve("log"));
      try {
        jvm.awaitAnnouncement(WARM_UP_PATIENCE);
        tables.begin();
        Stopwatch watch = Stopwatch.start(jvm.pid(), stage.server().pid());
        Stopwatch.Reading reading = watch.awaitFinish(tables, () -> stillRunning(jvm));
        jvm.stop(END_PATIENCE);
        return new Result(name(), race.records(), reading, tables.written(), tables.fingerprint());
      } finally {
        jvm.kill9();
      }
    } finally {
      stage.drop(database);
    }
  }

  private static void stillRunning(ChildJvm jvm) {
    if (!jvm.isAlive()) {
      throw new BenchFailure("The plain writer has ended:\n" + jvm.logTail());
    }
  }
}
