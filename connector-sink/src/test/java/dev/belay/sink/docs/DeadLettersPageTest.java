package dev.belay.sink.docs;

import static dev.belay.testkit.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.failure.Rejector;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLettersPageTest {

  @Test
  void thePageOfDeadLettersIsThatOfTheHeaders() throws Exception {
    Page page =
        new Page("Dead letters")
            .paragraph(
                """
                A record that can never be applied as it is (a value that does not fit its column, a violated
                constraint, a message that is no changefeed's) is *rejected*. With `errors.tolerance=none`, the default,
                the task stops at it and nothing after it is lost. With `errors.tolerance=all` and
                `errors.deadletterqueue.topic.name` it goes to that topic through Connect's own reporter, and the rest
                goes on. One without the other is refused by validation.
                """)
            .paragraph(
                """
                Key and value of the dead letter are those of the record, byte for byte with `ByteArrayConverter`. These
                headers are added to its own; one without a value is left out.
                `errors.deadletterqueue.context.headers.enable=true` adds Connect's own (`__connect.errors.*`: topic, partition and offset above all).
                """)
            .generatedFrom("Rejector")
            .head("header", "meaning", "present");
    for (Rejector.Header header : Rejector.HEADERS) {
      page.row(code(header.name()), header.meaning(), header.present());
    }
    page.heading("What is certain")
        .paragraph(
            """
            - A checkpoint covers a rejected record only after the broker has confirmed its dead letter. After a crash in
              between the record is read and reported again: the queue is at-least-once, tell repetitions apart by
              topic, partition and offset.
            - With `reject.scope=transaction` the other rows of its source transaction that are in the same window are
              rejected as well, each with a letter of its own.
            - `rejected-total` counts letters since the task started; `open-rejections` counts those that no
              newer version of their row has mended since, across restarts
              ([table](checkpoint-tables.md#belaybelay_rejection)).
            - Row values are in the record itself and nowhere else: not in headers, logs or the task's status.
            """);
    CommittedText.assertCommitted(Repository.docs("reference/dead-letters.md"), page.text());
  }

  @Test
  void everyHeaderIsOnThePage() throws Exception {
    List<String> constants = new ArrayList<>();
    for (Field field : Rejector.class.getFields()) {
      if (field.getName().startsWith("HEADER_")) {
        constants.add((String) field.get(null));
      }
    }
    assertThat(Rejector.HEADERS)
        .extracting(Rejector.Header::name)
        .containsExactlyInAnyOrderElementsOf(constants);
  }
}
