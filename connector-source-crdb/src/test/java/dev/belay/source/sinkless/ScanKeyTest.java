package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScanKeyTest {

  @Test
  void keyIsReadBackWithItsColumns() {
    List<String> columns = List.of("b", "a");
    String begun = ScanKey.written(columns, List.of("2020-01-01", "it's \"x\""));
    assertThat(ScanKey.isOf(begun, columns)).isTrue();
    assertThat(ScanKey.values(begun)).containsExactly("2020-01-01", "it's \"x\"");
    String before = ScanKey.written(columns, List.of());
    assertThat(ScanKey.isOf(before, columns)).isTrue();
    assertThat(ScanKey.values(before)).isEmpty();
    assertThat(ScanKey.values("")).isEmpty();
  }

  @Test
  void primaryKeyThatWasChangedMeanwhileIsNoticed() {
    for (List<String> values : List.of(List.of("1", "2"), List.<String>of())) {
      String key = ScanKey.written(List.of("a", "b"), values);
      assertThat(ScanKey.isOf(key, List.of("a"))).isFalse();
      assertThat(ScanKey.isOf(key, List.of("b", "a"))).isFalse();
      assertThat(ScanKey.isOf(key, List.of("a", "c"))).isFalse();
    }
  }

  @Test
  void textThatIsNoKeyIsRefusedWithoutItself() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScanKey.values("secret"))
        .withMessageContaining("fresh start")
        .withMessageNotContaining("secret");
  }
}
