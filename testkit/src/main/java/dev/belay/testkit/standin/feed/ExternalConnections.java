package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sinks with a name, {@code external://name}. Any thread.
 *
 * <p>Not verified: whether CockroachDB speaks to the broker before it keeps a connection; here it
 * checks the URI only. The texts of missing names are from its documentation and tests, without
 * their SQLSTATEs.
 */
public final class ExternalConnections {

  /**
   * A line of {@code SHOW EXTERNAL CONNECTIONS}.
   *
   * @param uri without secrets
   */
  public record Listed(String name, String uri, String owner) {}

  private record Known(SinkUri uri, String owner) {}

  private final Map<String, Known> connections = new TreeMap<>();

  /**
   * @throws Refusal if the name is taken or the URI is wrong
   */
  public synchronized void create(String name, String uri, String owner, boolean ifMissing) {
    if (connections.containsKey(name)) {
      if (ifMissing) {
        return;
      }
      throw new Refusal(
          "42710", "external connection with connection name " + name + " already exists");
    }
    SinkUri parsed = SinkUri.parse(uri);
    if (parsed.isExternal()) {
      throw Refusal.uncoded(
          "failed to construct External Connection details: "
              + "external is not a supported connection type");
    }
    connections.put(name, new Known(parsed, owner));
  }

  /**
   * Jobs that write there go on until they begin again.
   *
   * @throws Refusal if there is none of that name
   */
  public synchronized void drop(String name) {
    if (connections.remove(name) == null) {
      throw missing(name);
    }
  }

  public synchronized List<Listed> list() {
    return connections.entrySet().stream()
        .map(e -> new Listed(e.getKey(), e.getValue().uri().redacted(), e.getValue().owner()))
        .toList();
  }

  /** Who made it; empty if there is none of that name. */
  public synchronized Optional<String> owner(String name) {
    return Optional.ofNullable(connections.get(name)).map(Known::owner);
  }

  /** What a URI leads to: itself, unless it names one of these. */
  synchronized SinkUri resolve(SinkUri uri) {
    if (!uri.isExternal()) {
      return uri;
    }
    return Optional.ofNullable(connections.get(uri.address()))
        .map(Known::uri)
        .orElseThrow(() -> missing(uri.address()));
  }

  private static Refusal missing(String name) {
    return new Refusal(
        "42704",
        "failed to load external connection object: external connection with name "
            + name
            + " does not exist");
  }
}
