package dev.belay.testkit.connect;

import dev.belay.testkit.ChildJvm;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.LoopbackPort;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A Kafka Connect worker in distributed mode, in a JVM of its own whose class path has neither
 * Belay's plugins nor any JDBC driver: plugins see what they would see at their users'. It finds
 * plugins by their service files only. It ends with this JVM.
 *
 * <p>Several workers with one {@code group.id} (there is one by default) share their connectors.
 * One thread at a time.
 */
public final class ConnectWorker implements AutoCloseable {

  private static final Duration START_WAIT = Duration.ofSeconds(90);
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);

  private static final List<Observer> OBSERVERS = new CopyOnWriteArrayList<>();

  private final Path dir;
  private final Path propertiesFile;
  private final List<String> jvmOptions;
  private final Map<String, String> environment;
  private final List<Path> classPath;
  private final int port;
  private ChildJvm jvm;

  private ConnectWorker(Builder settings) throws IOException {
    this.dir = settings.dir;
    this.propertiesFile = dir.resolve("worker.properties");
    this.jvmOptions = settings.jvmOptions();
    this.environment = Map.copyOf(settings.environment);
    this.classPath = settings.classPath();
    this.port = LoopbackPort.free();
    Files.createDirectories(dir);
    PluginFolder.fill(dir.resolve("plugins"), settings.plugins);
    Properties properties = new Properties();
    properties.putAll(defaults(settings.bootstrapServers));
    properties.putAll(settings.properties);
    OBSERVERS.forEach(observer -> observer.starts(properties, logFile()));
    try (OutputStream out = Files.newOutputStream(propertiesFile)) {
      properties.store(out, null);
    }
    this.jvm = launch();
  }

  /** Meets every worker of this JVM, whoever starts it. */
  public interface Observer {

    /**
     * One is about to start, for the first time.
     *
     * @param properties its own, which may be added to
     * @param log where it will write
     */
    void starts(Properties properties, Path log);

    /**
     * One has ended, perhaps to start again; its files are still there.
     *
     * @param log what it wrote, over all restarts
     */
    void ended(Path log);
  }

  /** Shows every worker to an observer from now on, for as long as this JVM lives. */
  public static void onEveryWorker(Observer observer) {
    OBSERVERS.add(observer);
  }

  /**
   * Describes a worker.
   *
   * @param dir for its plugins, properties and log; made if missing. Each worker has its own
   */
  public static Builder in(Path dir, String bootstrapServers) {
    return new Builder(dir.toAbsolutePath(), bootstrapServers);
  }

  /** Starts a worker with these plugins and the default settings; see {@link Builder#start}. */
  public static ConnectWorker start(Path dir, String bootstrapServers, List<Path> pluginZips)
      throws IOException {
    return in(dir, bootstrapServers).plugins(pluginZips).start();
  }

  /** What may be different from one worker to another. */
  public static final class Builder {

    private final Path dir;
    private final String bootstrapServers;
    private final List<List<Path>> plugins = new ArrayList<>();
    private final Map<String, String> properties = new HashMap<>();
    private final List<String> ownJvmOptions = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private String logLevel = "info";
    private Optional<Path> jars = Optional.empty();

    private Builder(Path dir, String bootstrapServers) {
      this.dir = dir;
      this.bootstrapServers = bootstrapServers;
    }

    /**
     * Adds one plugin.
     *
     * @param zips its own and those that users unpack over it
     */
    public Builder plugin(List<Path> zips) {
      plugins.add(List.copyOf(zips));
      return this;
    }

    /** Adds plugins, as the zips in which they are shipped. */
    public Builder plugins(List<Path> zips) {
      zips.forEach(zip -> plugins.add(List.of(zip)));
      return this;
    }

    /** Adds worker properties; they win over those chosen here. */
    public Builder properties(Map<String, String> more) {
      properties.putAll(more);
      return this;
    }

    /**
     * The level of all loggers without one of their own; {@code info} unless told.
     *
     * @param level a level of slf4j-simple: trace, debug, info, warn, error, off
     */
    public Builder logLevel(String level) {
      logLevel = level;
      return this;
    }

    /** The level of a logger and those below it. */
    public Builder logLevel(String logger, String level) {
      ownJvmOptions.add("-Dorg.slf4j.simpleLogger.log." + logger + "=" + level);
      return this;
    }

    /** Adds a variable of the worker's environment. */
    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /**
     * Takes another version of Connect than that of this JVM's class path.
     *
     * @param folder with its jars and all that they need
     */
    public Builder connect(Path folder) {
      jars = Optional.of(folder);
      return this;
    }

    /** Adds options of the worker's JVM, for instance {@code -Xmx2g} (512 MB unless told). */
    public Builder jvmOptions(List<String> options) {
      ownJvmOptions.addAll(options);
      return this;
    }

    /**
     * Starts the worker and returns when it is healthy, after three to four seconds.
     *
     * @throws IllegalStateException with the end of its log if it does not get there
     */
    public ConnectWorker start() throws IOException {
      ConnectWorker worker = new ConnectWorker(this);
      worker.becomeHealthy();
      return worker;
    }

    private List<Path> classPath() throws IOException {
      return jars.isPresent() ? WorkerClassPath.of(jars.get()) : WorkerClassPath.ofThisJvm();
    }

    private List<String> jvmOptions() {
      List<String> options = new ArrayList<>(ChildJvm.logging(logLevel));
      options.add("-Xmx512m");
      options.addAll(ownJvmOptions); // the last one of a kind wins
      return List.copyOf(options);
    }
  }

  /** The root of the REST interface; the same after a restart. */
  public URI restUrl() {
    return URI.create("http://" + LoopbackPort.HOST + ":" + port + "/");
  }

  /** A new client for the REST interface; it stays good after a restart. */
  public ConnectRest rest() {
    return new ConnectRest(restUrl());
  }

  public long pid() {
    return jvm.pid();
  }

  public boolean isAlive() {
    return jvm.isAlive();
  }

  /** What the worker and its plugins logged, over all restarts. */
  public Path logFile() {
    return dir.resolve("worker.log");
  }

  /**
   * Waits until the worker has joined its group and read its topics, so that it takes requests.
   *
   * @throws IllegalStateException with the end of its log if it ends first or the time is over
   */
  public void awaitHealthy(Duration atMost) {
    ConnectRest rest = rest();
    Deadline.in(atMost)
        .await(
            () -> "worker is healthy; it said:\n" + jvm.logTail(),
            () -> {
              if (!isAlive()) {
                throw new IllegalStateException("The worker ended:\n" + jvm.logTail());
              }
              return rest.isHealthy();
            });
  }

  /** Ends it with {@code kill -9}. */
  public void kill9() {
    jvm.kill9();
    OBSERVERS.forEach(observer -> observer.ended(logFile()));
  }

  /**
   * Freezes it with {@code kill -STOP}: its tasks keep their connections and their locks and do
   * nothing, until {@link #thaw}.
   */
  public void freeze() {
    jvm.freeze();
  }

  /** Wakes it up; does nothing if it is awake or has ended. */
  public void thaw() {
    jvm.thaw();
  }

  /** Asks it to stop its tasks and end, and waits for that. Does nothing if it has ended. */
  public void stop() {
    jvm.stop(STOP_WAIT);
    OBSERVERS.forEach(observer -> observer.ended(logFile()));
  }

  /** Starts it again, stopping it first if it runs, and returns when it is healthy. */
  public void restart() throws IOException {
    stop();
    jvm = launch();
    becomeHealthy();
  }

  @Override
  public void close() {
    // one that is frozen would not hear that it is asked
    thaw();
    stop();
  }

  private void becomeHealthy() {
    try {
      jvm.awaitAnnouncement(START_WAIT);
      awaitHealthy(START_WAIT);
    } catch (IllegalStateException e) {
      kill9();
      throw e;
    }
  }

  private ChildJvm launch() throws IOException {
    return ChildJvm.start(
        ConnectMain.class,
        List.of(propertiesFile.toString()),
        classPath,
        jvmOptions,
        environment,
        dir.resolve("address"),
        logFile());
  }

  private Map<String, String> defaults(String bootstrapServers) {
    Map<String, String> p = new HashMap<>();
    p.put("bootstrap.servers", bootstrapServers);
    p.put("group.id", "connect");
    p.put("listeners", "http://" + LoopbackPort.HOST + ":" + port);
    p.put("plugin.path", dir.resolve("plugins").toString());
    p.put("plugin.discovery", "service_load");
    // Bytes go through unread; a connector that wants something else says so itself.
    p.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    p.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    for (String kind : List.of("config", "offset", "status")) {
      p.put(kind + ".storage.topic", "connect-" + kind);
      p.put(kind + ".storage.replication.factor", "1");
    }
    p.put("offset.storage.partitions", "1"); // else 25
    p.put("status.storage.partitions", "1"); // else 5
    p.put("offset.flush.interval.ms", "1000"); // else 60 s
    // How long a worker and a sink that were killed stay members of their groups, and so keep the
    // next
    // one waiting: else 10 and 45 s. Less is refused by the broker.
    p.put("session.timeout.ms", "6000");
    p.put("heartbeat.interval.ms", "1500");
    p.put("consumer.session.timeout.ms", "6000");
    p.put("consumer.heartbeat.interval.ms", "1500");
    // Else tasks of a worker that went away wait 5 minutes for its return.
    p.put("scheduled.rebalance.max.delay.ms", "0");
    return p;
  }
}
