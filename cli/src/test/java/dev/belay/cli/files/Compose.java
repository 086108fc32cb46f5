package dev.belay.cli.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code docker-compose.yml}, in the form of the Compose specification that it keeps to: lists of
 * strings for ports and volumes, a map for {@code depends_on}.
 *
 * @param services by name, in the order of the file
 * @param volumes that have a name of their own
 */
record Compose(Map<String, Service> services, Set<String> volumes, JsonNode root) {

  /** One of its services. */
  record Service(String name, JsonNode node) {

    @Override
    public String toString() {
      return name;
    }

    List<Mount> mounts() {
      List<Mount> mounts = new ArrayList<>();
      for (String text : strings("volumes")) {
        String[] parts = text.split(":");
        mounts.add(new Mount(parts[0], parts[1], parts.length > 2 ? parts[2] : ""));
      }
      return mounts;
    }

    /** Names of services that come before it, each with its condition. */
    Map<String, String> dependencies() {
      Map<String, String> conditions = new LinkedHashMap<>();
      node.path("depends_on")
          .properties()
          .forEach(e -> conditions.put(e.getKey(), e.getValue().path("condition").asText()));
      return conditions;
    }

    Set<String> profiles() {
      return new TreeSet<>(strings("profiles"));
    }

    List<String> strings(String key) {
      List<String> texts = new ArrayList<>();
      node.path(key).forEach(text -> texts.add(text.asText()));
      return texts;
    }

    /**
     * The file of this checkout that a path in the container is; empty if none is mounted there.
     */
    Optional<Path> onHost(String path) {
      for (Mount mount : mounts()) {
        if (mount.isOfHost() && path.equals(mount.target())) {
          return Optional.of(mount.file());
        }
        if (mount.isOfHost() && path.startsWith(mount.target() + "/")) {
          return Optional.of(mount.file().resolve(path.substring(mount.target().length() + 1)));
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Something that a container sees.
   *
   * @param source a path that begins with a dot, or the name of a volume
   * @param mode ro, or empty
   */
  record Mount(String source, String target, String mode) {

    boolean isOfHost() {
      return source.startsWith(".");
    }

    Path file() {
      return Repository.ROOT.resolve(source).normalize();
    }
  }

  static Compose read() throws IOException {
    JsonNode root = YamlFile.read("docker-compose.yml");
    Map<String, Service> services = new LinkedHashMap<>();
    root.path("services")
        .properties()
        .forEach(e -> services.put(e.getKey(), new Service(e.getKey(), e.getValue())));
    Set<String> volumes = new TreeSet<>();
    root.path("volumes").fieldNames().forEachRemaining(volumes::add);
    return new Compose(services, volumes, root);
  }
}
