package dev.belay.sink;

import dev.belay.testkit.cockroach.NewDatabase;
import dev.belay.testkit.kafka.EmbeddedKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole line without Docker. On a real CockroachDB where one is given or on the PATH, see
 * {@link NewDatabase}; else on the stand-in.
 */
class FailbackIT extends FailbackCase {
  @TempDir static Path kafkaDir;
  private EmbeddedKafka kafka;

  @BeforeAll
  @Override
  void start() throws Exception {
    kafka = EmbeddedKafka.start(kafkaDir);
    super.start();
  }

  @Override
  String bootstrap() {
    return kafka.bootstrapServers();
  }

  @Override
  String bootstrapForFeed() {
    return kafka.bootstrapServers();
  }

  @Override
  NewDatabase openNewDatabase() throws Exception {
    return NewDatabase.open();
  }

  @Override
  void closeParts() {
    kafka.close();
  }
}
