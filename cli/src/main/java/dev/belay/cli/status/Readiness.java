package dev.belay.cli.status;

import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.Connector.Task;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Whether one could go over to the target at this moment, and if not, why. */
final class Readiness {

  /** The states of a feed in which its rows come. */
  private static final Set<String> WELL = Set.of("RUNNING");

  private final Limits limits;

  Readiness(Limits limits) {
    this.limits = limits;
  }

  /** Empty if all is well; in the order of connectors. */
  List<Reason> reasons(Picture picture) {
    List<Reason> reasons = new ArrayList<>();
    picture.unseen().forEach(text -> reasons.add(new Reason("", text)));
    boolean leadsBack =
        picture.sinks().stream()
            .anyMatch(sink -> sink.direction() == SinkStatus.Direction.FAILBACK);
    if (!leadsBack) {
      reasons.add(
          new Reason("", "There is no failback: no sink of Belay writes to an old database."));
    } else if (!limits.feedByHand()
        && picture.sources().stream().noneMatch(each -> each.connector().isOf(Connector.SOURCE))) {
      reasons.add(
          new Reason(
              "",
              "There is no source connector of Belay: the state of the changefeed and its GC window"
                  + " are not seen. If it was created by hand, say --feed-by-hand."));
    }
    picture.sinks().forEach(sink -> sink(sink, reasons));
    picture.sources().forEach(source -> source(source, reasons));
    return reasons;
  }

  private void sink(SinkStatus sink, List<Reason> reasons) {
    String name = sink.connector().name();
    running(sink.connector(), reasons);
    sink.unseen().forEach(text -> reasons.add(new Reason(name, text)));
    if (sink.place().isEmpty()) {
      return;
    }
    Place place = sink.place().get();
    FrontierCheckpoint frontier = place.frontier();
    boolean isFailback = sink.direction() == SinkStatus.Direction.FAILBACK;
    if (frontier.frontier().isKnown() && !frontier.isSnapshot()) {
      reasons.add(
          new Reason(
              name,
              "The target is UNVERIFIED: rows up to "
                  + Place.wall(frontier.snapshotFrom())
                  + " were applied ahead of the frontier, which is "
                  + Place.wall(frontier.frontier())
                  + ". It is a snapshot again when the frontier has passed them."));
    } else if (!frontier.frontier().isKnown() && isFailback && place.partitions().size() > 0) {
      reasons.add(
          new Reason(
              name,
              "There is no frontier: no time is known up to which all rows are there. It needs resolved"
                  + " times on every partition, and one task."));
    }
    sink.rpo()
        .filter(behind -> behind.compareTo(limits.rpo()) > 0)
        .ifPresent(
            behind ->
                reasons.add(
                    new Reason(
                        name,
                        "It is "
                            + Words.of(behind)
                            + " behind, which is more than --rpo "
                            + Words.of(limits.rpo())
                            + " allows."
                            + leastResolved(place))));
    long messages = sink.backlog().map(Backlog::messages).orElse(0L);
    boolean isLate = sink.rpo().filter(behind -> behind.compareTo(limits.rpo()) <= 0).isEmpty();
    // between two resolved times nothing takes effect, which is as it should be
    if (messages > 0 && sink.rto().isEmpty() && isLate) {
      reasons.add(
          new Reason(
              name,
              Words.number(messages)
                  + " messages wait in Kafka, and none took effect while this looked."
                  + " The task's metric stall says why."));
    }
    sink.rto()
        .filter(time -> time.compareTo(limits.rto()) > 0)
        .ifPresent(
            time ->
                reasons.add(
                    new Reason(
                        name,
                        "To apply what waits takes "
                            + Words.of(time)
                            + ", which is more than --rto "
                            + Words.of(limits.rto())
                            + " allows.")));
    if (place.openRejections() > 0) {
      reasons.add(
          new Reason(
              name,
              Words.number(place.openRejections())
                  + " rejected records are open: their rows differ. The dead letter queue says why."));
    }
    if (place.held() > 0 && !isFailback) {
      reasons.add(
          new Reason(
              name, Words.number(place.held()) + " records wait for rows that have not come."));
    }
  }

  /** The partition that holds all others back, if its time is far behind. */
  private String leastResolved(Place place) {
    return place.partitions().values().stream()
        .min(Comparator.comparing(row -> row.resolved()))
        .filter(row -> !row.resolved().isKnown() || place.partitions().size() > 1)
        .map(
            row ->
                row.resolved().isKnown()
                    ? " Furthest behind is " + row.partition() + "."
                    : " No resolved time of " + row.partition() + " has taken effect.")
        .orElse("");
  }

  private void source(SourceStatus source, List<Reason> reasons) {
    String name = source.connector().name();
    running(source.connector(), reasons);
    source.unseen().forEach(text -> reasons.add(new Reason(name, text)));
    for (FeedReport report : source.reports()) {
      if (!WELL.contains(report.state())) {
        reasons.add(
            new Reason(
                name,
                "Its "
                    + report.of()
                    + " is "
                    + report.state()
                    + (report.error().isBlank() ? "." : ": " + report.error())
                    + (report.remedy().isBlank() ? "" : " " + report.remedy())));
      }
      if (WELL.contains(report.state()) && report.gcSecondsLeft().isEmpty()) {
        reasons.add(
            new Reason(
                name,
                "The GC window of its "
                    + report.of()
                    + " is not known: how long it may stand still and lose nothing. Let its user see"
                    + " the tables' zone configuration."));
      }
      if (report.gcSecondsLeft().isPresent()
          && report.gcSecondsLeft().getAsLong() < limits.gcWindow().toSeconds()) {
        reasons.add(
            new Reason(
                name,
                "Its "
                    + report.of()
                    + " loses its past to garbage collection in "
                    + Words.of(Duration.ofSeconds(Math.max(0, report.gcSecondsLeft().getAsLong())))
                    + " if it does not move: after that there is no way back without a load."));
      }
    }
  }

  private static void running(Connector connector, List<Reason> reasons) {
    if (connector.isRunning()) {
      return;
    }
    List<Task> idle =
        connector.tasks().stream().filter(task -> !task.state().equals("RUNNING")).toList();
    if (idle.isEmpty()) {
      reasons.add(
          new Reason(
              connector.name(),
              connector.state().equals("RUNNING")
                  ? "It has no task yet."
                  : "It is "
                      + connector.state()
                      + (connector.state().matches("STOPPED|PAUSED")
                          ? ": nothing moves until it is resumed."
                          : ".")));
    }
    for (Task task : idle) {
      reasons.add(
          new Reason(
              connector.name(),
              "Its task "
                  + task.id()
                  + " is "
                  + task.state()
                  + (task.trouble().isBlank() ? "." : ": " + task.trouble())));
    }
  }
}
