package dev.belay.sink.decode;

import java.util.List;

/**
 * What must be known of a changefeed to read its records: the options it was created with.
 *
 * @param envelope option {@code envelope}
 * @param topicPrefix {@code topic_prefix} of the sink URI; empty for none
 * @param fullTableName option {@code full_table_name}; {@code AUTO} goes by the number of parts of
 *     the topic's name
 * @param topicName {@code topic_name} of the sink URI, if all tables share one topic; the table is
 *     then named by {@code topic} in the value (option {@code topic_in_value}) or by {@code source}
 *     of an enriched feed. Empty if each table has its own topic
 * @param splitColumnFamilies option {@code split_column_families}, or {@code FAMILY} targets;
 *     {@code AUTO} takes the second of two parts, or the fourth of four, for a family
 * @param opColumn the column under which the feed's query projects {@code event_op()}, the only
 *     mark of a delete in a {@code bare} feed; it is taken out of the row. Empty for none
 * @param debezium what must be known where the feed is not a changefeed, but of a Debezium
 *     connector
 */
public record FeedFormat(
    Envelope envelope,
    String topicPrefix,
    Choice fullTableName,
    String topicName,
    Choice splitColumnFamilies,
    String opColumn,
    Debezium debezium) {

  /**
   * What must be known of a Debezium connector.
   *
   * @param unavailable its {@code unavailable.value.placeholder}
   * @param ignoreTruncate whether its TRUNCATE is passed over, and not rejected
   * @param leftOut marks of changes that are to be left out
   * @param transactionTopic where it tells the ends of transactions, which are to be read then;
   *     empty if they are not
   * @param wholeBefore whether its events tell all of what a row was before
   * @param schemaless whether its events come without their schema, with text for what is ambiguous
   */
  public record Debezium(
      String unavailable,
      boolean ignoreTruncate,
      List<String> leftOut,
      String transactionTopic,
      boolean wholeBefore,
      boolean schemaless) {

    /** One whose events have their schema. */
    public Debezium(
        String unavailable,
        boolean ignoreTruncate,
        List<String> leftOut,
        String transactionTopic,
        boolean wholeBefore) {
      this(unavailable, ignoreTruncate, leftOut, transactionTopic, wholeBefore, false);
    }

    /** One whose transactions are not read, and whose before images are not to be trusted. */
    public Debezium(String unavailable, boolean ignoreTruncate, List<String> leftOut) {
      this(unavailable, ignoreTruncate, leftOut, "", false);
    }

    /** As it is unless somebody says otherwise. */
    public static final Debezium STANDARD =
        new Debezium("__debezium_unavailable_value", false, List.of());
  }

  /** Nothing known: each record is judged by its look. */
  public static final FeedFormat AUTO =
      new FeedFormat(Envelope.AUTO, "", Choice.AUTO, "", Choice.AUTO, "");

  /** Of a changefeed. */
  public FeedFormat(
      Envelope envelope,
      String topicPrefix,
      Choice fullTableName,
      String topicName,
      Choice splitColumnFamilies,
      String opColumn) {
    this(
        envelope,
        topicPrefix,
        fullTableName,
        topicName,
        splitColumnFamilies,
        opColumn,
        Debezium.STANDARD);
  }

  /** The same of a Debezium connector. */
  public FeedFormat withDebezium(Debezium other) {
    return new FeedFormat(
        envelope, topicPrefix, fullTableName, topicName, splitColumnFamilies, opColumn, other);
  }

  /** An option that may be left to the look of the names. */
  public enum Choice {
    TRUE,
    FALSE,
    AUTO
  }

  public FeedFormat withEnvelope(Envelope other) {
    return new FeedFormat(
        other, topicPrefix, fullTableName, topicName, splitColumnFamilies, opColumn, debezium);
  }

  public FeedFormat withTopicPrefix(String other) {
    return new FeedFormat(
        envelope, other, fullTableName, topicName, splitColumnFamilies, opColumn, debezium);
  }

  public FeedFormat withFullTableName(Choice other) {
    return new FeedFormat(
        envelope, topicPrefix, other, topicName, splitColumnFamilies, opColumn, debezium);
  }

  public FeedFormat withTopicName(String other) {
    return new FeedFormat(
        envelope, topicPrefix, fullTableName, other, splitColumnFamilies, opColumn, debezium);
  }

  public FeedFormat withSplitColumnFamilies(Choice other) {
    return new FeedFormat(
        envelope, topicPrefix, fullTableName, topicName, other, opColumn, debezium);
  }

  public FeedFormat withOpColumn(String other) {
    return new FeedFormat(
        envelope, topicPrefix, fullTableName, topicName, splitColumnFamilies, other, debezium);
  }
}
