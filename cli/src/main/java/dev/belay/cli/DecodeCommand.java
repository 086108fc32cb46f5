package dev.belay.cli;

import dev.belay.sink.Registries;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.RegistryKeys;
import dev.belay.sink.config.RegistrySettings;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.decode.FeedFormat.Choice;
import dev.belay.sink.decode.SchemaSource;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.registry.RegistryAwayException;
import dev.belay.sink.registry.SchemaRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Shows records as the sink reads them: with its decoder and nothing else. */
@Command(
    name = "decode",
    description = {
      "Shows the records of a changefeed as the sink reads them, one JSON object a line.",
      "",
      "Reads lines {\"topic\": ..., \"key\": ..., \"value\": ...} from standard input, with key and"
          + " value as their text on the wire, or null; key_hex and value_hex give bytes,"
          + " key_columns the names of the key's parts. With --bootstrap it reads a topic instead,"
          + " and with --schema-registry Avro."
    },
    footer = {
      "",
      "Exit codes: 0 all records were decoded; 1 some were rejected; 2 wrong usage; 3 the records"
          + " could not be read."
    },
    mixinStandardHelpOptions = true)
final class DecodeCommand implements Callable<Integer> {
  private static final String SAME_AS_KEY_ONLY =
      "A null value is taken for a delete of envelope=row. A feed with envelope=key_only sends the"
          + " same for every change: if this is one, say --envelope=key_only.";
  private static final String NO_COMMIT_TIME =
      "Without updated it has no commit time, and the sink would stop here. ";
  private static final String OPTION_UPDATED =
      NO_COMMIT_TIME
          + "Create the changefeed with the option updated (envelope=enriched:"
          + " enriched_properties='source' as well).";
  private static final String NEVER_UPDATED =
      NO_COMMIT_TIME
          + "A delete of envelope=row never has one: create the changefeed with envelope=wrapped.";

  private static final String HERE =
      " (Here feed.schema.registry.url is --schema-registry, and the other keys are those of"
          + " --schema-registry-config.)";
  private static final String IS_AVRO =
      "This is Avro with a schema id: give --schema-registry=URL, and it is shown.";

  private final InputStream in;

  @Spec private CommandSpec spec;

  @Option(
      names = "--envelope",
      defaultValue = "auto",
      paramLabel = "auto|wrapped|enriched|bare|row|key_only",
      converter = EnvelopeWord.class,
      description = "The changefeed's envelope. auto (default) goes by the look of each value.")
  private Envelope envelope;

  @Option(
      names = "--topic-prefix",
      defaultValue = "",
      paramLabel = "PREFIX",
      description = "topic_prefix of the changefeed's sink URI.")
  private String topicPrefix;

  @Option(
      names = "--full-table-name",
      arity = "0..1",
      defaultValue = "auto",
      fallbackValue = "true",
      paramLabel = "true|false|auto",
      converter = ChoiceWord.class,
      description =
          "Whether the changefeed has full_table_name. auto (default): topics of three"
              + " parts have it.")
  private Choice fullTableName;

  @Option(
      names = "--split-column-families",
      arity = "0..1",
      defaultValue = "auto",
      fallbackValue = "true",
      paramLabel = "true|false|auto",
      converter = ChoiceWord.class,
      description =
          "Whether topics end in a column family. auto (default): the second of two parts"
              + " and the fourth of four is one.")
  private Choice splitColumnFamilies;

  @Option(
      names = "--topic-name",
      defaultValue = "",
      paramLabel = "NAME",
      description = "topic_name of the changefeed's sink URI, if all tables share one topic.")
  private String topicName;

  @Option(
      names = "--op-column",
      defaultValue = "",
      paramLabel = "COLUMN",
      description = "The column with event_op() in a bare changefeed, to tell deletes.")
  private String opColumn;

  @Option(
      names = "--key-columns",
      paramLabel = "TABLE=A,B",
      description =
          "Names for the parts of a table's key, in the order of its primary key. May be"
              + " given for several tables.")
  private Map<String, String> keyColumns = new LinkedHashMap<>();

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to read --topic from, instead of standard input.")
  private Optional<String> bootstrap = Optional.empty();

  @Option(names = "--topic", paramLabel = "TOPIC", description = "The topic to read.")
  private Optional<String> topic = Optional.empty();

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "A property of the Kafka consumer. Goes before --command-config.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "A properties file for the Kafka consumer; the place for secrets.")
  private Optional<Path> commandConfig = Optional.empty();

  @Option(
      names = "--from-beginning",
      description = "Begin with the topic's first record. Default without --follow.")
  private boolean fromBeginning;

  @Option(
      names = "--max",
      paramLabel = "N",
      description = "Stop after N records. Default: at what is the topic's end now.")
  private Optional<Long> max = Optional.empty();

  @Option(
      names = "--follow",
      description = "Go on with records to come, and begin with them unless --from-beginning.")
  private boolean follow;

  @Option(
      names = "--schema-registry",
      split = ",",
      paramLabel = "URL",
      description =
          "The records are Avro, with schemas in this registry; several URLs are tried in turn."
              + " A feed of envelope=bare needs --envelope=bare then.")
  private List<String> schemaRegistry = new ArrayList<>();

  @Option(
      names = "--schema-registry-config",
      paramLabel = "FILE",
      description =
          "A properties file with the connector's keys feed.schema.registry.*: credentials, TLS,"
              + " the time limit. Other keys in it are passed over.")
  private Optional<Path> schemaRegistryConfig = Optional.empty();

  private Decoder decoder;
  private boolean isAnyRejected;

  DecodeCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    requireConsistentOptions();
    isAnyRejected = false;
    FeedFormat format =
        new FeedFormat(
            envelope, topicPrefix, fullTableName, topicName, splitColumnFamilies, opColumn);
    decoder = schemaRegistry.isEmpty() ? Decoder.of(format) : Decoder.ofAvro(format, schemas());
    if (bootstrap.isPresent()) {
      try (Consumer<byte[], byte[]> consumer = consumer()) {
        decodeLive(consumer);
      } catch (KafkaException unreachable) {
        throw new IllegalStateException(
            "Kafka at " + bootstrap.get() + " could not be read: " + unreachable.getMessage(),
            unreachable);
      }
    } else {
      decodeLines();
    }
    spec.commandLine().getOut().flush();
    return isAnyRejected ? 1 : 0;
  }

  /** The registry, whose failures end the command as others do. */
  private SchemaSource schemas() throws IOException {
    SchemaRegistry registry = registry();
    return id -> {
      try {
        return registry.schema(id);
      } catch (StopException | RegistryAwayException e) {
        spec.commandLine().getOut().flush();
        throw new IllegalStateException(e.getMessage() + HERE, e);
      }
    };
  }

  private SchemaRegistry registry() throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    if (schemaRegistryConfig.isPresent()) {
      Properties file = new Properties();
      load(schemaRegistryConfig.get(), file);
      file.stringPropertyNames().stream()
          .filter(name -> name.startsWith(RegistryKeys.PREFIX))
          .forEach(name -> settings.put(name, file.getProperty(name)));
    }
    settings.put(RegistryKeys.URL, String.join(",", schemaRegistry));
    try {
      RegistrySettings read = RegistrySettings.of(settings);
      Map<String, String> objections = Registries.objections(read);
      if (!objections.isEmpty()) {
        Map.Entry<String, String> first = objections.entrySet().iterator().next();
        throw new ParameterException(
            spec.commandLine(), first.getKey() + ": " + first.getValue() + HERE);
      }
      return Registries.of(read);
    } catch (ConfigException | StopException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + HERE);
    }
  }

  private void requireConsistentOptions() {
    if (bootstrap.isPresent() != topic.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--bootstrap and --topic belong together: one is missing.");
    }
    boolean isLive =
        fromBeginning
            || follow
            || max.isPresent()
            || commandConfig.isPresent()
            || !properties.isEmpty();
    if (isLive && bootstrap.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--from-beginning, --max, --follow, --property and --command-config are for reading a"
              + " topic: add --bootstrap and --topic, or leave them out.");
    }
    if (schemaRegistryConfig.isPresent() && schemaRegistry.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--schema-registry-config is for Avro: add --schema-registry, or leave it out.");
    }
    if (max.isPresent() && max.get() < 1) {
      throw new ParameterException(spec.commandLine(), "--max must be 1 or more.");
    }
  }

  private void decodeLines() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    new InputLines(in)
        .forEach(
            new InputLines.Visitor() {
              @Override
              public void record(long line, WireRecord record) {
                Origin origin = new Origin(record.topic(), 0, line);
                Decoded decoded =
                    namesFit(
                        decoder.decode(origin, record.topic(), record.key(), record.value()),
                        record);
                DecodedJson json = json(decoded, record);
                if (decoded instanceof Rejected) {
                  json.with("line", line);
                }
                out.println(json.line());
              }

              @Override
              public void unreadable(long line, String reason) {
                isAnyRejected = true;
                Rejected rejected = new Rejected(new Origin("", 0, line), reason);
                out.println(new DecodedJson(rejected, List.of()).with("line", line).line());
              }
            });
  }

  private Consumer<byte[], byte[]> consumer() throws IOException {
    Properties config = new Properties();
    // As the sink reads: nothing of aborted transactions.
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
    if (commandConfig.isPresent()) {
      load(commandConfig.get(), config);
    }
    config.putAll(properties);
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap.orElseThrow());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static void load(Path path, Properties config) throws IOException {
    try (Reader file = Files.newBufferedReader(path)) {
      config.load(file);
    } catch (IOException e) {
      // a file system's exceptions have only the path for a message
      String reason =
          e instanceof NoSuchFileException
              ? "no such file"
              : e instanceof AccessDeniedException ? "access denied" : e.getMessage();
      throw new IOException("cannot read " + path + ": " + reason, e);
    }
  }

  private void decodeLive(Consumer<byte[], byte[]> consumer) {
    PrintWriter out = spec.commandLine().getOut();
    LiveRecords.Start start =
        fromBeginning || !follow ? LiveRecords.Start.BEGINNING : LiveRecords.Start.END;
    OptionalLong bound = max.map(OptionalLong::of).orElse(OptionalLong.empty());
    new LiveRecords(consumer, topic.orElseThrow())
        .forEach(
            start,
            follow,
            bound,
            new LiveRecords.Visitor() {
              @Override
              public void record(ConsumerRecord<byte[], byte[]> live) {
                Origin origin = new Origin(live.topic(), live.partition(), live.offset());
                WireRecord record =
                    new WireRecord(live.topic(), live.key(), live.value(), List.of());
                Decoded decoded = decoder.decode(origin, live.topic(), live.key(), live.value());
                out.println(
                    json(decoded, record)
                        .with("topic", live.topic())
                        .with("partition", live.partition())
                        .with("offset", live.offset())
                        .line());
              }

              @Override
              public boolean goOn() {
                // Also flushes; an error is a pipe whose reader has gone.
                return !out.checkError();
              }
            });
  }

  /**
   * The line's own names for the key's parts are its claim: rejected if they are too many or few.
   */
  private static Decoded namesFit(Decoded decoded, WireRecord record) {
    int names = record.keyColumns().size();
    if (names == 0 || !(decoded instanceof Change change)) {
      return decoded;
    }
    int parts = change.info().key().values().size();
    if (names == parts) {
      return decoded;
    }
    Origin origin = change.origin();
    return new Rejected(
        origin,
        "Line "
            + origin.offset()
            + " has "
            + names
            + " key_columns for a key of "
            + parts
            + (parts == 1 ? " part." : " parts.")
            + " Name every part, in the order of CockroachDB's primary key.");
  }

  private DecodedJson json(Decoded decoded, WireRecord record) {
    isAnyRejected |= decoded instanceof Rejected;
    DecodedJson json = new DecodedJson(decoded, keyColumns(decoded, record));
    List<String> notes = new ArrayList<>();
    if (envelope == Envelope.AUTO && record.value() == null && decoded instanceof Delete) {
      notes.add(SAME_AS_KEY_ONLY);
    }
    if (decoded instanceof Rejected
        && schemaRegistry.isEmpty()
        && (isAvro(record.key()) || isAvro(record.value()))) {
      notes.add(IS_AVRO);
    }
    if (decoded instanceof Change change && !change.version().isKnown()) {
      notes.add(record.value() == null ? NEVER_UPDATED : OPTION_UPDATED);
    }
    return notes.isEmpty() ? json : json.with("note", String.join(" ", notes));
  }

  /** Byte 0 and four of a schema's id. */
  private static boolean isAvro(byte[] part) {
    return part != null && part.length > Integer.BYTES && part[0] == 0;
  }

  private List<String> keyColumns(Decoded decoded, WireRecord record) {
    if (!record.keyColumns().isEmpty() || !(decoded instanceof Change change)) {
      return record.keyColumns();
    }
    TableName table = change.info().table();
    return Optional.ofNullable(keyColumns.get(table.toString()))
        .or(() -> Optional.ofNullable(keyColumns.get(table.name())))
        .map(names -> List.of(names.split(",")))
        .orElse(List.of());
  }

  private static final class EnvelopeWord implements ITypeConverter<Envelope> {
    @Override
    public Envelope convert(String word) {
      return Envelope.parse(word)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "there is no envelope "
                          + word
                          + "; use auto, wrapped, enriched, bare, row or key_only"));
    }
  }

  private static final class ChoiceWord implements ITypeConverter<Choice> {
    @Override
    public Choice convert(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "true" -> Choice.TRUE;
        case "false" -> Choice.FALSE;
        case "auto" -> Choice.AUTO;
        default -> throw new TypeConversionException(word + " is neither true, false nor auto");
      };
    }
  }
}
