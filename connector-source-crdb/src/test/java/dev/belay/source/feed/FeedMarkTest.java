package dev.belay.source.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedMarkTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "failback",
        "fail_back",
        "fail back",
        "fäll/バック",
        "a.b",
        "a_2eb",
        "__",
        "_5f",
        "-"
      })
  void aMarkIsFoundAgainInTheJobThatCarriesIt(String feed) {
    FeedMark mark = new FeedMark(feed, "00ff12ab34", feed);
    assertThat(mark.clientId()).matches("[A-Za-z0-9._-]+");
    assertThat(FeedMark.in("... kafka_sink_config = '{\"ClientID\": \"" + mark.clientId() + "\"}'"))
        .contains(mark);
  }

  @Test
  void aMarkOfTheOlderFormNamesNoDatabase() {
    assertThat(FeedMark.in("{\"ClientID\":\"belay.shop-feed.00ff12ab34\"}"))
        .contains(new FeedMark("shop-feed", "00ff12ab34", ""));
  }

  @Test
  void feedsWithAlikeNamesHaveDifferentMarks() {
    assertThat(new FeedMark("a.b", "00", "").clientId())
        .isNotEqualTo(new FeedMark("a_2eb", "00", "").clientId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE CHANGEFEED FOR TABLE t INTO 'kafka://h:1'",
        "kafka_sink_config = '{\"ClientID\":\"other\"}'",
        "CREATE CHANGEFEED FOR TABLE belay.failback.00ff",
        "metrics_label = 'belay.failback.00ff'"
      })
  void aJobThatNobodyMarkedIsNobodys(String description) {
    assertThat(FeedMark.in(description)).isEmpty();
  }
}
