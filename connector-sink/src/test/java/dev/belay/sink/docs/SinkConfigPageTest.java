package dev.belay.sink.docs;

import dev.belay.sink.config.SinkKeys;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.ConfigReference;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SinkConfigPageTest {
  private static final Map<String, String> PREFIXES =
      Map.of(
          SinkKeys.TARGET_JDBC_PREFIX,
          "Everything under this prefix is given to the JDBC driver, without the prefix:"
              + " `target.jdbc.sslmode` is pgjdbc's `sslmode`. Belay sets `connectTimeout` and `loginTimeout`"
              + " (from `target.connect.timeout.ms`), `socketTimeout` (120 seconds, or"
              + " `target.lock.timeout.ms` and 60 s if that is more) and `tcpKeepAlive=true`; what is set"
              + " here wins.",
          SinkKeys.KAFKA_ADMIN_PREFIX,
          "Everything under this prefix is a setting of the task's Kafka admin client. It is a"
              + " client of its own: the worker's settings and `consumer.override.` do not reach it.");

  @Test
  void thePageOfKeysIsThatOfTheDefinition() throws Exception {
    Page page =
        new Page("Sink: configuration")
            .paragraph(
                """
                Every key of `dev.belay.sink.BelaySinkConnector`. Kafka Connect's own keys for sinks (`topics`,
                `tasks.max`, `errors.*`, `transforms`, ...) work beside them. Which feed option goes with which delivery
                mode is on the page [Envelopes and modes](envelopes-and-modes.md); complete connectors are in
                [config/](../../config/README.md).
                """)
            .generatedFrom("SinkKeys");
    ConfigReference.write(page, SinkKeys.definition(), PREFIXES);
    CommittedText.assertCommitted(Repository.docs("reference/sink-config.md"), page.text());
  }
}
