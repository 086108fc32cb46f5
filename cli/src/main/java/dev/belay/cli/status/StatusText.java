package dev.belay.cli.status;

import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.Connector.Task;
import dev.belay.cli.text.Wrapped;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The picture for a person, on 80 columns and without colour. */
final class StatusText {
  private static final String INDENT = "             ";

  private final List<String> lines = new ArrayList<>();

  private StatusText() {}

  static List<String> of(Picture picture, List<Reason> reasons) {
    StatusText text = new StatusText();
    picture.sources().forEach(text::source);
    picture.sinks().forEach(text::sink);
    text.verdict(reasons);
    return text.lines;
  }

  private void source(SourceStatus source) {
    Connector connector = source.connector();
    lines.add(
        connector.name()
            + "  source"
            + (connector.isOf(Connector.SOURCE) ? ", CockroachDB" : ", Debezium"));
    running(connector);
    for (FeedReport report : source.reports()) {
      line(
          "feed",
          report.of()
              + " "
              + report.state()
              + (report.secondsBehind().isPresent()
                  ? ", " + report.secondsBehind().getAsLong() + " s behind"
                  : "")
              + ", "
              + count(report.tables().size(), "table"));
      if (report.gcSecondsLeft().isPresent()) {
        line(
            "GC window",
            Words.of(java.time.Duration.ofSeconds(Math.max(0, report.gcSecondsLeft().getAsLong())))
                + " left if it does not move");
      }
    }
    lines.add("");
  }

  private void sink(SinkStatus sink) {
    lines.add(
        sink.connector().name()
            + "  "
            + sink.direction().word()
            + ", "
            + sink.connector().config().getOrDefault("delivery.mode", "consistent")
            + " to "
            + sink.target());
    running(sink.connector());
    sink.place().ifPresent(place -> frontier(place.frontier()));
    line("RPO now", rpo(sink));
    line("RTO now", rto(sink));
    sink.place()
        .ifPresent(place -> line("rejected", count(place.openRejections(), "record") + " open"));
    Map<String, Double> meters = sink.meters().numbers();
    if (!meters.isEmpty()) {
      line(
          "conflicts",
          number(meters, "conflicts-total")
              + ", echoes stopped "
              + number(meters, "echoes-total")
              + ", window "
              + number(meters, "window-records")
              + " records");
    }
    if (!sink.meters().stall().isBlank()) {
      line("stall", sink.meters().stall());
    }
    lines.add("");
  }

  private static String number(Map<String, Double> meters, String name) {
    return Words.number(Math.round(meters.getOrDefault(name, 0.0)));
  }

  private static String count(long number, String what) {
    return Words.number(number) + " " + what + (number == 1 ? "" : "s");
  }

  private void running(Connector connector) {
    line(
        "connector",
        connector.state()
            + connector.tasks().stream()
                .map(StatusText::task)
                .collect(Collectors.joining(", ", connector.tasks().isEmpty() ? "" : ", ", "")));
  }

  private static String task(Task task) {
    return "task "
        + task.id()
        + " "
        + task.state()
        + (task.worker().isBlank() ? "" : " on " + task.worker());
  }

  private void frontier(FrontierCheckpoint frontier) {
    if (!frontier.frontier().isKnown()) {
      return;
    }
    Instant time = Place.wall(frontier.frontier()).truncatedTo(ChronoUnit.MILLIS);
    line("frontier", time + (frontier.isSnapshot() ? ", a snapshot as of then" : ", UNVERIFIED"));
  }

  private static String rpo(SinkStatus sink) {
    return sink.rpo().map(Words::of).orElse("unknown")
        + sink.backlog()
            .map(
                backlog ->
                    ", " + count(backlog.messages(), "message") + " received and not applied")
            .orElse("");
  }

  private static String rto(SinkStatus sink) {
    Optional<String> rate =
        sink.perSecond().isPresent()
            ? Optional.of(Words.number(Math.round(sink.perSecond().getAsDouble())) + " messages/s")
            : Optional.empty();
    return sink.rto().map(Words::of).orElse("unknown")
        + rate.map(text -> ", at " + text).orElse("");
  }

  private void verdict(List<Reason> reasons) {
    if (reasons.isEmpty()) {
      lines.add("READY: whoever went over to a target now would lose no more than its RPO.");
      return;
    }
    lines.add("NOT READY:");
    for (Reason reason : reasons) {
      lines.addAll(
          Wrapped.lines(
              "- " + (reason.connector().isEmpty() ? "" : reason.connector() + ": "),
              reason.text(),
              "  "));
    }
  }

  private void line(String name, String text) {
    lines.addAll(Wrapped.lines(String.format("  %-11s", name), text, INDENT));
  }
}
