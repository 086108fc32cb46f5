package dev.belay.sink.topics;

import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.failure.StopException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks the cluster about the subscribed topics. The admin client's own thread does the waiting;
 * callers get futures, or wait a bounded time. One thread calls.
 */
public final class TopicWatch implements AutoCloseable {

  /** The cluster did not answer in time, or refused. */
  public static final class KafkaAwayException extends Exception {
    private static final long serialVersionUID = 1;

    KafkaAwayException(String message) {
      super(message, null, false, true);
    }
  }

  /** How Kafka words it; the exception has no type of its own. */
  private static final String UNRESOLVABLE = "No resolvable bootstrap";

  private final Supplier<Admin> client;
  private final List<String> names;
  private final Optional<Pattern> pattern;
  private Optional<Admin> open = Optional.empty();

  /**
   * @param client makes the admin client, when it is first needed: Kafka's refuses to be made while
   *     none of the brokers' names can be resolved, which passes
   * @param names subscribed by name; empty if {@code pattern} is given
   */
  public TopicWatch(Supplier<Admin> client, List<String> names, Optional<Pattern> pattern) {
    this.client = client;
    this.names = List.copyOf(names);
    this.pattern = pattern;
  }

  /**
   * Reads the metadata now; whatever was produced before the call is in topics that it shows.
   *
   * @throws StopException if the settings can never make a client
   */
  public CompletionStage<TopicSurvey> survey() {
    Admin admin;
    try {
      admin = admin();
    } catch (KafkaAwayException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (pattern.isEmpty()) {
      return describe(admin, names);
    }
    return admin
        .listTopics()
        .names()
        .toCompletionStage()
        .thenCompose(
            all ->
                describe(
                    admin, all.stream().filter(t -> pattern.get().matcher(t).matches()).toList()));
  }

  private Admin admin() throws KafkaAwayException {
    if (open.isEmpty()) {
      try {
        open = Optional.of(client.get());
      } catch (KafkaException e) {
        String reason = root(e);
        if (reason.contains(UNRESOLVABLE)) {
          throw new KafkaAwayException(
              "Kafka, connecting: none of the names of kafka.admin.bootstrap.servers can be resolved");
        }
        throw new StopException(
            "The settings under kafka.admin. make no Kafka client: "
                + reason
                + (reason.endsWith(".") ? " " : ". ")
                + "Without one nothing is read. Correct them.");
      }
    }
    return open.get();
  }

  /** Kafka wraps what is wrong more than once. */
  private static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static CompletionStage<TopicSurvey> describe(Admin admin, Collection<String> topics) {
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin.describeTopics(topics).topicNameValues();
    CompletableFuture<?>[] answers =
        asked.values().stream()
            .map(f -> f.toCompletionStage().toCompletableFuture().handle((d, e) -> d))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(answers)
        .thenApply(
            done -> {
              Map<String, TopicSurvey.Facts> found = new TreeMap<>();
              List<String> missing = new ArrayList<>();
              asked.forEach(
                  (topic, answer) -> {
                    try {
                      TopicDescription description = answer.get();
                      found.put(
                          topic,
                          new TopicSurvey.Facts(
                              description.topicId().toString(), description.partitions().size()));
                    } catch (ExecutionException e) {
                      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                        throw new CompletionException(e.getCause());
                      }
                      missing.add(topic);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                      throw new CompletionException(e);
                    }
                  });
              return new TopicSurvey(found, missing);
            });
  }

  /** Waits for a survey. */
  public TopicSurvey surveyWithin(Duration limit) throws KafkaAwayException {
    return await(survey().toCompletableFuture(), limit, "describing the topics");
  }

  /** What the cluster still has of each partition of the survey. */
  public Map<TopicPartition, LogRange> logs(TopicSurvey survey, Duration limit)
      throws KafkaAwayException {
    Map<TopicPartition, OffsetSpec> first = new HashMap<>();
    Map<TopicPartition, OffsetSpec> last = new HashMap<>();
    for (TopicPartition partition : survey.partitions()) {
      first.put(partition, OffsetSpec.earliest());
      last.put(partition, OffsetSpec.latest());
    }
    Admin admin = admin();
    var starts = admin.listOffsets(first).all().toCompletionStage().toCompletableFuture();
    var ends = admin.listOffsets(last).all().toCompletionStage().toCompletableFuture();
    Map<TopicPartition, ListOffsetsResultInfo> start = await(starts, limit, "listing log starts");
    Map<TopicPartition, ListOffsetsResultInfo> end = await(ends, limit, "listing log ends");
    Map<TopicPartition, LogRange> logs = new HashMap<>();
    for (TopicPartition partition : first.keySet()) {
      logs.put(
          partition,
          new LogRange(
              survey.topics().get(partition.topic()).id(),
              start.get(partition).offset(),
              end.get(partition).offset()));
    }
    return logs;
  }

  private static <T> T await(CompletableFuture<T> future, Duration limit, String doing)
      throws KafkaAwayException {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaAwayException away) {
        throw away;
      }
      throw new KafkaAwayException(
          "Kafka, "
              + doing
              + ": "
              + e.getCause().getClass().getSimpleName()
              + ": "
              + e.getCause().getMessage());
    } catch (TimeoutException e) {
      throw new KafkaAwayException(
          "Kafka, "
              + doing
              + ": no answer within "
              + limit.toMillis()
              + " ms (kafka.admin.bootstrap.servers)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaAwayException("Kafka, " + doing + ": interrupted");
    }
  }

  @Override
  public void close() {
    open.ifPresent(admin -> admin.close(Duration.ofSeconds(5)));
    open = Optional.empty();
  }
}
