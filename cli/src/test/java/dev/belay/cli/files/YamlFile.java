package dev.belay.cli.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A YAML file of the repository, with its aliases put in; a key that stands twice is refused. */
final class YamlFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private YamlFile() {}

  /**
   * The one document of a file.
   *
   * @param name seen from the checkout's top
   */
  static JsonNode read(String name) throws IOException {
    List<JsonNode> documents = readAll(name);
    if (documents.size() != 1) {
      throw new IOException(name + " has " + documents.size() + " documents");
    }
    return documents.get(0);
  }

  /** All documents of a file, of which {@code ---} stands between. */
  static List<JsonNode> readAll(String name) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<JsonNode> documents = new ArrayList<>();
    for (Object document :
        new Yaml(new SafeConstructor(strict))
            .loadAll(Files.readString(Repository.ROOT.resolve(name)))) {
      documents.add(JSON.valueToTree(document));
    }
    return documents;
  }
}
