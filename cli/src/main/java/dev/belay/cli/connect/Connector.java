package dev.belay.cli.connect;

import java.util.List;
import java.util.Map;

/**
 * A connector as Connect tells of it.
 *
 * @param config as it was POSTed, with {@code ${...}} where secrets are
 * @param state Connect's word, for example {@code RUNNING}
 */
public record Connector(
    String name, Map<String, String> config, Kind kind, String state, List<Task> tasks) {
  public static final String SINK = "dev.belay.sink.BelaySinkConnector";
  public static final String SOURCE = "dev.belay.source.CockroachSourceConnector";

  /** Which way its records go. */
  public enum Kind {
    SOURCE,
    SINK,
    /** Its plugin is not installed on the worker that was asked. */
    UNKNOWN
  }

  /**
   * A task of it.
   *
   * @param trouble why it failed, in a line; empty if it did not
   */
  public record Task(int id, String state, String worker, String trouble) {}

  /** The class as the configuration names it; Connect takes a short name too. */
  public String type() {
    return config.getOrDefault("connector.class", "");
  }

  /** Whether it is of a class, by its full name or by its last part. */
  public boolean isOf(String className) {
    return className.equals(type())
        || className.substring(className.lastIndexOf('.') + 1).equals(type());
  }

  /** Whether one of Debezium's connectors reads a database for it. */
  public boolean isDebeziumSource() {
    return kind == Kind.SOURCE
        && (type().startsWith("io.debezium.connector.")
            || type().matches("(Postgres|MySql|MariaDb|Oracle)Connector"));
  }

  /** Whether it and all of its tasks do their work. */
  public boolean isRunning() {
    return state.equals("RUNNING")
        && !tasks.isEmpty()
        && tasks.stream().allMatch(task -> task.state().equals("RUNNING"));
  }
}
