package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

class MariaDbLoggingTest {

  /** With a driver of its own, since others of this JVM may have used theirs. */
  @Test
  void theDriverLogsNothingOnceItIsSilenced() throws Exception {
    URL jar =
        Class.forName("org.mariadb.jdbc.Driver")
            .getProtectionDomain()
            .getCodeSource()
            .getLocation();
    try (URLClassLoader plugin =
        new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
      MariaDbLogging.silence(plugin);

      Object logger =
          plugin
              .loadClass(MariaDbLogging.LOGGERS)
              .getMethod("getLogger", String.class)
              .invoke(null, "any");
      assertThat(logger.getClass().getSimpleName()).isEqualTo("NoLogger");
      assertThat(System.getProperty(MariaDbLogging.PROPERTY)).isNull();
    }
  }
}
