package dev.belay.cli.handover;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.verify.Comparison;
import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** The report of a hand-over, for people and for programs. */
final class HandOverReport {
  private static final long NANOS = 1_000_000_000;
  private static final double MILLIS = 1_000.0;

  private final HandOver over;

  HandOverReport(HandOver over) {
    this.over = over;
  }

  /**
   * One object. {@code sha256} is of the object as it is printed without that field, so that a copy
   * can be told from the original.
   */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "hand-over");
    json.put("signedOff", over.isSignedOff());
    over.objections().forEach(json.putArray("objections")::add);
    json.put("connector", over.line().sinkName());
    json.put("source", over.line().ends().source().toString());
    json.put("target", over.line().ends().target().toString());
    json.put("time", over.time().toString());
    json.put("frontier", over.arrival().frontier().toString());
    json.put("openRejections", over.arrival().openRejections());
    json.put("began", over.began().toString());
    json.put("ended", over.ended().toString());
    json.put("seconds", Duration.between(over.began(), over.ended()).toMillis() / MILLIS);
    ArrayNode partitions = json.putArray("partitions");
    sorted()
        .forEach(
            row ->
                partitions
                    .addObject()
                    .put("topic", row.partition().topic())
                    .put("partition", row.partition().partition())
                    .put("appliedOffset", row.appliedOffset())
                    .put("resolved", row.resolved().toString()));
    over.later()
        .ifPresent(
            later -> {
              ObjectNode changes = json.putObject("changesAfter");
              later.changes().forEach(changes::put);
            });
    over.compared().ifPresent(outcome -> compared(json.putObject("compared"), outcome));
    over.sequences()
        .ifPresent(
            found -> {
              ArrayNode sequences = json.putArray("sequences");
              found.forEach(each -> sequence(sequences.addObject(), each));
            });
    json.put("sha256", digest(json.toString()));
    return json;
  }

  private static void compared(ObjectNode json, Comparison.Outcome outcome) {
    json.put("equal", outcome.isEqual());
    json.put("schemaDifferences", outcome.schemaDifferences());
    outcome.from().ifPresent(time -> json.put("from", time.toString()));
    outcome.to().ifPresent(time -> json.put("to", time.toString()));
    ArrayNode tables = json.putArray("tables");
    outcome
        .tables()
        .forEach(
            table ->
                tables
                    .addObject()
                    .put("table", table.name())
                    .put("sourceRows", table.sourceRows())
                    .put("targetRows", table.targetRows())
                    .put("different", table.different()));
  }

  private static void sequence(ObjectNode json, SequenceSync.Found found) {
    json.put("sequence", found.sequence().toString());
    json.put("state", found.state().name().toLowerCase(Locale.ROOT));
    found.next().ifPresent(next -> json.put("next", next));
  }

  private List<PartitionCheckpoint> sorted() {
    return over.arrival().partitions().stream()
        .sorted(Comparator.comparing(row -> row.partition().toString()))
        .toList();
  }

  /** The same for a person. */
  List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add("Hand-over of " + over.line().sinkName());
    lines.add("  from        " + over.line().ends().source());
    lines.add("  to          " + over.line().ends().target());
    lines.add("  time        " + over.time() + "  (" + wall(over.time()) + ")");
    lines.add("  frontier    " + over.arrival().frontier());
    lines.add(
        "  partitions  " + over.arrival().partitions().size() + ", each resolved past that time");
    lines.add(
        "  writes      "
            + over.later()
                .map(
                    later ->
                        later.isQuiet()
                            ? "no change is later than that time"
                            : "changes are later than that time")
                .orElse("not looked at: the records need a converter"));
    over.compared()
        .ifPresent(
            outcome -> {
              long rows = outcome.tables().stream().mapToLong(Comparison.Table::sourceRows).sum();
              lines.add(
                  String.format(
                      Locale.ROOT,
                      "  compared    %,d rows in %d tables, %s",
                      rows,
                      outcome.tables().size(),
                      outcome.isEqual() ? "equal as of one time" : "DIFFERENT"));
            });
    over.sequences().ifPresent(found -> lines.add("  sequences   " + words(found)));
    lines.add(
        String.format(
            Locale.ROOT,
            "  took        %.1f s",
            Duration.between(over.began(), over.ended()).toMillis() / MILLIS));
    List<String> objections = over.objections();
    if (over.isSignedOff()) {
      lines.add("SIGNED OFF: the target has everything that CockroachDB had at that time.");
    } else if (objections.isEmpty()) {
      lines.add("DRAINED, NOT SIGNED OFF: not everything was looked at, as was asked for.");
    } else {
      lines.add("NOT SIGNED OFF:");
      objections.forEach(text -> lines.add("- " + text));
    }
    return lines;
  }

  private static String words(List<SequenceSync.Found> found) {
    long moved =
        found.stream()
            .filter(
                each ->
                    each.state() == SequenceSync.State.MOVED
                        || each.state() == SequenceSync.State.MOVED_TO_ITS_END)
            .count();
    return found.size() + " looked at, " + moved + " moved ahead of the rows";
  }

  private static Instant wall(HlcTimestamp time) {
    return Instant.ofEpochSecond(time.wallNanos() / NANOS, time.wallNanos() % NANOS);
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
