package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.TableName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableShareTest {
  private static List<TableName> tables(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new TableName("db", "Odd, \"schema\"", "t" + i))
        .toList();
  }

  @Test
  void everyTableIsInOneShareAndSharesAreEven() {
    List<TableShare> shares = TableShare.spread(tables(7), 3);
    assertThat(shares.stream().map(share -> share.tables().size())).containsExactly(3, 2, 2);
    assertThat(shares.stream().flatMap(share -> share.tables().stream()))
        .containsExactlyInAnyOrderElementsOf(tables(7));
  }

  @Test
  void thereAreNoMoreTasksThanTables() {
    assertThat(TableShare.spread(tables(2), 5)).hasSize(2);
    assertThat(TableShare.spread(List.of(), 5)).hasSize(1);
  }

  @Test
  void shareComesBackFromItsText() {
    TableShare share = TableShare.spread(tables(3), 2).get(1);
    assertThat(TableShare.parse(share.text())).isEqualTo(share);
  }

  /** It does not say how many there are. */
  @Test
  void shareOfAnOlderVersionIsRead() {
    TableShare share = TableShare.parse("{\"task\":1,\"tables\":[\"a.b.c\"],\"refusal\":\"\"}");
    assertThat(share.task()).isEqualTo(1);
    assertThat(share.tasks()).isZero();
    assertThat(share.tables()).hasSize(1);
  }
}
