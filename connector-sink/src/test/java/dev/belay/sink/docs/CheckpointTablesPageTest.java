package dev.belay.sink.docs;

import static dev.belay.testkit.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.target.postgres.PostgresTarget;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CheckpointTablesPageTest {
  private static final Pattern TABLE =
      Pattern.compile("CREATE TABLE (belay\\.\\w+) \\(\n(.*?)\n {4}\\);", Pattern.DOTALL);
  private static final Pattern COLUMN =
      Pattern.compile(
          "^ *([a-z_]+) +((?:text|integer|bigint)[^,\n]*?),? *(?:--.*)?$", Pattern.MULTILINE);

  private static final Map<String, String> CHECKPOINT =
      columns(
          "connector",
          "Name of the connector. Two connectors of one name in two Connect clusters fence each other.",
          "topic",
          "Kafka topic, as it was before any transform.",
          "partition",
          "Partition of the topic.",
          "topic_id",
          "Kafka's id of the topic that the offsets belong to. A topic that was deleted and made anew has"
              + " another: the task stops. Empty after a position was set by hand; the next claim fills it.",
          "epoch",
          "Raised by each claim and by each change by hand. A transaction commits only under the epoch it"
              + " claimed (the fence). Never goes down.",
          "sequence",
          "Raised by each transaction that moves the row. One more than expected: a COMMIT whose answer was"
              + " lost had happened. Fewer: the database was restored.",
          "applied_offset",
          "Every record below it has taken effect, except those in `held`. `-1`: start at the log's start.",
          "rewind_offset",
          "Where a restart reads from: the smallest offset that holds a commit time above `resolved`. Records"
              + " from here to `applied_offset` are read to remember them, and not written again.",
          "resolved",
          "Commit time (HLC) up to which every row of the partition has taken effect; with one task, of its"
              + " whole topic, since keys can move between partitions. Older ones that come again are"
              + " repetitions. NULL before the first.",
          "held",
          "Offsets below `applied_offset` that have not taken effect, as `5,9-12`: rows that wait for another"
              + " one, such as a parent, or for their resolved time, while later records are applied already."
              + " A restart reads them again and applies them. Empty in the usual course of"
              + " `delivery.mode=consistent`.",
          "source_position",
          "Reserved for the direction towards CockroachDB; NULL.",
          "format",
          "Version of the row's format, 1. Written by the table's default. A task that finds a newer one than"
              + " it understands stops before it writes anything.");
  private static final Map<String, String> FRONTIER =
      columns(
          "connector",
          "Name of the connector.",
          "epoch",
          "As in `belay_checkpoint`, for the frontier. Its row is locked first by each claim.",
          "sequence",
          "As in `belay_checkpoint`.",
          "frontier",
          "Commit time (HLC) up to which every row of every partition is in the target. NULL before the first"
              + " and after a position was set by hand. Not moved while several tasks share the topics.",
          "snapshot_from",
          "The highest commit time that was ever applied ahead of the frontier. The target equals CockroachDB"
              + " as of `frontier` when `frontier >= snapshot_from` (or `snapshot_from` is NULL).",
          "format",
          "As in `belay_checkpoint`.");

  private static final Map<String, String> REJECTION =
      columns(
          "connector",
          "Name of the connector.",
          "topic",
          "Kafka topic of the record.",
          "partition",
          "Its partition.",
          "record_offset",
          "Its offset: with topic and partition, where the dead letter and the log say why. `-1`: a row that"
              + " stands for all records of the partition beyond the bound.",
          "table_name",
          "Target table. NULL if the record could not be read.",
          "key_hash",
          "SHA-256, in hexadecimal digits, of the feed's names of table and column family and of the row's key:"
              + " how a newer version is recognised. NULL if there is no key, because the record could not be"
              + " read or is beyond the bound.",
          "hlc",
          "Commit time (HLC) of the rejected version. NULL if the record could not be read.",
          "sqlstate",
          "Why the database refused it. NULL if it never got there.",
          "records",
          "How many records the row stands for: 1, but beyond the bound.",
          "format",
          "As in `belay_checkpoint`.");

  @Test
  void thePageOfTablesIsThatOfTheScript() throws Exception {
    List<String> statements = new PostgresTarget().checkpointSql().createTables();
    Page page =
        new Page("Checkpoint tables")
            .paragraph(
                """
                The position lives in the database that is written, in schema `belay`, and moves in the same
                transaction as the rows. The connector makes the tables itself with `checkpoint.create=auto`, if its
                role may create a schema; with `checkpoint.create=never` a DBA runs
                [belay-schema.sql](../../config/sql/postgresql/belay-schema.sql), which is the same text.
                """)
            .generatedFrom("belay-schema.sql");
    table(
        page,
        String.join("\n", statements),
        "belay.belay_checkpoint",
        CHECKPOINT,
        "A row for each partition of each connector.");
    table(
        page,
        String.join("\n", statements),
        "belay.belay_frontier",
        FRONTIER,
        "A row for each connector.");
    table(
        page,
        String.join("\n", statements),
        "belay.belay_rejection",
        REJECTION,
        "A row for each rejected record that nothing has mended yet: the snapshot is complete but for"
            + " their rows. Written in the transaction whose checkpoint covers the record, after its"
            + " dead letter is durable; deleted in the transaction that applies a newer version of"
            + " the row, or its delete. A task tells 10000 apart; further ones are only counted.");
    page.heading("Reading them")
        .paragraph("How far is the target, and is it a snapshot?")
        .block(
            "sql",
            """
            SELECT connector, frontier,
                   to_timestamp(split_part(frontier, '.', 1)::numeric / 1e9) AS as_of,
                   frontier IS NOT NULL
                     AND (snapshot_from IS NULL OR frontier::numeric >= snapshot_from::numeric) AS is_snapshot
            FROM belay.belay_frontier;
            """)
        .paragraph("Which rows are stale, and since when?")
        .block(
            "sql",
            """
            SELECT table_name, topic, partition, record_offset, sqlstate, records,
                   to_timestamp(split_part(hlc, '.', 1)::numeric / 1e9) AS rejected_version
            FROM belay.belay_rejection ORDER BY topic, partition, record_offset;
            """)
        .paragraph(
            """
            An HLC is written as CockroachDB writes it, nanoseconds, a dot, and ten digits of the logical part, so that
            numeric order is the order of time.
            """)
        .heading("Rejections that only you can clear")
        .paragraph(
            """
            A record that could not be read has no key, and beyond the bound none is kept: no newer version clears
            such a row (metric `open-rejections-unkeyed`). Find the records in the dead letter queue, compare their rows,
            then delete and restart the task, which reads the table when it starts:
            """)
        .block(
            "sql",
            """
            DELETE FROM belay.belay_rejection WHERE connector = 'shop-failback' AND key_hash IS NULL;
            """)
        .paragraph(
            """
            The same goes for a row that was mended by hand, for rows of a topic that the connector does not read any
            more, and after a change of the feed's envelope or topic names, which may change what `key_hash` is made of.
            """)
        .heading("Keep your hands off")
        .paragraph(
            """
            Do not update or delete rows of the first two tables while the connector exists: positions are moved with `PATCH` and `DELETE
            /connectors/<name>/offsets`, which raises the epoch as well. A deleted row gives an epoch out again, and a
            worker that slept through it could then commit. The rows of a connector that is gone for good may be deleted
            when no worker that ran it is alive. They belong into every backup of the database: a backup without them
            makes the connector start over.
            """);
    page.heading("Script").block("sql", String.join("\n", statements));
    CommittedText.assertCommitted(Repository.docs("reference/checkpoint-tables.md"), page.text());
  }

  private static void table(
      Page page, String script, String name, Map<String, String> meanings, String what) {
    Matcher matcher = TABLE.matcher(script);
    while (matcher.find()) {
      if (!matcher.group(1).equals(name)) {
        continue;
      }
      page.heading(name).paragraph(what).head("column", "type", "meaning");
      List<String> found = new ArrayList<>();
      Matcher column = COLUMN.matcher(matcher.group(2));
      while (column.find()) {
        found.add(column.group(1));
        page.row(
            code(column.group(1)),
            code(column.group(2).replaceAll(" +", " ").strip()),
            meanings.getOrDefault(column.group(1), "?"));
      }
      assertThat(found).as(name).containsExactlyElementsOf(meanings.keySet());
      return;
    }
    throw new AssertionError("no table " + name + " in the script");
  }

  private static Map<String, String> columns(String... pairs) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      columns.put(pairs[i], pairs[i + 1]);
    }
    return columns;
  }
}
