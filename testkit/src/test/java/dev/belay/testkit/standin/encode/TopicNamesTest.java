package dev.belay.testkit.standin.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.row.Family;
import dev.belay.testkit.standin.row.TableShape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicNamesTest {

  private static final TableShape FOO =
      new TableShape(104, "d", "public", "foo", List.of(), List.of());

  @ParameterizedTest
  @CsvSource({
    "MyTable, MyTable",
    "!, _u0021_",
    "☃, _u2603_",
    "a b, a_u0020_b",
    "., _u002e_",
    ".., _u002e__u002e_",
    "a.b, a.b",
    "foo_u0021_bar, foo_u005f__u0075__u0030__u0030__u0032__u0031__u005f_bar",
    "\uDBFF\uDFFF, _u0010ffff_"
  })
  void escapesWhatKafkaForbids(String name, String topic) {
    assertThat(TopicNames.escape(name)).isEqualTo(topic);
  }

  @Test
  void cutsALongNameTo249Characters() {
    assertThat(TopicNames.escape("x".repeat(300))).hasSize(249);
  }

  @Test
  void takesPrefixFullNameAndSingleNameFromTheFeed() {
    assertThat(new TopicNames("bar_", Optional.empty(), false).of(FOO)).isEqualTo("bar_foo");
    assertThat(new TopicNames("bar_", Optional.empty(), true).of(FOO))
        .isEqualTo("bar_d.public.foo");
    assertThat(new TopicNames("", Optional.of("all"), false).of(FOO)).isEqualTo("all");
    Family rest = Family.of(List.of("the rest"), List.of(List.of())).get(0);
    assertThat(new TopicNames("bar_", Optional.empty(), true).of(FOO, rest))
        .isEqualTo("bar_d.public.foo.the_u0020_rest");
  }
}
