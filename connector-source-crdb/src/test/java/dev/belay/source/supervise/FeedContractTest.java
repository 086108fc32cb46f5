package dev.belay.source.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.config.DeliveryMode;
import dev.belay.sink.config.FeedRules;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.decode.FeedTopics;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.encode.Envelope;
import dev.belay.testkit.standin.encode.Event;
import dev.belay.testkit.standin.encode.FeedFormat.With;
import dev.belay.testkit.standin.encode.Message;
import dev.belay.testkit.standin.encode.TopicNames;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What this connector asks for is what the sink can take: the two meet in Kafka only. */
class FeedContractTest {
  private static final Pattern OPTION = Pattern.compile("(\\w+)(?: = '((?:[^']|'')*)')?(?:, |$)");
  private static final HlcTimestamp T0 = new HlcTimestamp(1_701_102_296_662_969_433L, 7);
  private static final Set<FeedRules.Fit> TAKEN =
      Set.of(FeedRules.Fit.YES, FeedRules.Fit.NEEDED, FeedRules.Fit.LIMITED);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1701102296662969433.0000000000",
        "1701102296662969433.0000000001",
        "1.2147483647",
        "9223372036854775807.0000000002",
        "0.0000000000"
      })
  void aTimeIsTheSameTextOnBothSides(String text) {
    HlcTimestamp here = HlcTimestamp.parse(text).orElseThrow();
    var there = dev.belay.sink.change.HlcTimestamp.parse(text).orElseThrow();
    assertThat(here).hasToString(text);
    assertThat(there).hasToString(text);
    assertThat(there.wallNanos()).isEqualTo(here.wallNanos());
    assertThat(there.logical()).isEqualTo(here.logical());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.", ".1", "1.5", "1.00000000001", "9223372036854775808", "x", "-1"})
  void whatIsNoTimeToOneIsNoneToTheOther(String text) {
    assertThat(HlcTimestamp.parse(text)).isEmpty();
    assertThat(dev.belay.sink.change.HlcTimestamp.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "shop.public.orders,''",
    "shop.public.orders,old.",
    "shop.\"Sales\".\"Order lines\",''",
    "shop.public.\"größe\",prefix_",
    "shop.public.\"a_u0041_b\",''"
  })
  void aTopicsNameLeadsTheSinkToTheTableThatWasMeantHere(String table, String prefix) {
    TableName here = TableName.parse(table, "").orElseThrow();
    String topic =
        new TopicNames(prefix, Optional.empty(), true)
            .of(
                new TableShape(
                    1, here.database(), here.schema(), here.name(), List.of(), List.of()));
    FeedFormat format = sinkOf("wrapped").withTopicPrefix(prefix);
    assertThat(FeedTopics.table(format, topic))
        .contains(new dev.belay.sink.change.TableName(here.database(), here.schema(), here.name()));
  }

  @ParameterizedTest
  @CsvSource({"wrapped,false", "wrapped,true", "enriched,false", "enriched,true"})
  void everyOptionOfAJobIsTakenInEveryDeliveryMode(String envelope, boolean diff) {
    Map<String, String> options = options(envelope, diff, new Beginning.Scan(T0));
    assertThat(options).containsKeys("updated", "resolved", "full_table_name");
    assertThat(options.get("min_checkpoint_frequency")).isEqualTo(options.get("resolved"));
    assertThat(options.get("kafka_sink_config")).contains("\"RequiredAcks\":\"ALL\"");
    assertThat(options.getOrDefault("format", "json")).isEqualTo("json");
    for (FeedRules.Rule rule : rules()) {
      boolean used =
          rule.option().equals("envelope=" + options.get("envelope"))
              || Stream.of(rule.option().split(", ")).anyMatch(options::containsKey);
      if (used) {
        for (DeliveryMode mode : DeliveryMode.values()) {
          assertThat(TAKEN).as("%s in %s", rule.option(), mode).contains(rule.in(mode));
        }
      }
    }
  }

  /** What the sink cannot do without, by its own table. */
  @Test
  void whatTheSinkNeedsIsAskedFor() {
    Map<String, String> options = options("wrapped", false, new Beginning.After(T0));
    List<String> needed =
        rules().stream()
            .filter(
                rule ->
                    Stream.of(DeliveryMode.values())
                        .anyMatch(mode -> rule.in(mode) == FeedRules.Fit.NEEDED))
            .map(FeedRules.Rule::option)
            .toList();
    assertThat(needed).isNotEmpty();
    assertThat(options.keySet()).containsAll(needed);
  }

  /** {@code initial_scan='only'} would end the feed, and has no commit times. */
  @Test
  void aJobGoesOnAfterItsScan() {
    assertThat(options("wrapped", false, new Beginning.Scan(T0)))
        .containsEntry("initial_scan", "yes")
        .containsEntry("cursor", T0.toString());
    assertThat(options("wrapped", false, new Beginning.After(T0)))
        .containsEntry("initial_scan", "no")
        .containsEntry("cursor", T0.toString());
  }

  @ParameterizedTest
  @CsvSource({"wrapped,false", "wrapped,true", "enriched,false", "enriched,true"})
  void theSinkReadsWhatAFeedWithTheseOptionsSends(String envelope, boolean diff) {
    ChangefeedEncoder encoder =
        new ChangefeedEncoder(
            format(options(envelope, diff, new Beginning.Scan(T0))),
            new Cluster("c", "", "v26.2.0", "1", "127.0.0.1", ""),
            7);
    Decoder decoder = Decoder.of(sinkOf(envelope));
    Optional<Row> row = Optional.of(Row.of(List.of(Optional.of("1"), Optional.of("x"))));

    Object inserted = decoded(decoder, encoder, Optional.empty(), row);
    assertThat(inserted).isInstanceOf(Upsert.class);
    assertThat(((Upsert) inserted).info().updated()).hasToString(T0.toString());
    Object deleted = decoded(decoder, encoder, row, Optional.empty());
    assertThat(deleted).isInstanceOf(Delete.class);
    assertThat(((Delete) deleted).info().updated()).hasToString(T0.toString());
    assertThat(
            decoder.decode(
                new Origin("shop.public.orders", 0, 2),
                "shop.public.orders",
                null,
                encoder.resolved(new Hlc(T0.wallNanos(), T0.logical()))))
        .isInstanceOf(Resolved.class);
  }

  /** As a sink reads that has the envelope set and nothing else. */
  private static FeedFormat sinkOf(String envelope) {
    return FeedFormat.AUTO
        .withEnvelope(dev.belay.sink.decode.Envelope.parse(envelope).orElseThrow())
        .withSplitColumnFamilies(FeedFormat.Choice.FALSE);
  }

  private static Object decoded(
      Decoder decoder, ChangefeedEncoder encoder, Optional<Row> before, Optional<Row> after) {
    TableShape orders =
        new TableShape(
            104,
            "shop",
            "public",
            "orders",
            List.of(
                new Column("id", SqlType.of(Kind.INT), false),
                new Column("note", SqlType.of(Kind.STRING), true)),
            List.of(0));
    Hlc time = new Hlc(T0.wallNanos(), T0.logical());
    Message message =
        encoder.encode(
            new Event(
                new RowChange(orders, before, after), time, time, "shop.public.orders", 1_700L));
    return decoder.decode(
        new Origin("shop.public.orders", 0, 1),
        "shop.public.orders",
        message.key(),
        message.value().orElseThrow());
  }

  /** The encoder's settings for a statement's options, none of which is left out. */
  private static dev.belay.testkit.standin.encode.FeedFormat format(Map<String, String> options) {
    Map<String, With> known =
        Map.of("updated", With.UPDATED, "diff", With.DIFF, "mvcc_timestamp", With.MVCC_TIMESTAMP);
    Set<With> with =
        known.entrySet().stream()
            .filter(entry -> options.containsKey(entry.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.toSet());
    if (options.getOrDefault("enriched_properties", "").contains("source")) {
      with.add(With.SOURCE);
    }
    return new dev.belay.testkit.standin.encode.FeedFormat(
        Envelope.named(options.get("envelope")).orElseThrow(), with);
  }

  private static Map<String, String> options(String envelope, boolean diff, Beginning beginning) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "shop-feed");
    settings.put("source.connection.url", "jdbc:postgresql://localhost:26257/shop");
    settings.put("source.connection.user", "belay_feed");
    settings.put("feed.tables", "orders");
    settings.put("feed.sink.uri", "kafka://localhost:9092");
    settings.put("kafka.admin.bootstrap.servers", "localhost:9092");
    settings.put("feed.envelope", envelope);
    settings.put("feed.diff", String.valueOf(diff));
    String statement =
        new Changefeed(new SourceConfig(settings), "shop")
            .statement(List.of(new TableName("shop", "public", "orders")), beginning);
    Map<String, String> options = new LinkedHashMap<>();
    Matcher option =
        OPTION.matcher(statement.substring(statement.indexOf(" WITH ") + " WITH ".length()));
    while (option.lookingAt()) {
      options.put(option.group(1), Optional.ofNullable(option.group(2)).orElse(""));
      option.region(option.end(), option.regionEnd());
    }
    assertThat(option.regionStart())
        .as("read to its end: " + statement)
        .isEqualTo(option.regionEnd());
    return options;
  }

  private static List<FeedRules.Rule> rules() {
    return Stream.concat(FeedRules.ENVELOPES.stream(), FeedRules.OPTIONS.stream()).toList();
  }
}
