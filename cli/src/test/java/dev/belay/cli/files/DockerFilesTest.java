package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the containers run, as far as can be said without Docker. */
class DockerFilesTest {
  private static final Path FOLDER = Repository.ROOT.resolve("config/docker");

  @Test
  void scriptsParseAndMayBeRun() throws Exception {
    List<Path> scripts;
    try (Stream<Path> files = Files.walk(FOLDER)) {
      scripts = files.filter(file -> file.toString().endsWith(".sh")).toList();
    }
    assertThat(scripts).hasSizeGreaterThan(5);
    for (Path script : scripts) {
      String shell = Files.readAllLines(script).get(0).replaceFirst("#!/bin/", "");
      Process process =
          new ProcessBuilder(shell, "-n", script.toString()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", script, said).isZero();
      assertThat(Files.isExecutable(script)).as("%s", script).isTrue();
    }
  }

  @Test
  void theImageIsMadeOfWhatIsThere() throws Exception {
    String dockerfile = Files.readString(FOLDER.resolve("connect/Dockerfile"));
    Matcher copy = Pattern.compile("(?m)^COPY (config/\\S+) ").matcher(dockerfile);
    int copied = 0;
    while (copy.find()) {
      assertThat(Repository.ROOT.resolve(copy.group(1))).exists();
      copied++;
    }
    assertThat(copied).isEqualTo(2);
    Matcher module = Pattern.compile("-pl (\\S+) dependency:copy@(\\S+)").matcher(dockerfile);
    int executions = 0;
    while (module.find()) {
      String pom = Files.readString(Repository.ROOT.resolve(module.group(1)).resolve("pom.xml"));
      assertThat(pom).contains("<id>" + module.group(2) + "</id>");
      executions++;
    }
    assertThat(executions).isEqualTo(2);
  }

  @Test
  void theWorkersPropertiesAreAWorkers(@TempDir Path secrets) throws Exception {
    Properties properties = new Properties();
    try (InputStream in =
        Files.newInputStream(FOLDER.resolve("connect/connect-distributed.properties"))) {
      properties.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    properties.forEach(
        (key, value) ->
            settings.put((String) key, ((String) value).replace("/etc/belay", secrets.toString())));
    DistributedConfig config = new DistributedConfig(settings);
    assertThat(settings.keySet())
        .allMatch(key -> config.values().containsKey(key) || key.startsWith("config.providers."));
    String bootstrap = settings.get("bootstrap.servers");
    assertThat(Compose.read().services().get("kafka").node().toString())
        .contains("INSIDE://" + bootstrap);
  }
}
