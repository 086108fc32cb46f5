package dev.belay.sink.registry;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.belay.sink.decode.SchemaSource;
import dev.belay.sink.failure.StopException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A schema registry with Confluent's HTTP interface, as CockroachDB's {@code
 * confluent_schema_registry} needs it (Confluent's own, Karapace, Apicurio's {@code ccompat}).
 * Schemas are remembered for good: an id never changes its meaning. Any thread may ask; who asks
 * waits for the answer.
 */
public final class SchemaRegistry implements SchemaSource {
  /** Confluent's code for an id that the registry does not have. */
  private static final int NO_SUCH_SCHEMA = 40_403;

  private static final JsonFactory JSON = new JsonFactory();

  private final Access access;
  private final HttpClient client;
  private final Map<Integer, String> known = new ConcurrentHashMap<>();

  /** Opens no connection yet. */
  public SchemaRegistry(Access access) {
    this.access = access;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(access.timeout())
            .followRedirects(HttpClient.Redirect.NEVER);
    access.tls().ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * @throws StopException if the registry does not have it, or refuses to answer
   * @throws RegistryAwayException if no server of the registry answers
   */
  @Override
  public String schema(int id) {
    return known.computeIfAbsent(id, this::fetch);
  }

  /**
   * Whether a server answers and takes the credentials; empty if so.
   *
   * @return else a sentence
   */
  public Optional<String> objection() {
    try {
      HttpResponse<String> answer = ask("/schemas/types");
      return answer.statusCode() == 401 || answer.statusCode() == 403
          ? Optional.of(refused(answer.statusCode()))
          : Optional.empty();
    } catch (RegistryAwayException e) {
      return Optional.of(e.getMessage() + ".");
    }
  }

  private String fetch(int id) {
    // without the format of today's newer registries this is what all of them answer
    HttpResponse<String> answer = ask("/schemas/ids/" + Integer.toUnsignedString(id));
    switch (answer.statusCode()) {
      case 200:
        break;
      case 401, 403:
        throw new StopException(refused(answer.statusCode()));
      case 404:
        throw new StopException(
            "The schema registry has no schema of id "
                + Integer.toUnsignedString(id)
                + (errorCode(answer.body()) == NO_SUCH_SCHEMA
                    ? ""
                    : " (or nothing under this path: " + pathOf(answer) + ")")
                + ", which a record names. feed.schema.registry.url is of another registry than"
                + " confluent_schema_registry of the changefeed, or a schema was deleted there. Set the"
                + " right one, or restore the schema.");
      default:
        throw new StopException(
            "The schema registry answers "
                + pathOf(answer)
                + " with HTTP status "
                + answer.statusCode()
                + ". Check feed.schema.registry.url.");
    }
    String type = field(answer.body(), "schemaType").orElse("AVRO");
    if (!type.equals("AVRO")) {
      throw new StopException(
          "The schema of id "
              + Integer.toUnsignedString(id)
              + " in the schema registry is of type "
              + type
              + ", not AVRO. Create the changefeed with format=avro, and check that nothing else"
              + " writes to its topics.");
    }
    return field(answer.body(), "schema")
        .orElseThrow(
            () ->
                new StopException(
                    "What answers "
                        + pathOf(answer)
                        + " is no schema registry: its answer has no field schema. Check"
                        + " feed.schema.registry.url."));
  }

  private static String refused(int status) {
    return "The schema registry refuses to answer (HTTP status "
        + status
        + "). Check feed.schema.registry.basic.auth.user.info or feed.schema.registry.bearer.auth.token,"
        + " and that the user may read schemas.";
  }

  private static String pathOf(HttpResponse<String> answer) {
    return answer.request().uri().getPath();
  }

  /** The first answer that is not a server's own trouble. */
  private HttpResponse<String> ask(String path) {
    String trouble = "";
    for (String url : access.urls()) {
      try {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(url + path))
                .timeout(access.timeout())
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        access.authorization().ifPresent(value -> request.header("Authorization", value));
        HttpResponse<String> answer =
            client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() < 500 && answer.statusCode() != 429) {
          return answer;
        }
        trouble = "HTTP status " + answer.statusCode();
      } catch (IOException e) {
        trouble = e.getClass().getSimpleName();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryAwayException("interrupted while asking the schema registry");
      }
    }
    throw new RegistryAwayException(
        "no server of feed.schema.registry.url answers (" + hosts() + ": " + trouble + ")");
  }

  private String hosts() {
    List<String> hosts =
        access.urls().stream().map(URI::create).map(uri -> uri.getAuthority()).toList();
    return String.join(", ", hosts);
  }

  private static int errorCode(String body) {
    return field(body, "error_code")
        .filter(c -> c.matches("\\d{1,9}"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  /** A field of the answer's object. */
  private static Optional<String> field(String body, String name) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isWanted = parser.currentName().equals(name);
        parser.nextToken();
        if (isWanted) {
          return Optional.ofNullable(parser.getValueAsString());
        }
        parser.skipChildren();
      }
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("reading a text that is in memory", e);
    }
  }
}
