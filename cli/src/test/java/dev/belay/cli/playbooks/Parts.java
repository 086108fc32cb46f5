package dev.belay.cli.playbooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.ClassPath;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.kafka.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All that a playbook is for, on this machine: the databases, a broker, a worker with the zips as
 * shipped, and the playbooks' files with the addresses of this machine.
 */
final class Parts implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final int PARTITIONS = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path dir;
  private final Databases shop;
  private final KafkaProcess kafka;
  private final ConnectWorker worker;

  private Parts(Path dir, Databases shop, KafkaProcess kafka, ConnectWorker worker) {
    this.dir = dir;
    this.shop = shop;
    this.kafka = kafka;
    this.worker = worker;
  }

  /**
   * Starts everything.
   *
   * @param debezium whether its connector is one of the plugins
   */
  static Parts start(Path dir, boolean debezium) throws Exception {
    Path plugins = Path.of(System.getProperty("belay.cli.jar")).resolveSibling("plugins");
    Deque<AutoCloseable> started = new ArrayDeque<>();
    try {
      Databases shop = Databases.start();
      started.push(shop);
      KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
      started.push(kafka);
      shop.admitFeed(kafka.bootstrapServers());
      ConnectWorker.Builder builder =
          ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers())
              .plugin(List.of(plugins.resolve("belay-connector-sink-plugin.zip")))
              .plugin(List.of(plugins.resolve("belay-connector-source-crdb-plugin.zip")))
              .properties(Map.of("exactly.once.source.support", "enabled"));
      if (debezium) {
        shop.admitDebezium();
        builder.plugin(List.of(plugins.resolve("debezium-connector-postgres.tar.gz")));
      }
      Parts parts = new Parts(dir, shop, kafka, builder.start());
      started.push(parts.worker);
      parts.createTopics(Shoppers.TABLES.stream().map(table -> "shop.public." + table).toList());
      return parts;
    } catch (Exception e) {
      for (AutoCloseable part : started) {
        part.close();
      }
      throw e;
    }
  }

  Databases shop() {
    return shop;
  }

  ConnectRest rest() {
    return worker.rest();
  }

  /**
   * Opens a shell for a playbook, with the files as a reader would have edited them: addresses and
   * secrets of this machine, where nothing is encrypted and one broker keeps everything. The tables
   * have triggers that write down who wrote what, which the sinks are told to allow.
   */
  Paste paste(String playbook) throws IOException {
    Path files = Files.createTempDirectory(dir, playbook);
    for (String folder : List.of("config/playbooks", "config/forward")) {
      for (ConnectorFile file : ConnectorFile.in(folder)) {
        Files.writeString(
            Files.createDirectories(files.resolve(folder)).resolve(file.toString()), here(file));
      }
    }
    Path tool = files.resolve("kafka-get-offsets.sh");
    Files.writeString(
        tool,
        "#!/bin/sh\nexec '"
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + "' -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp '"
            + ClassPath.ofThisJvm().stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator))
            + "' dev.belay.cli.playbooks.KafkaGetOffsets \"$@\"\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    Map<String, String> environment = new HashMap<>();
    environment.put("CONNECT", connect());
    environment.put("KAFKA", kafka.bootstrapServers());
    environment.put("FILES", files.resolve("config/playbooks").toString());
    environment.put("PATH", files + File.pathSeparator + System.getenv("PATH"));
    return shop.paste(playbook, files, environment);
  }

  /** The worker's REST interface, without a slash at its end. */
  String connect() {
    return worker.restUrl().toString().replaceAll("/$", "");
  }

  /**
   * Writes files of config/ as a reader would have edited them, see {@link #paste}.
   *
   * @return the folder in which they have the names that they have in the checkout
   */
  Path edited(List<String> names) throws IOException {
    Path folder = Files.createTempDirectory(dir, "edited");
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, here(ConnectorFile.read(Repository.ROOT.resolve(name))));
    }
    return folder;
  }

  private String here(ConnectorFile file) throws IOException {
    ObjectNode body = file.body().deepCopy();
    ObjectNode config = (ObjectNode) body.get("config");
    String target = config.path("target.connection.url").asText();
    Map<String, String> mine = shop.addresses(target.startsWith("jdbc:cockroachdb:"));
    mine.put("source.connection.password", "any");
    mine.put("target.connection.password", "any");
    mine.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    mine.put("database.password", "any");
    mine.put("database.sslmode", "disable");
    mine.put("topic.creation.default.replication.factor", "1");
    mine.put("topic.creation.transaction.replication.factor", "1");
    mine.forEach(
        (key, value) -> {
          if (config.has(key)) {
            config.put(key, value);
          }
        });
    for (String folder : List.of("source.jdbc.", "target.jdbc.", "database.sslroot")) {
      List<String> gone = new ArrayList<>();
      config.fieldNames().forEachRemaining(key -> gone.add(key));
      gone.stream().filter(key -> key.startsWith(folder)).forEach(config::remove);
    }
    if (config.has("target.connection.url")) {
      config.put("triggers", "allow");
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(body);
  }

  /** Makes a connector of a file of config/, with the addresses of this machine. */
  void post(String file) throws IOException {
    ConnectorFile shipped = ConnectorFile.read(Repository.ROOT.resolve(file));
    Map<String, String> config = new HashMap<>();
    JSON.readTree(here(shipped))
        .path("config")
        .properties()
        .forEach(setting -> config.put(setting.getKey(), setting.getValue().asText()));
    worker.rest().create(shipped.name(), config);
    worker.rest().awaitRunning(shipped.name(), LIMIT);
  }

  /**
   * A file of config/ with the addresses of this machine, and with other settings.
   *
   * @param changes null takes a setting away
   */
  Path file(String file, Map<String, String> changes) throws IOException {
    ObjectNode body =
        (ObjectNode) JSON.readTree(here(ConnectorFile.read(Repository.ROOT.resolve(file))));
    ObjectNode config = (ObjectNode) body.get("config");
    changes.forEach(
        (key, value) -> {
          config.remove(key);
          if (value != null) {
            config.put(key, value);
          }
        });
    return Files.writeString(
        dir.resolve(Path.of(file).getFileName().toString()), body.toPrettyString());
  }

  /** POSTs such a file and waits until the connector runs. */
  String post(Path file) throws IOException {
    JsonNode body = JSON.readTree(Files.readString(file));
    Map<String, String> config = new HashMap<>();
    body.path("config")
        .properties()
        .forEach(setting -> config.put(setting.getKey(), setting.getValue().asText()));
    String name = body.path("name").asText();
    worker.rest().create(name, config);
    worker.rest().awaitRunning(name, LIMIT);
    return name;
  }

  /** Until somebody has made them. */
  void awaitTopics(List<String> names) {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      Deadline.in(LIMIT).await("topics " + names, () -> topics.names().containsAll(names));
    }
  }

  void createTopics(List<String> names) {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      names.forEach(name -> topics.create(name, PARTITIONS));
    }
  }

  @Override
  public void close() {
    worker.close();
    kafka.close();
    shop.close();
  }
}
