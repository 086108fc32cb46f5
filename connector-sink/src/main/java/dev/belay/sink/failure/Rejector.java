package dev.belay.sink.failure;

import dev.belay.sink.change.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports rejected records to Connect's dead letter queue, or stops the task where none may be
 * rejected. One thread.
 */
public final class Rejector {
  private static final Logger LOG = LoggerFactory.getLogger(Rejector.class);
  private static final Duration REPORT_LIMIT = Duration.ofSeconds(30);

  public static final String HEADER_REASON = "belay.reason";
  public static final String HEADER_TABLE = "belay.table";
  public static final String HEADER_KEY_COLUMNS = "belay.key.columns";
  public static final String HEADER_SQLSTATE = "belay.sqlstate";
  public static final String HEADER_CODE = "belay.error.code";
  public static final String HEADER_CONSTRAINT = "belay.constraint";
  public static final String HEADER_HLC = "belay.hlc";

  /** What a dead letter says beside the record, in the order of the reference page. */
  public static final List<Header> HEADERS =
      List.of(
          new Header(
              HEADER_REASON,
              "Why the record was not applied, and what to do. Never holds row values.",
              "always"),
          new Header(
              HEADER_TABLE,
              "The target table; for a record that did not fit the table's description, and for one"
                  + " rejected along with its source transaction, the table as the feed names it.",
              "if the record could be read"),
          new Header(
              HEADER_KEY_COLUMNS,
              "Names of the key columns, separated by commas. Their values are in the record's key.",
              "if the database refused the row"),
          new Header(
              HEADER_SQLSTATE,
              "SQLSTATE of the refusal, for example 23514.",
              "if the database refused the row, and goes by SQLSTATEs"),
          new Header(
              HEADER_CODE,
              "The database's own code of the refusal, for example MySQL's error number 3819.",
              "if the database refused the row, and goes by codes of its own"),
          new Header(
              HEADER_CONSTRAINT, "Name of the violated constraint.", "if the database named one"),
          new Header(
              HEADER_HLC,
              "Commit time of the change in CockroachDB, as the feed wrote it.",
              "if the record could be read"));

  /**
   * A header of a dead letter.
   *
   * @param present when it is there
   */
  public record Header(String name, String meaning, String present) {}

  private static final int SQLSTATE_LENGTH = 5;

  /** The header that a code of {@link TargetFault} goes into: SQLSTATEs have five characters. */
  public static String headerOf(String code) {
    return code.length() == SQLSTATE_LENGTH ? HEADER_SQLSTATE : HEADER_CODE;
  }

  private final Optional<ErrantRecordReporter> reporter;
  private final boolean tolerant;
  private final List<Future<Void>> underWay = new ArrayList<>();

  /**
   * @param reporter the worker's, if it has one
   * @param tolerant whether errors.tolerance=all
   */
  public Rejector(Optional<ErrantRecordReporter> reporter, boolean tolerant) {
    this.reporter = reporter;
    this.tolerant = tolerant;
  }

  /**
   * Hands a record over; {@link #await} before a checkpoint covers it.
   *
   * @param headers what the dead letter carries beside the record, names as the constants of this
   *     class
   * @throws StopException if no record may be rejected
   */
  public void report(SinkRecord record, Origin origin, String reason, Map<String, String> headers) {
    if (!tolerant || reporter.isEmpty()) {
      throw new StopException(
          "The record at "
              + origin
              + " cannot be applied. "
              + (reason.endsWith(".") ? reason : reason + ".")
              + " Nothing after it is lost. To send such records to a dead letter queue and go on, set"
              + " errors.tolerance=all and errors.deadletterqueue.topic.name.");
    }
    ConnectHeaders all = new ConnectHeaders(record.headers());
    all.addString(HEADER_REASON, reason);
    headers.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            all.addString(name, value);
          }
        });
    // a record of our own: the worker's would be reported with its headers as they came from Kafka
    SinkRecord copy =
        new SinkRecord(
            origin.topic(),
            origin.partition(),
            record.keySchema(),
            record.key(),
            record.valueSchema(),
            record.value(),
            origin.offset(),
            record.timestamp(),
            record.timestampType(),
            all);
    LOG.warn("Rejected {}: {}", origin, reason);
    try {
      underWay.add(reporter.get().report(copy, new DataException(reason)));
    } catch (ConnectException e) {
      // by the connector's converters, which may know how to read only
      throw new StopException(
          "The record at "
              + origin
              + " is to go to the dead letter queue, and key.converter or value.converter cannot write"
              + " it ("
              + e.getClass().getSimpleName()
              + "). Nothing after it is lost. With feed.format=struct these converters register schemas"
              + " in the feed's registry: allow it, or read the feed with ByteArrayConverter, then"
              + " restart the task.");
    }
  }

  /**
   * Waits until what was handed over is durable.
   *
   * @throws StopException if it is not: the task's restart reads the records again from the
   *     checkpoint, which does not cover them, and reports them again
   */
  public void await() {
    try {
      for (Future<Void> future : underWay) {
        future.get(REPORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
      underWay.clear();
    } catch (ExecutionException | TimeoutException e) {
      throw new StopException(
          "The dead letter queue does not take the reports of rejected records ("
              + e.getClass().getSimpleName()
              + "), and a checkpoint must not pass records whose report could be lost. See that"
              + " errors.deadletterqueue.topic.name can be written, then restart the task.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StopException("Interrupted while reporting rejected records.");
    }
  }
}
