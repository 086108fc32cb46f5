package dev.belay.cli.playbooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.cli.JsonSchemas;
import dev.belay.cli.dlq.DlqCommand;
import dev.belay.cli.handover.DrainCommand;
import dev.belay.cli.handover.RollbackCommand;
import dev.belay.cli.preflight.PreflightCommand;
import dev.belay.cli.status.StatusCommand;
import dev.belay.testkit.ClassPath;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.StandIn;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The day of a rollback, by the commands that are for it, against all real parts. */
class OperatorsIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final JsonMapper JSON = new JsonMapper();

  /** In the order of the journal. */
  private static final List<String> STEPS =
      List.of("look", "writes", "time", "drain", "compare", "sequences", "proved");

  @TempDir Path dir;

  /** What came of a command. */
  private record Run(int code, String out, String err) {
    JsonNode json() {
      try {
        return JSON.readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(out + err, e);
      }
    }
  }

  private static Run run(Object command, List<String> first, String... more) {
    List<String> arguments = new ArrayList<>(first);
    arguments.addAll(Arrays.asList(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(String[]::new));
    return new Run(code, out.toString(), err.toString());
  }

  @Test
  void theOldDatabaseTakesOver() throws Exception {
    try (Parts parts = Parts.start(dir, false)) {
      List<String> status = List.of("--connect", parts.connect(), "--sample", "300ms");
      Run nothing = run(new StatusCommand(), status);
      assertThat(nothing.code()).as(nothing.err()).isEqualTo(1);
      assertThat(nothing.out()).contains("NOT READY").contains("There is no failback");

      Map<String, String> whole = new HashMap<>();
      whole.put("feed.initial.scan", "yes");
      whole.put("feed.cursor", null);
      Path feed = parts.file("config/playbooks/failback-source.json", whole);
      Path sink =
          parts.file(
              "config/playbooks/failback-sink.json",
              Map.of(
                  "errors.tolerance",
                  "all",
                  "errors.deadletterqueue.topic.name",
                  "shop-dead",
                  "errors.deadletterqueue.topic.replication.factor",
                  "1",
                  "errors.deadletterqueue.context.headers.enable",
                  "true"));
      try (Connection current = parts.shop().current()) {
        Shoppers.fill(current);
      }
      List<String> line =
          List.of(
              "--source",
              feed.toString(),
              "--target",
              sink.toString(),
              "--source-user",
              StandIn.USER,
              "--target-user",
              "postgres");
      isLookedAtBefore(parts, line);
      parts.post(feed);
      parts.post(sink);
      parts.shop().awaitEqual();

      awaitReady(status);
      Run ready = run(new StatusCommand(), status, "--json", "--rpo", "60s");
      JsonNode picture = ready.json();
      assertThat(JsonSchemas.faults("status", picture)).isEmpty();
      assertThat(ready.code()).as(ready.out()).isZero();
      assertThat(picture.path("ready").asBoolean()).isTrue();
      JsonNode flow = picture.path("sinks").path(0);
      assertThat(flow.path("direction").asText()).isEqualTo("failback");
      assertThat(flow.path("snapshot").asBoolean()).isTrue();
      assertThat(flow.path("rpoSeconds").asDouble(-1)).isBetween(0.0, 60.0);
      assertThat(flow.has("messagesWaiting")).isTrue();
      assertThat(picture.path("sources").path(0).path("feeds").path(0).path("state").asText())
          .isEqualTo("RUNNING");
      Run text = run(new StatusCommand(), status);
      assertThat(text.out()).contains("READY: whoever went over");
      assertThat(text.out().lines()).allMatch(shown -> shown.length() <= 80);

      rejects(parts, status, line);
      standsStill(parts, status);
      drains(parts, line);
      rollsBack(parts, line, feed);
    }
  }

  private static void isLookedAtBefore(Parts parts, List<String> line) throws IOException {
    List<String> preflight = new ArrayList<>(line);
    preflight.addAll(List.of("--connect", parts.connect()));
    Run fit = run(new PreflightCommand(), preflight);
    assertThat(fit.code()).as(fit.out() + fit.err()).isZero();
    assertThat(fit.out().replaceAll("\\s+", " "))
        .contains("ok shop-failback: the plugin finds no fault")
        .contains("ok shop-feed: the plugin finds no fault")
        .contains("ok table orders: keys and columns go together")
        .contains("warning shop.public.orders: it has one replica")
        .contains("FIT: nothing stops it");

    Run unfit =
        run(new PreflightCommand(), preflight, "--outage", "60d", "--tables", "orders,nowhere");
    assertThat(unfit.code()).as(unfit.out() + unfit.err()).isEqualTo(1);
    assertThat(unfit.out().replaceAll("\\s+", " "))
        .contains("stop shop.public.orders: retention.ms keeps records for 7 d")
        .contains("stop table nowhere: CockroachDB has no such table");
    for (String check : run(new PreflightCommand(), preflight, "--json").out().lines().toList()) {
      assertThat(JsonSchemas.faults("preflight", JSON.readTree(check))).as(check).isEmpty();
    }
  }

  private static void awaitReady(List<String> status) {
    Deadline.in(LIMIT)
        .await(
            () -> run(new StatusCommand(), status).out(),
            () -> run(new StatusCommand(), status).code() == 0);
  }

  private static void rejects(Parts parts, List<String> status, List<String> line)
      throws Exception {
    List<String> ofSink = List.of("--target", line.get(line.indexOf("--target") + 1));
    List<String> list = new ArrayList<>(List.of("list"));
    list.addAll(ofSink);
    tamper(parts, "ALTER TABLE customers ADD CONSTRAINT nobody CHECK (name <> 'nobody')");
    try (Connection current = parts.shop().current()) {
      Databases.execute(
          current,
          List.of(
              "INSERT INTO customers VALUES (901, 'nobody', 0), (902, 'nobody', 0)",
              "INSERT INTO customers VALUES (903, 'somebody', 0)"));
    }
    Deadline.in(LIMIT)
        .await(
            "both are rejected",
            () -> run(new DlqCommand(), list).out().contains("2 rejections are open"));
    Run listed = run(new DlqCommand(), list);
    assertThat(listed.code()).as(listed.err()).isEqualTo(1);
    assertThat(listed.out().replaceAll("\\s+", " "))
        .contains("public.customers (shop.public.customers:")
        .contains(", open: ")
        .contains("nobody");
    Run unready = run(new StatusCommand(), status);
    assertThat(unready.code()).isEqualTo(1);
    assertThat(unready.out()).contains("2 rejected records are open");
    List<String> all = run(new DlqCommand(), list, "--json").out().lines().toList();
    assertThat(all).hasSizeGreaterThanOrEqualTo(2);
    for (String letter : all) {
      assertThat(JsonSchemas.faults("dlq", JSON.readTree(letter))).as(letter).isEmpty();
    }
    List<String> show = new ArrayList<>(List.of("show"));
    show.addAll(ofSink);
    show.add(JSON.readTree(all.get(0)).path("letter").asText());
    assertThat(run(new DlqCommand(), show).out())
        .contains("belay.sqlstate: 23514")
        .contains("belay.constraint: nobody")
        .contains("__connect.errors.topic: shop.public.customers");

    List<String> replay = new ArrayList<>(List.of("replay"));
    replay.addAll(line);
    Run early = run(new DlqCommand(), replay, "--yes", "--timeout", "5s");
    assertThat(early.code()).as(early.out() + early.err()).isEqualTo(1);
    assertThat(early.out()).contains("open: the row was sent again");
    // else what was sent may come after the cause is mended
    Deadline.in(LIMIT)
        .await(
            "both are rejected again",
            () -> run(new DlqCommand(), list, "--json").out().lines().count() >= 4);

    tamper(parts, "ALTER TABLE customers DROP CONSTRAINT nobody");
    try (Connection current = parts.shop().current()) {
      Databases.execute(
          current,
          List.of(
              "UPDATE customers SET name = 'somebody' WHERE id = 903",
              "DELETE FROM customers WHERE id = 903"));
    }
    Run tried = run(new DlqCommand(), replay);
    assertThat(tried.code()).isEqualTo(1);
    assertThat(tried.out()).contains("would be sent");
    Run replayed = run(new DlqCommand(), replay, "--yes", "--json", "--timeout", "60s");
    assertThat(replayed.code()).as(replayed.out() + replayed.err()).isZero();
    for (String row : replayed.out().lines().toList()) {
      assertThat(JsonSchemas.faults("dlq", JSON.readTree(row))).as(row).isEmpty();
      assertThat(JSON.readTree(row).path("state").asText()).isEqualTo("closed");
    }
    parts.shop().awaitEqual();
    assertThat(run(new DlqCommand(), list).out()).contains("Nothing is open.");
    try (Connection current = parts.shop().current()) {
      Databases.execute(current, List.of("DELETE FROM customers WHERE id IN (901, 902)"));
    }
    parts.shop().awaitEqual();
  }

  private void standsStill(Parts parts, List<String> status) throws Exception {
    parts.rest().stop("shop-failback");
    parts.rest().awaitState("shop-failback", State.STOPPED, LIMIT);
    try (Connection current = parts.shop().current()) {
      Shoppers.visit(current, 1);
    }
    Deadline.in(LIMIT)
        .await(
            "rows wait in Kafka",
            () ->
                run(new StatusCommand(), status, "--json")
                        .json()
                        .path("sinks")
                        .path(0)
                        .path("messagesWaiting")
                        .asLong()
                    > Shoppers.ROWS);
    Run stopped = run(new StatusCommand(), status, "--rpo", "1ms");
    assertThat(stopped.code()).isEqualTo(1);
    assertThat(stopped.out().replaceAll("\\s+", " "))
        .contains("shop-failback: It is STOPPED: nothing moves until it is resumed.")
        .contains("which is more than --rpo 0.0 s allows");

    Run nobody = run(new StatusCommand(), List.of("--connect", "http://127.0.0.1:1"));
    assertThat(nobody.code()).isEqualTo(3);
    assertThat(nobody.err()).contains("Kafka Connect does not answer at http://127.0.0.1:1");
    Run usage = run(new StatusCommand(), status, "--rpo", "soon");
    assertThat(usage.code()).isEqualTo(2);
    assertThat(usage.err()).contains("write a number and ms, s, m, h or d");
  }

  private void drains(Parts parts, List<String> line) throws Exception {
    Run away = run(new DrainCommand(), line, "--timeout", "1s");
    assertThat(away.code()).as(away.err()).isEqualTo(1);
    assertThat(away.err()).contains("The target has not come to").contains("nothing is lost");
    parts.rest().resume("shop-failback");
    parts.shop().awaitEqual();

    String time;
    try (Connection current = parts.shop().current()) {
      time = Databases.text(current, "SELECT cluster_logical_timestamp()::STRING");
      Shoppers.visit(current, 2);
    }
    parts.shop().awaitEqual();
    Run written = run(new DrainCommand(), line, "--time", time, "--json");
    assertThat(written.code()).as(written.err()).isEqualTo(1);
    assertThat(written.json().path("changesAfter").path("shop.public.orders").asLong())
        .isEqualTo(10);
    assertThat(written.json().path("objections").toString())
        .contains("somebody still writes to CockroachDB");

    tamper(parts, "UPDATE customers SET visits = visits + 1000 WHERE id = 7");
    Run different = run(new DrainCommand(), line, "--json");
    assertThat(different.code()).as(different.err()).isEqualTo(1);
    assertThat(different.json().path("compared").path("equal").asBoolean(true)).isFalse();
    assertThat(different.err()).contains("customers {id=7} changed");
    tamper(parts, "UPDATE customers SET visits = visits - 1000 WHERE id = 7");

    assertThat(next(parts)).as("numbers that rows have").isLessThan(Shoppers.ROWS);
    Path report = dir.resolve("report.json");
    Run drained = run(new DrainCommand(), line, "--report", report.toString());
    assertThat(drained.code()).as(drained.out() + drained.err()).isZero();
    assertThat(drained.out())
        .contains("SIGNED OFF: the target has everything")
        .contains("no change is later than that time")
        .contains("2 tables, equal as of one time");
    JsonNode paper = JSON.readTree(Files.readString(report));
    assertThat(JsonSchemas.faults("hand-over", paper)).isEmpty();
    assertThat(JsonSchemas.faults("hand-over", written.json())).isEmpty();
    assertThat(paper.path("signedOff").asBoolean()).isTrue();
    assertThat(paper.path("compared").path("tables")).hasSize(2);
    assertThat(paper.path("sha256").asText()).hasSize(64);
    assertThat(next(parts)).as("ahead of the rows").isGreaterThan(2_010);
    assertThat(run(new DrainCommand(), line, "--report", report.toString()).code()).isEqualTo(2);
  }

  /** The number that the application's next order would get. */
  private static long next(Parts parts) throws SQLException {
    try (Connection old = parts.shop().old()) {
      return Long.parseLong(
          Databases.text(
              old,
              "SELECT last_value FROM pg_catalog.pg_sequences"
                  + " WHERE sequencename = 'orders_id_seq' AND last_value IS NOT NULL"
                  + " UNION ALL SELECT 0 ORDER BY 1 DESC LIMIT 1"));
    }
  }

  private static void tamper(Parts parts, String statement) throws SQLException {
    try (Connection old = parts.shop().old()) {
      Databases.execute(old, List.of(statement));
    }
  }

  private void rollsBack(Parts parts, List<String> line, Path feed) throws Exception {
    Path journal = dir.resolve("rollback.jsonl");
    List<String> rollback = new ArrayList<>(line);
    rollback.addAll(
        List.of(
            "--connect", parts.connect(), "--journal", journal.toString(), "--timeout", "120s"));
    Run unsaid = run(new RollbackCommand(), rollback);
    assertThat(unsaid.code()).as(unsaid.err()).isEqualTo(1);
    assertThat(unsaid.err()).contains("Stop the applications' writes").contains("--writes-stopped");
    Run held = run(new RollbackCommand(), rollback, "--writes-stopped");
    assertThat(held.code()).as(held.err()).isEqualTo(1);
    assertThat(held.err()).contains("All is proved and nothing was stopped").contains("--yes");
    assertThat(parts.rest().status("shop-failback").orElseThrow().isRunning()).isTrue();

    Run late;
    AtomicBoolean isForgotten = new AtomicBoolean(true);
    Thread clerk = new Thread(() -> writeWhile(parts, isForgotten));
    clerk.start();
    try {
      late = run(new RollbackCommand(), rollback, "--writes-stopped", "--yes");
    } finally {
      isForgotten.set(false);
      clerk.join();
    }
    assertThat(late.code()).as(late.err()).isEqualTo(1);
    assertThat(late.err()).contains("somebody still writes to CockroachDB");
    assertThat(parts.rest().status("shop-failback").orElseThrow().isRunning()).isTrue();

    rollback.addAll(List.of("--writes-stopped", "--yes"));
    for (String step : STEPS) {
      killedAfter(step, journal, rollback);
    }
    isCalledOff(parts, rollback, journal);
    Run done = run(new RollbackCommand(), rollback);
    assertThat(done.code()).as(done.out() + done.err()).isZero();
    assertThat(done.out())
        .contains("SIGNED OFF")
        .contains("Point the applications at")
        .contains("belay feed cancel --config " + feed);
    for (String name : List.of("shop-failback", "shop-feed")) {
      assertThat(parts.rest().status(name).orElseThrow().state()).isEqualTo(State.STOPPED);
    }
    assertThat(parts.shop().differences()).isEmpty();
    try (Connection old = parts.shop().old()) {
      Databases.execute(old, List.of("INSERT INTO orders (customer, total) VALUES (200, 1)"));
    }

    Run again = run(new RollbackCommand(), rollback);
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).isEqualTo(done.out());
    parts.rest().resume("shop-failback");
    parts.rest().awaitRunning("shop-failback", LIMIT);
    Run stale = run(new RollbackCommand(), rollback);
    assertThat(stale.code()).as(stale.out()).isEqualTo(1);
    assertThat(stale.err()).contains("The journal is of a rollback that is done");

    // the same names in another cluster
    Path elsewhere =
        parts.file(
            "config/playbooks/failback-sink.json", Map.of("topics", "shop.public.customers"));
    List<String> mistaken = new ArrayList<>(rollback);
    mistaken.set(mistaken.indexOf("--target") + 1, elsewhere.toString());
    mistaken.set(mistaken.indexOf("--journal") + 1, dir.resolve("mistaken.jsonl").toString());
    Run mixed = run(new RollbackCommand(), mistaken);
    assertThat(mixed.code()).as(mixed.out()).isEqualTo(1);
    assertThat(mixed.err()).contains("has another topics than the file");
    Path ofAnother = Files.writeString(dir.resolve("other.jsonl"), "{\"rollback\":\"x\"}\n");
    mistaken.set(mistaken.indexOf("--journal") + 1, ofAnother.toString());
    Run other = run(new RollbackCommand(), mistaken);
    assertThat(other.code()).isEqualTo(3);
    assertThat(other.err()).contains("is the journal of another");
  }

  /** Somebody stopped what was to be looked at, or wrote after all was proved. */
  private static void isCalledOff(Parts parts, List<String> rollback, Path journal)
      throws Exception {
    // as it is when the command is killed between the two
    parts.rest().stop("shop-failback");
    parts.rest().awaitState("shop-failback", State.STOPPED, LIMIT);
    assertThat(notedTimes("proved", journal)).isPositive();
    parts.rest().stop("shop-feed");
    parts.rest().awaitState("shop-feed", State.STOPPED, LIMIT);
    Run unseen = run(new RollbackCommand(), rollback);
    assertThat(unseen.code()).as(unseen.out()).isEqualTo(1);
    assertThat(unseen.err())
        .contains("is STOPPED already")
        .contains("Connector shop-failback is STOPPED, or will be");
    parts.rest().resume("shop-feed");
    parts.rest().awaitRunning("shop-feed", LIMIT);
    try (Connection current = parts.shop().current()) {
      Shoppers.visit(current, 4);
    }
    Run written = run(new RollbackCommand(), rollback);
    assertThat(written.code()).as(written.out()).isEqualTo(1);
    assertThat(written.err())
        .contains("Somebody wrote to CockroachDB after all was proved")
        .contains("Connector shop-failback is resumed");
    parts.rest().awaitRunning("shop-failback", LIMIT);
    parts.shop().awaitEqual();
  }

  private static void writeWhile(Parts parts, AtomicBoolean goesOn) {
    try (Connection current = parts.shop().current()) {
      while (goesOn.get()) {
        Shoppers.comeAgain(current, 50);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long notedTimes(String step, Path journal) {
    return text(journal)
        .lines()
        .filter(entry -> entry.contains("\"step\":\"" + step + "\""))
        .count();
  }

  /** Kills the command as soon as it has noted a step; it may have come further. */
  private void killedAfter(String step, Path journal, List<String> rollback) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                ClassPath.ofThisJvm().stream()
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator)),
                "dev.belay.cli.Belay",
                "rollback"));
    command.addAll(rollback);
    Path output = dir.resolve("rollback.txt");
    long before = notedTimes(step, journal);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Deadline.in(LIMIT)
          .await(
              () -> "step " + step + " is noted: " + text(output),
              () -> !process.isAlive() || notedTimes(step, journal) > before);
    } finally {
      process.destroyForcibly();
      process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(notedTimes(step, journal)).as(text(output)).isGreaterThan(before);
  }
}
