package dev.belay.source.docs;

import dev.belay.source.config.SourceKeys;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.ConfigReference;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceConfigPageTest {
  private static final Map<String, String> PREFIXES =
      Map.of(
          SourceKeys.JDBC_PREFIX,
          "Everything under this prefix is given to the JDBC driver, without the prefix:"
              + " `source.jdbc.sslmode` is pgjdbc's `sslmode`. Belay sets `connectTimeout` and"
              + " `loginTimeout` (from `source.connect.timeout.ms`), `socketTimeout`"
              + " (`source.statement.timeout.ms` and 10 s), `options` (the statement timeout),"
              + " `tcpKeepAlive=true`, `ApplicationName` and `prepareThreshold=0`; what is set here"
              + " wins. The password goes into `source.connection.password`: validation refuses it here.",
          SourceKeys.OPTION_PREFIX,
          "An option of the changefeed as CockroachDB names it: `feed.option.metrics_label=shop`. An"
              + " empty value is for an option without one; `unset` leaves out an option that the"
              + " connector would set. It wins over the connector's own. `cursor`, `initial_scan` and"
              + " `kafka_sink_config` are refused here, since they have keys of their own.",
          SourceKeys.KAFKA_ADMIN_PREFIX,
          "Everything under this prefix is a setting of the task's Kafka admin client. It is a client"
              + " of its own: the worker's settings and `producer.override.` do not reach it.");

  @Test
  void thePageOfKeysIsThatOfTheDefinition() throws Exception {
    Page page =
        new Page("Source: configuration")
            .paragraph(
                """
                Every key of `dev.belay.source.CockroachSourceConnector`. Kafka Connect's own keys for sources
                (`tasks.max`, `producer.override.*`, `exactly.once.support`, ...) work beside them. What the connector
                does with them is in [the guide](../source.md); complete connectors are in
                [config/](../../config/README.md).
                """)
            .generatedFrom("SourceKeys");
    ConfigReference.write(page, SourceKeys.definition(), PREFIXES);
    CommittedText.assertCommitted(Repository.docs("reference/source-config.md"), page.text());
  }
}
