package dev.belay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The schemas in {@code docs/reference/json}, which what a command prints is held against. */
public final class JsonSchemas {
  private static final JsonMapper JSON = new JsonMapper();

  private JsonSchemas() {}

  /**
   * What a document has that its schema does not allow, or lacks; empty if nothing.
   *
   * @param name of the schema's file, without {@code .schema.json}
   */
  public static List<String> faults(String name, JsonNode document) throws IOException {
    JsonNode schema =
        JSON.readTree(Files.readString(Repository.docs("reference/json/" + name + ".schema.json")));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(schema)
        .validate(document)
        .stream()
        .map(ValidationMessage::getMessage)
        .toList();
  }
}
