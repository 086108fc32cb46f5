package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.TableName;
import dev.belay.sink.decode.FeedFormat.Choice;
import dev.belay.sink.decode.TopicNames.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicNamesTest {

  @ParameterizedTest
  @CsvSource({
    // topic, full_table_name, split_column_families: database, schema, table, family
    "t,           AUTO,  AUTO,  '', '', t, ''",
    "t.f,         AUTO,  AUTO,  '', '', t, f",
    "d.s.t,       AUTO,  AUTO,  d, s, t, ''",
    "d.s.t.f,     AUTO,  AUTO,  d, s, t, f",
    "t.f,         AUTO,  FALSE, '', '', t.f, ''",
    "t.f,         AUTO,  TRUE,  '', '', t, f",
    "t,           FALSE, FALSE, '', '', t, ''",
    "a.b,         FALSE, FALSE, '', '', a.b, ''",
    "d.s.t,       FALSE, FALSE, '', '', d.s.t, ''",
    "..,          FALSE, FALSE, '', '', .., ''",
    "a.b.f,       FALSE, TRUE,  '', '', a.b, f",
    "t,           FALSE, TRUE,  '', '', t, ''",
    "t.f,         FALSE, AUTO,  '', '', t, f",
    "a.b.c,       FALSE, AUTO,  '', '', a.b.c, ''",
    "d.s.t,       TRUE,  FALSE, d, s, t, ''",
    "d.s.t,       TRUE,  TRUE,  d, s, t, ''",
    "d.s.t.f,     TRUE,  TRUE,  d, s, t, f",
    "my-t_1,      AUTO,  AUTO,  '', '', my-t_1, ''",
    "_u0021_bar,  AUTO,  AUTO,  '', '', '!bar', ''",
    "a_u002e_b,   AUTO,  AUTO,  '', '', a.b, ''",
    "_u22_T_u22_, AUTO,  AUTO,  '', '', '\"T\"', ''",
    "_u0001f600_, AUTO,  AUTO,  '', '', '😀', ''",
    "_ud800_,     AUTO,  AUTO,  '', '', _ud800_, ''",
    "_uffffffff_, AUTO,  AUTO,  '', '', _uffffffff_, ''",
  })
  void topicNamesItsTable(
      String topic,
      Choice full,
      Choice split,
      String database,
      String schema,
      String table,
      String family)
      throws UnreadableException {
    FeedFormat format = FeedFormat.AUTO.withFullTableName(full).withSplitColumnFamilies(split);

    assertThat(new TopicNames(format).ofTopic(topic))
        .isEqualTo(new Named(new TableName(database, schema, table), family));
  }

  @ParameterizedTest
  @CsvSource({
    "d.s.t.f,   AUTO, FALSE",
    "a.b.c.d.e, AUTO, AUTO",
    "t,         TRUE, FALSE",
    "s.t,       TRUE, AUTO",
    "d.s.t.f,   TRUE, FALSE",
    "a..b,      AUTO, AUTO",
    ".t,        AUTO, AUTO",
    "'',        AUTO, AUTO",
  })
  void topicThatFitsNoFormIsRejectedWithTheSettingsToCheck(
      String topic, Choice full, Choice split) {
    FeedFormat format = FeedFormat.AUTO.withFullTableName(full).withSplitColumnFamilies(split);

    assertThatThrownBy(() -> new TopicNames(format).ofTopic(topic))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("full_table_name");
  }

  @Test
  void prefixIsCutOffAndRequired() throws UnreadableException {
    TopicNames names = new TopicNames(FeedFormat.AUTO.withTopicPrefix("crdb."));

    assertThat(names.ofTopic("crdb.d.public.t").table())
        .isEqualTo(new TableName("d", "public", "t"));
    assertThatThrownBy(() -> names.ofTopic("d.public.t")).hasMessageContaining("crdb.");
    assertThat(names.ofValue("d.public.t").table()).isEqualTo(new TableName("d", "public", "t"));
  }

  @Test
  void resolvedNeedsNoTable() {
    assertThat(
            Decoding.decode(
                Decoding.feed(Envelope.WRAPPED), "a.b.c.d.e", null, "{\"resolved\":\"1.0\"}"))
        .isInstanceOf(dev.belay.sink.change.Resolved.class);
  }
}
