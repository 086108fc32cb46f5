package dev.belay.testkit.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sample.SampleSinkConnector;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.junit.jupiter.api.Test;

class WorkerClassPathTest {

  @Test
  void workerSeesConnectAndTheTestkit() throws Exception {
    assertThat(WorkerClassPath.ofThisJvm())
        .contains(home(ConnectDistributed.class), home(ConnectMain.class));
  }

  @Test
  void workerSeesNoJdbcDriver() throws Exception {
    assertThat(WorkerClassPath.ofThisJvm()).doesNotContain(home(org.postgresql.Driver.class));
  }

  @Test
  void workerSeesNothingOfBelayButTheTestkit() throws Exception {
    assertThat(WorkerClassPath.ofThisJvm()).doesNotContain(home(SampleSinkConnector.class));
  }

  private static Path home(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
