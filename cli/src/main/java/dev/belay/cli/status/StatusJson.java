package dev.belay.cli.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.connect.Connector;
import java.time.Duration;
import java.util.List;

/** The picture for programs: one object. */
final class StatusJson {
  private static final double MILLIS = 1_000.0;

  private StatusJson() {}

  static ObjectNode of(Picture picture, List<Reason> reasons) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "status");
    json.put("at", picture.at().toString());
    json.put("ready", reasons.isEmpty());
    ArrayNode why = json.putArray("reasons");
    reasons.forEach(
        reason -> why.addObject().put("connector", reason.connector()).put("text", reason.text()));
    ArrayNode sinks = json.putArray("sinks");
    picture.sinks().forEach(sink -> sink(sinks.addObject(), sink));
    ArrayNode sources = json.putArray("sources");
    picture.sources().forEach(source -> source(sources.addObject(), source));
    return json;
  }

  private static void connector(ObjectNode json, Connector connector) {
    json.put("name", connector.name());
    json.put("state", connector.state());
    ArrayNode tasks = json.putArray("tasks");
    connector
        .tasks()
        .forEach(
            task -> {
              ObjectNode one = tasks.addObject();
              one.put("id", task.id()).put("state", task.state()).put("worker", task.worker());
              if (!task.trouble().isBlank()) {
                one.put("error", task.trouble());
              }
            });
  }

  private static void sink(ObjectNode json, SinkStatus sink) {
    connector(json, sink.connector());
    json.put("direction", sink.direction().word());
    json.put("target", sink.target());
    json.put("mode", sink.connector().config().getOrDefault("delivery.mode", "consistent"));
    sink.place()
        .ifPresent(
            place -> {
              if (place.frontier().frontier().isKnown()) {
                json.put("frontier", place.frontier().frontier().toString());
                json.put("snapshot", place.frontier().isSnapshot());
              }
              json.put("openRejections", place.openRejections());
              json.put("held", place.held());
              json.put("partitions", place.partitions().size());
            });
    sink.rpo().ifPresent(time -> json.put("rpoSeconds", seconds(time)));
    sink.rto().ifPresent(time -> json.put("rtoSeconds", seconds(time)));
    sink.backlog().ifPresent(backlog -> json.put("messagesWaiting", backlog.messages()));
    sink.perSecond().ifPresent(rate -> json.put("messagesPerSecond", rate));
    if (!sink.meters().numbers().isEmpty()) {
      ObjectNode meters = json.putObject("metrics");
      sink.meters().numbers().forEach(meters::put);
      json.put("stall", sink.meters().stall());
    }
    sink.unseen().forEach(json.putArray("unseen")::add);
  }

  private static void source(ObjectNode json, SourceStatus source) {
    connector(json, source.connector());
    json.put("reads", source.connector().isOf(Connector.SOURCE) ? "cockroachdb" : "debezium");
    ArrayNode feeds = json.putArray("feeds");
    for (FeedReport report : source.reports()) {
      ObjectNode feed = feeds.addObject();
      feed.put("of", report.of()).put("state", report.state());
      report.tables().forEach(feed.putArray("tables")::add);
      report.secondsBehind().ifPresent(seconds -> feed.put("secondsBehind", seconds));
      report.gcSecondsLeft().ifPresent(seconds -> feed.put("gcWindowLeftSeconds", seconds));
      if (!report.error().isBlank()) {
        feed.put("error", report.error());
      }
      if (!report.remedy().isBlank()) {
        feed.put("remedy", report.remedy());
      }
      report.at().ifPresent(at -> feed.put("at", at.toString()));
    }
    source.unseen().forEach(json.putArray("unseen")::add);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / MILLIS;
  }
}
