package dev.belay.sink;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.testkit.cockroach.NewDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.cockroachdb.CockroachContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.kafka.KafkaContainer;

/** The whole line with CockroachDB and Kafka in containers; skipped where there is no Docker. */
@Tag("docker")
class FailbackDockerIT extends FailbackCase {
  private static final Logger LOG = LoggerFactory.getLogger(FailbackDockerIT.class);
  private static final String NO_DOCKER =
      "no Docker engine answers, so neither CockroachDB nor Kafka can run in containers";
  private static final String FEED_LISTENER = "kafka:19092";

  private Network network;
  private KafkaContainer kafka;
  private CockroachContainer cockroach;

  @BeforeAll
  @Override
  void start() throws Exception {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      // Maven's summary leaves out why a whole class is skipped
      LOG.warn("{} is skipped: {}", getClass().getSimpleName(), NO_DOCKER);
    }
    assumeTrue(docker, NO_DOCKER);
    network = Network.newNetwork();
    kafka =
        new KafkaContainer("apache/kafka:4.1.0").withNetwork(network).withListener(FEED_LISTENER);
    cockroach = new CockroachContainer("cockroachdb/cockroach:v25.4.0").withNetwork(network);
    kafka.start();
    cockroach.start();
    super.start();
  }

  @Override
  String bootstrap() {
    return kafka.getBootstrapServers();
  }

  @Override
  String bootstrapForFeed() {
    return FEED_LISTENER;
  }

  @Override
  NewDatabase openNewDatabase() throws Exception {
    return NewDatabase.at(
        "CockroachDB in a container",
        "jdbc:postgresql://"
            + cockroach.getHost()
            + ":"
            + cockroach.getMappedPort(26257)
            + "/defaultdb",
        "root");
  }

  @Override
  void closeParts() {
    if (cockroach != null) {
      cockroach.stop();
      kafka.stop();
      network.close();
    }
  }
}
