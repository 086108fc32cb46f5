package dev.belay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.testkit.registry.TestRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DecodeCommandTest {
  private static final Path GOLDEN =
      Path.of("..", "connector-sink", "src", "test", "resources", "golden");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What a run printed and ended with. */
  record Run(int code, List<String> lines, String errors) {
    JsonNode only() {
      assertThat(lines).hasSize(1);
      return json(lines.get(0));
    }
  }

  static Stream<String> goldenLines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(GOLDEN)) {
      for (Path file : files.sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream()
        .filter(line -> !json(line).has("messages"))
        .filter(line -> !json(line).path("options").has("format"));
  }

  @ParameterizedTest
  @MethodSource("goldenLines")
  void goldenLineIsShownAsItMeans(String line) {
    JsonNode sample = json(line);
    JsonNode expect = sample.path("expect");

    Run run = run(line, options(sample));

    JsonNode shown = run.only();
    boolean isKeyOnly = expect.path("kind").textValue().equals("ignored");
    assertThat(shown.path("kind").textValue())
        .isEqualTo(isKeyOnly ? "rejected" : expect.path("kind").textValue());
    assertThat(run.code()).isEqualTo(isKeyOnly ? 1 : 0);
    if (!isKeyOnly) {
      for (String text : List.of("table", "family", "updated", "mvcc", "resolved")) {
        assertThat(shown.path(text)).as(text).isEqualTo(expect.path(text));
      }
      assertThat(shown.has("before")).isEqualTo(expect.has("before"));
      assertSameTokens(run.lines().get(0), line, "before");
      if (shown.path("kind").textValue().equals("upsert")
          && !sample.toString().contains("event_op")) {
        assertSameTokens(run.lines().get(0), line, "columns");
      }
    }
  }

  @Test
  void numbersAndNestedJsonAreShownAsWritten() {
    String number = "-12345678901234567890123456789012345678.90";
    String value =
        "{\"after\": {\"d\": "
            + number
            + ", \"e\": 1E+1, \"f\": 1.10, \"g\": -0, \"j\": [1.0, {}]}}";

    assertThat(run(line("t", "[5.00]", value)).lines().get(0))
        .contains("\"d\":" + number + ",\"e\":1E+1,\"f\":1.10,\"g\":-0,\"j\":[1.0, {}]")
        .contains("\"key\":[5.00]");
  }

  @Test
  void keyIsShownByNameWhereNamesAreKnown() {
    String deleted = "{\"after\": null}";
    String named =
        "{\"topic\": \"t\", \"key\": \"[1, \\\"x\\\"]\", \"value\": \"{\\\"after\\\": null}\","
            + " \"key_columns\": [\"a\", \"b\"]}";

    assertThat(run(named).lines().get(0)).contains("\"key\":{\"a\":1,\"b\":\"x\"}");
    assertThat(run(line("t", "[1, 2]", deleted), "--key-columns", "t=a,b").lines().get(0))
        .contains("\"key\":{\"a\":1,\"b\":2}");
    assertThat(run(line("d.s.t", "[1]", deleted), "--key-columns", "d.s.t=a").lines().get(0))
        .contains("\"key\":{\"a\":1}");
    assertThat(run(line("t", "[1, 2, 3]", deleted), "--key-columns=t=a,b").lines().get(0))
        .contains("\"key\":[1,2,3]");
    assertThat(run(line("t", "{\"id\": 1}", deleted), "--key-columns", "t=a").lines().get(0))
        .contains("\"key\":{\"id\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'a'",
        "{}",
        "null",
        "[]",
        "[1]",
        "['a', null]",
        "['a', 'b', 'c']",
        "['a']",
        "['a', 'a']",
      })
  void keyColumnsThatDoNotFitAreRejectedWithTheReason(String names) {
    String good = line("t", "[1, 2]", "{\"after\": null}");
    String bad = good.substring(0, good.length() - 1) + ",\"key_columns\":" + names + "}";

    Run run = run(good + "\n" + bad.replace('\'', '"'));

    assertThat(run.code()).isEqualTo(1);
    assertThat(json(run.lines().get(0)).path("kind").textValue()).isEqualTo("delete");
    JsonNode rejected = json(run.lines().get(1));
    assertThat(rejected.path("kind").textValue()).isEqualTo("rejected");
    assertThat(rejected.path("rejected").textValue()).startsWith("Line 2 has ").contains("key_col");
    assertThat(rejected.path("line").longValue()).isEqualTo(2);
  }

  @Test
  void changeWithoutCommitTimeCarriesTheNoteThatTheSinkWouldStop() {
    String untimed = "{\"after\": {\"a\": 1}}";
    String timed = "{\"after\": {\"a\": 1}, \"updated\": \"1700000000000000000.0000000001\"}";

    assertThat(run(line("t", "[1]", untimed)).only().path("note").textValue())
        .contains("the sink would stop here", "option updated");
    assertThat(run(line("t", "[1]", timed)).only().has("note")).isFalse();
  }

  @Test
  void settingsThatCannotBeReadAreSaidToBeSo(@TempDir Path folder) {
    Path missing = folder.resolve("consumer.properties");

    Run run = run("", "--bootstrap=localhost:1", "--topic=t", "--command-config=" + missing);

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.errors()).contains("cannot read " + missing + ": no such file");
  }

  @Test
  void nullValueCarriesTheNoteThatKeyOnlyLooksTheSame() {
    String line = "{\"topic\": \"t\", \"key\": \"[1]\", \"value\": null}";

    assertThat(run(line).only().path("kind").textValue()).isEqualTo("delete");
    assertThat(run(line).only().path("note").textValue()).contains("key_only");
    assertThat(run(line, "--envelope", "row").only().path("note").textValue())
        .doesNotContain("key_only")
        .contains("the sink would stop here", "envelope=wrapped");
    assertThat(run(line, "--envelope", "key_only").only().path("rejected").textValue())
        .contains("key_only");
    assertThat(run(line, "--envelope", "wrapped").only().path("kind").textValue())
        .isEqualTo("rejected");
  }

  @Test
  void beforeThatIsNullIsShownAndOneThatWasNotSentIsNot() {
    assertThat(run(line("t", "[1]", "{\"after\": {\"a\": 1}, \"before\": null}")).lines().get(0))
        .contains("\"before\":null");
    assertThat(run(line("t", "[1]", "{\"after\": {\"a\": 1}}")).only().has("before")).isFalse();
  }

  @Test
  void topicIsReadByTheFeedsOptions() {
    String value = "{\"after\": {\"a\": 1}}";

    assertThat(run(line("x_d.s.t.f", "[1]", value), "--topic-prefix", "x_").only().toString())
        .contains("\"database\":\"d\",\"schema\":\"s\",\"table\":\"t\",\"family\":\"f\"");
    assertThat(
            run(
                    line("a.b.c", "[1]", value),
                    "--full-table-name=false",
                    "--split-column-families=false")
                .only()
                .path("table")
                .textValue())
        .isEqualTo("a.b.c");
    assertThat(
            run(
                    line("all", "[1]", "{\"after\": {\"a\": 1}, \"topic\": \"t\"}"),
                    "--topic-name",
                    "all")
                .only()
                .path("table")
                .textValue())
        .isEqualTo("t");
  }

  @Test
  void badLinesAreNamedAndTheRestGoesOn() {
    String good = line("t", "[1]", "{\"after\": {\"a\": 1}}");
    String input =
        String.join(
            "\n",
            good,
            "not JSON",
            "",
            "[1]",
            "{\"key\": \"[1]\", \"value\": \"{}\"}",
            "{\"topic\": \"t\", \"key\": \"[1]\"}",
            "{\"topic\": \"t\", \"key\": [1], \"value\": \"{}\"}",
            "{\"topic\": \"t\", \"key_hex\": \"zz\", \"value\": \"{}\"}",
            "{\"topic\": \"t\", \"value\": \"\\ud800\"}",
            good + good,
            good);

    Run run = run(input);

    assertThat(run.code()).isEqualTo(1);
    List<String> kinds = run.lines().stream().map(l -> json(l).path("kind").textValue()).toList();
    assertThat(kinds).hasSize(10).startsWith("upsert", "rejected").endsWith("rejected", "upsert");
    assertThat(run.lines().get(1)).contains("Line 2 is not one JSON object", "\"line\":2");
    assertThat(run.lines().get(2)).contains("Line 4 ");
    assertThat(run.lines().get(3)).contains("Line 5 has no topic");
    assertThat(run.lines().get(4)).contains("Line 6 has no value");
    assertThat(run.lines().get(5)).contains("Line 7 has a key that is no string");
    assertThat(run.lines().get(6)).contains("Line 8 has a key_hex");
    assertThat(run.lines().get(7)).contains("Line 9 has a value with half a surrogate");
    assertThat(run.lines().get(8)).contains("Line 10 ");
  }

  @Test
  void bytesMayBeGivenInHexadecimal() {
    String avro =
        "{\"topic\": \"t\", \"key_hex\": \"00000000010202\", \"value_hex\": \"00000000020200\"}";

    assertThat(run(avro).only().path("rejected").textValue()).contains("Avro");
  }

  @Test
  void avroWithoutARegistrySaysWhatToGive() {
    String avro =
        "{\"topic\": \"t\", \"key_hex\": \"00000000010202\", \"value_hex\": \"00000000020200\"}";

    assertThat(run(avro).only().path("note").textValue()).contains("--schema-registry");
    assertThat(run("", "--schema-registry-config=x").errors()).contains("add --schema-registry");
    assertThat(run("", "--schema-registry=nowhere").errors())
        .contains("feed.schema.registry.url", "--schema-registry");
  }

  static Stream<String> avroLines() throws IOException {
    return Files.readAllLines(GOLDEN.resolve("avro.jsonl")).stream()
        .filter(line -> json(line).has("value_schema") && json(line).has("value_hex"));
  }

  @ParameterizedTest
  @MethodSource("avroLines")
  void goldenLineOfAvroIsShownAsItMeans(String line) {
    JsonNode sample = json(line);
    JsonNode expect = sample.path("expect");
    try (TestRegistry registry = TestRegistry.start()) {
      // the samples' ids are 1 for keys and 2 for values
      registry.register(sample.path("key_schema").asText());
      registry.register(sample.path("value_schema").asText());

      Run run = run(line, avroOptions(sample, registry.url()));

      JsonNode shown = run.only();
      assertThat(run.code()).as(line).isZero();
      assertThat(shown.path("kind")).isEqualTo(expect.path("kind"));
      for (String text : List.of("table", "updated", "resolved")) {
        assertThat(shown.path(text)).as(text).isEqualTo(expect.path(text));
      }
      assertThat(shown.has("key")).isEqualTo(sample.has("key_schema"));
      expect
          .path("columns")
          .fieldNames()
          .forEachRemaining(column -> assertThat(shown.path("columns").has(column)).isTrue());
    }
  }

  private static String[] avroOptions(JsonNode sample, String url) {
    boolean isBare = sample.path("value").asText().contains("\"record\"");
    return Stream.concat(
            Stream.of("--schema-registry=" + url),
            isBare ? Stream.of("--envelope=bare") : Stream.of(options(sample)))
        .toArray(String[]::new);
  }

  @Test
  void registryThatDoesNotAnswerOrRefusesEndsTheCommand(@TempDir Path dir) throws IOException {
    String line = avroLines().findFirst().orElseThrow();
    try (TestRegistry registry = TestRegistry.start()) {
      registry.register(json(line).path("key_schema").asText());
      registry.register(json(line).path("value_schema").asText());
      registry.require("reader", "of a test");
      Path config =
          Files.writeString(
              dir.resolve("registry.properties"),
              "name=shop\nfeed.schema.registry.basic.auth.user.info=reader:of a test\n");
      String url = "--schema-registry=" + registry.url();

      assertThat(run(line, url, "--schema-registry-config=" + config).code()).isZero();
      Run refused = run(line, url);
      assertThat(refused.code()).isEqualTo(Belay.FAILED);
      assertThat(refused.errors()).contains("refuses to answer", "--schema-registry-config");

      registry.goAway();
      Run away = run(line, url, "--schema-registry-config=" + config);
      assertThat(away.code()).isEqualTo(Belay.FAILED);
      assertThat(away.errors()).contains("no server").doesNotContain("of a test");
    }
  }

  @Test
  void credentialsAreNotSentInTheClear(@TempDir Path dir) throws IOException {
    Path config =
        Files.writeString(
            dir.resolve("registry.properties"),
            "feed.schema.registry.basic.auth.user.info=reader:of a test\n");

    Run run = run("", "--schema-registry=http://192.0.2.1", "--schema-registry-config=" + config);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains("in the clear").doesNotContain("of a test");
  }

  @Test
  void lineBreaksInsideJsonStayOnOneLine() {
    assertThat(run(line("t", "[1]", "{\"after\": {\"j\": [1,\r\n 2]}}")).only().toString())
        .contains("[1,2]");
  }

  @Test
  void nothingInIsNothingOut() {
    assertThat(run("")).isEqualTo(new Run(0, List.of(), ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--envelope=box",
        "--full-table-name=perhaps",
        "--unknown",
        "--topic=t",
        "--bootstrap=localhost:1",
        "--follow",
        "--max=1",
        "--max=x",
        "--bootstrap=localhost:1 --topic=t --max=0",
      })
  void wrongUsageEndsWithTwoAndSaysWhatIsWrong(String options) {
    Run run = run("", options.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(options.substring(2, 6));
  }

  @Test
  void oldNameOfRowEnvelopeIsKnown() {
    assertThat(run(line("t", "[1]", "{\"a\": 1}"), "--envelope=DEPRECATED_ROW").code()).isZero();
  }

  @Test
  void versionIsTheBuilds() {
    StringWriter out = new StringWriter();

    int code =
        Belay.commandLine(new ByteArrayInputStream(new byte[0]), new PrintWriter(out))
            .execute("--version");

    assertThat(code).isZero();
    assertThat(out.toString()).matches("belay \\d+\\.\\d+\\.\\d+.*\\R");
  }

  private static String[] options(JsonNode sample) {
    JsonNode options = sample.path("options");
    List<String> given = new ArrayList<>();
    String uri = sample.path("sink_uri").asText();
    if (uri.contains("topic_prefix=")) {
      given.add("--topic-prefix=" + uri.substring(uri.indexOf("topic_prefix=") + 13));
    }
    String envelope = options.path("envelope").asText().split(" ")[0];
    if (!envelope.isEmpty()) {
      given.add("--envelope=" + envelope);
    }
    if (options.path("query").asText().contains("event_op() AS op") && envelope.equals("bare")) {
      given.add("--op-column=op");
    }
    return given.toArray(String[]::new);
  }

  private static Run run(String input, String... options) {
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    CommandLine belay =
        Belay.commandLine(new ByteArrayInputStream(input.getBytes(UTF_8)), new PrintWriter(out))
            .setErr(new PrintWriter(errors, true));
    String[] arguments =
        Stream.concat(Stream.of("decode"), Stream.of(options)).toArray(String[]::new);
    int code = belay.execute(arguments);
    return new Run(code, out.toString().lines().toList(), errors.toString());
  }

  private static String line(String topic, String key, String value) {
    return MAPPER
        .createObjectNode()
        .put("topic", topic)
        .put("key", key)
        .put("value", value)
        .toString();
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException notJson) {
      throw new AssertionError(text, notJson);
    }
  }

  /** A tree would forget how numbers were written. */
  private static void assertSameTokens(String shown, String sample, String field) {
    assertThat(Tokens.at(shown, field)).isEqualTo(Tokens.at(sample, "expect", field));
  }
}
