package dev.belay.cli.handover;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.connect.ConnectClient;
import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.KnownConfig;
import dev.belay.cli.handover.Drain.Arrival;
import dev.belay.cli.handover.Drain.Later;
import dev.belay.cli.handover.Drain.Mark;
import dev.belay.cli.handover.Drain.NotDrainedException;
import dev.belay.cli.verify.Comparison;
import dev.belay.cli.verify.Told;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.source.config.SourceKeys;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * A rollback, step by step. Up to the moment when everything is proved, nothing is changed but
 * sequences, and every run proves all of it anew: what held an hour ago may not hold now. Once the
 * sink is stopped after that, a run does nothing but finish. One thread.
 */
final class Rollback {
  private static final Duration STOPPING = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final JsonMapper JSON = new JsonMapper();
  private static final String REPORT = "report";
  private static final String TEXT = "text";
  private static final String TIME = "time";
  private static final String FROM = "from";

  private final Line line;
  private final ConnectClient connect;
  private final StepJournal journal;
  private final Wish wish;
  private final Consent consent;
  private final Consumer<String> told;
  private final Drain drain;
  private boolean isSinkStopping;

  /**
   * How it is to be done.
   *
   * @param timeout for the target to get everything
   */
  record Wish(Duration timeout) {}

  /** Asks the person. */
  interface Consent {
    /**
     * Whether something is so, or may be done.
     *
     * @throws NotDrainedException if it is not; the message says what to do
     */
    void require(Matter matter) throws NotDrainedException;
  }

  /** What only a person can say. */
  enum Matter {
    WRITES_ARE_STOPPED,
    MAY_STOP
  }

  /** The steps, in their order. */
  enum Step {
    LOOK("both connectors run, and are those of the files"),
    WRITES("nobody writes to CockroachDB, as you say"),
    TIME("CockroachDB's time"),
    DRAIN("the old database has everything up to then"),
    COMPARE("the rows of both are equal"),
    SEQUENCES("sequences are ahead of the rows"),
    PROVED("nothing was written since, and all of that is in the old database"),
    LOOKED("the sink is stopped, and nothing was written until it was"),
    STOPPED("the sink and the feed are stopped");

    private final String shown;

    Step(String shown) {
      this.shown = shown;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What was shown, as it is printed.
   *
   * @param text for a person
   */
  record Paper(JsonNode json, List<String> text) {}

  Rollback(
      Line line,
      ConnectClient connect,
      StepJournal journal,
      Wish wish,
      Consent consent,
      Consumer<String> told) {
    this.line = line;
    this.connect = connect;
    this.journal = journal;
    this.wish = wish;
    this.consent = consent;
    this.told = told;
    this.drain = new Drain(line, told);
  }

  /**
   * Goes on to the end from where the journal is.
   *
   * @throws NotDrainedException if a step does not hold; the message says what to do
   */
  Paper run() throws IOException, SQLException, InterruptedException, NotDrainedException {
    requireSame();
    if (journal.value(Step.STOPPED.word()).isPresent()) {
      requireStillStopped();
      told.accept("it was done before");
      return paper(JSON.readTree(journal.value(Step.PROVED.word()).orElseThrow()));
    }
    Optional<String> proved = journal.value(Step.PROVED.word());
    if (proved.isPresent() && isStopped(line.sinkName())) {
      told.accept("all was proved before, and the sink is STOPPED: what is left is to finish");
    } else {
      if (proved.isPresent()) {
        // while the sink runs, what was shown once shows nothing
        journal.again("the sink runs");
      }
      proved = Optional.of(prove());
    }
    JsonNode paper = JSON.readTree(proved.get());
    try {
      finish(paper);
    } catch (NotDrainedException e) {
      throw new NotDrainedException(e.getMessage() + wayOut());
    } catch (IOException e) {
      throw new IOException(e.getMessage() + wayOut(), e);
    } catch (SQLException e) {
      throw new IOException(Told.of(e) + wayOut(), e);
    }
    return paper(paper);
  }

  /** Whoever is told that it did not work must know that nothing leads back meanwhile. */
  private String wayOut() {
    return isSinkStopping
        ? " Connector "
            + line.sinkName()
            + " is STOPPED, or will be in a moment: run the same command again to finish, or resume it"
            + " to call the rollback off."
        : "";
  }

  private static Paper paper(JsonNode noted) {
    List<String> text = new ArrayList<>();
    noted.path(TEXT).forEach(each -> text.add(each.asText()));
    return new Paper(noted.path(REPORT), text);
  }

  /** Returns what is noted. */
  private String prove()
      throws IOException, SQLException, InterruptedException, NotDrainedException {
    Instant began = Instant.now();
    look();
    done(Step.LOOK, "");
    consent.require(Matter.WRITES_ARE_STOPPED);
    done(Step.WRITES, "");
    Mark mark = drain.mark();
    done(Step.TIME, mark.time().toString());
    Set<String> topics = drain.await(mark.time(), wish.timeout()).topics();
    done(Step.DRAIN, "");
    FeedTables feed = FeedTables.of(line);
    Comparison.Outcome compared = drain.compare(feed, Set.of());
    List<String> gaps = DrainCommand.gaps(line, feed, topics);
    HandOver over = over(began, mark, topics, gaps, compared);
    requireSigned(over);
    done(Step.COMPARE, "");
    over = over.with(drain.sequences(compared.targets(), false));
    requireSigned(over);
    done(Step.SEQUENCES, "");
    consent.require(Matter.MAY_STOP);
    // an answer may have taken its time
    over = over(began, mark, topics, gaps, compared).with(over.sequences());
    requireSigned(over);
    HandOverReport report = new HandOverReport(over);
    ObjectNode paper = JSON.createObjectNode();
    paper.put(TIME, mark.time().toString());
    ObjectNode from = paper.putObject(FROM);
    mark.from()
        .forEach(
            (partition, offset) ->
                from.withObject("/" + escaped(partition.topic()))
                    .put(String.valueOf(partition.partition()), offset));
    paper.set(REPORT, report.json());
    report.text().forEach(paper.putArray(TEXT)::add);
    done(Step.PROVED, paper.toString());
    return paper.toString();
  }

  /** As a JSON pointer has it. */
  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  /** The time of the proof, with where in Kafka to look for what is later. */
  private static Mark mark(JsonNode paper) throws IOException {
    Map<TopicPartition, Long> from = new HashMap<>();
    paper
        .path(FROM)
        .properties()
        .forEach(
            topic ->
                topic
                    .getValue()
                    .properties()
                    .forEach(
                        each ->
                            from.put(
                                new TopicPartition(topic.getKey(), Integer.parseInt(each.getKey())),
                                each.getValue().asLong())));
    return new Mark(
        HlcTimestamp.parse(paper.path(TIME).asText())
            .orElseThrow(() -> new IOException("The journal's time cannot be read.")),
        from);
  }

  /** With the target at a time that was taken now, and with what came to Kafka up to then. */
  private HandOver over(
      Instant began, Mark mark, Set<String> topics, List<String> gaps, Comparison.Outcome compared)
      throws IOException, SQLException, InterruptedException, NotDrainedException {
    Arrival arrival = drain.await(drain.now(), wish.timeout());
    Optional<Later> later = drain.after(mark, topics);
    return new HandOver(
        line,
        began,
        Instant.now(),
        mark.time(),
        arrival,
        later,
        gaps,
        Optional.of(compared),
        true,
        Optional.empty());
  }

  private void done(Step step, String value) throws IOException {
    journal.done(step.word(), value);
    told.accept(words(step) + (step == Step.TIME ? ": " + value : ""));
  }

  private static String words(Step step) {
    return (step.ordinal() + 1) + "/" + Step.values().length + " " + step.shown;
  }

  /** What is stopped must be what is proved: another cluster may have the same names. */
  private void requireSame() throws IOException, InterruptedException, NotDrainedException {
    same(
        found(line.feedName()),
        line.source(),
        List.of(
            "source.connection.url",
            "feed.id",
            SourceKeys.TABLES,
            SourceKeys.SCHEMA_FILTER,
            SourceKeys.TABLE_FILTER,
            SourceKeys.TABLE_EXCLUSION));
    same(
        found(line.sinkName()),
        line.target(),
        List.of("target.connection.url", "topics", "topics.regex"));
  }

  private void look() throws IOException, InterruptedException, NotDrainedException {
    for (String name : List.of(line.feedName(), line.sinkName())) {
      if (!found(name).isRunning()) {
        throw new NotDrainedException(
            "Connector "
                + name
                + " is not RUNNING with all its tasks: belay status tells why. Resume or mend it,"
                + " and begin again.");
      }
    }
  }

  private Connector found(String name)
      throws IOException, InterruptedException, NotDrainedException {
    return connect
        .connector(name)
        .orElseThrow(
            () ->
                new NotDrainedException(
                    "Kafka Connect at "
                        + connect.address()
                        + " has no connector "
                        + name
                        + ". Is --connect the right cluster?"));
  }

  private void same(Connector connector, Map<String, String> file, List<String> keys)
      throws NotDrainedException {
    Map<String, String> known = new KnownConfig(connector.config(), Map.of()).settings();
    for (String key : keys) {
      // what stands for a secret may not be known here
      boolean isHidden = connector.config().containsKey(key) && !known.containsKey(key);
      if (!isHidden && !known.getOrDefault(key, "").equals(file.getOrDefault(key, ""))) {
        throw new NotDrainedException(
            "Connector "
                + connector.name()
                + " in Kafka Connect at "
                + connect.address()
                + " has another "
                + key
                + " than the file. Is it the right cluster, and is the file what was POSTed?");
      }
    }
  }

  private static void requireSigned(HandOver over) throws NotDrainedException {
    if (!over.objections().isEmpty()) {
      throw new NotDrainedException(
          String.join(" ", over.objections()) + " Nothing was stopped; mend it, and begin again.");
    }
  }

  /**
   * The sink first. Then all is looked at that was committed since the proof's time, whether the
   * sink has applied it or not: there must be nothing.
   */
  private void finish(JsonNode paper)
      throws IOException, SQLException, InterruptedException, NotDrainedException {
    isSinkStopping = true;
    if (!isStopped(line.sinkName())) {
      connect.stop(line.sinkName());
      awaitStopped(line.sinkName());
    }
    if (isStopped(line.feedName())) {
      throw new NotDrainedException(
          "Connector "
              + line.feedName()
              + " is STOPPED already, so that it cannot be seen whether anybody has written since."
              + " Resume it, and begin again.");
    }
    Optional<Later> later =
        drain.afterUntilNow(mark(paper), new TreeSet<>(line.topicsNow()), wish.timeout());
    if (later.filter(Later::isQuiet).isEmpty()) {
      callOff(later);
    }
    done(Step.LOOKED, "");
    connect.stop(line.feedName());
    awaitStopped(line.feedName());
    done(Step.STOPPED, "");
  }

  private void callOff(Optional<Later> later)
      throws IOException, InterruptedException, NotDrainedException {
    String found =
        later
            .filter(after -> !after.changes().isEmpty())
            .map(
                after ->
                    "Somebody wrote to CockroachDB after all was proved, in "
                        + String.join(", ", after.changes().keySet())
                        + ". Stop all writers, and begin again.")
            .orElse(
                "Records came after all was proved that cannot be read, so that it is not known"
                    + " whether somebody has written.");
    // before anything can fail that would hide it
    told.accept(found);
    journal.again(found);
    connect.resume(line.sinkName());
    isSinkStopping = false;
    throw new NotDrainedException(
        found + " Connector " + line.sinkName() + " is resumed, and brings them.");
  }

  private boolean isStopped(String name)
      throws IOException, InterruptedException, NotDrainedException {
    Connector connector = found(name);
    return connector.state().equals("STOPPED") && connector.tasks().isEmpty();
  }

  private void requireStillStopped() throws IOException, InterruptedException, NotDrainedException {
    for (String name : List.of(line.sinkName(), line.feedName())) {
      if (!found(name).state().equals("STOPPED")) {
        throw new NotDrainedException(
            "The journal is of a rollback that is done, and connector "
                + name
                + " is "
                + found(name).state()
                + " since. For another rollback move the journal away, or name another with"
                + " --journal.");
      }
    }
  }

  private void awaitStopped(String name)
      throws IOException, InterruptedException, NotDrainedException {
    long began = System.nanoTime();
    while (true) {
      if (isStopped(name)) {
        return;
      }
      if (System.nanoTime() - began > STOPPING.toNanos()) {
        throw new NotDrainedException(
            "Connector "
                + name
                + " has not stopped within "
                + STOPPING.toSeconds()
                + " s. Begin again when Connect has.");
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
  }
}
