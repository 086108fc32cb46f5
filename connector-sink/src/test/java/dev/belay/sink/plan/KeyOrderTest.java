package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.binder;
import static dev.belay.sink.plan.Given.delete;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.table;
import static dev.belay.sink.plan.Given.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.KeyParts;
import dev.belay.sink.shape.TableShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which row a delete means whose key has no names: never the wrong one. */
class KeyOrderTest {
  private static final TableShape HASHED = table("t", "id int", "v text null").shape();
  private static final TableShape TWO_INTS =
      table("t", "a int", "b int", "v text null").key("a", "b").shape();

  private static List<String> deleted(RowBinder binder, KeyParts key) throws UnboundException {
    return binder.bind(0, delete("t", key, 9)).key();
  }

  private static void refused(RowBinder binder, KeyParts key) {
    assertThatThrownBy(() -> deleted(binder, key))
        .isInstanceOf(UnboundException.class)
        .hasMessageContaining("key.columns=t=<first>,<second>")
        .hasMessageContaining("option diff");
  }

  @Test
  void oneColumnAndOnePartNeedNoEvidence() throws Exception {
    assertThat(deleted(binder(HASHED), key(7))).containsExactly("7");
  }

  @Test
  void hashShardInFrontIsRefusedWithoutEvidence() {
    refused(binder(HASHED), key(5, 1));
  }

  @Test
  void rowShowsWhichPartIsTheHashShard() throws Exception {
    RowBinder binder = binder(HASHED);
    binder.bind(0, upsert("t", key(5, 1), 1, "id", 1, "v", "x"));
    assertThat(deleted(binder, key(6, 2))).containsExactly("2");
  }

  @Test
  void rowWhoseShardEqualsItsIdShowsNothing() throws Exception {
    RowBinder binder = binder(HASHED);
    binder.bind(0, upsert("t", key(1, 1), 1, "id", 1, "v", "x"));
    refused(binder, key(6, 2));
  }

  @Test
  void evidenceAddsUpOverRows() throws Exception {
    TableShape three = table("t", "a int", "b int", "c int").key("a", "b", "c").shape();
    RowBinder binder = binder(three);
    binder.bind(0, upsert("t", key(1, 1, 2), 1, "a", 2, "b", 1, "c", 1));
    binder.bind(0, upsert("t", key(1, 3, 3), 1, "a", 3, "b", 3, "c", 1));
    assertThat(deleted(binder, key(7, 8, 9))).containsExactly("9", "8", "7");
  }

  @Test
  void regionInFrontOfAnotherKindIsTakenAtSight() throws Exception {
    TableShape uuids = table("t", "id uuid", "v text null").shape();
    assertThat(deleted(binder(uuids), key("us-east1", "00aa-00bb"))).containsExactly("00aa-00bb");
  }

  @Test
  void twoColumnsOfOneKindAreRefusedWithoutEvidence() {
    refused(binder(TWO_INTS), key(1, 2));
  }

  @Test
  void rowShowsAnotherOrderOfTheColumns() throws Exception {
    RowBinder binder = binder(TWO_INTS);
    binder.bind(0, upsert("t", key(20, 10), 1, "a", 10, "b", 20, "v", "x"));
    assertThat(deleted(binder, key(2, 1))).containsExactly("1", "2");
  }

  @Test
  void rowIsEvidenceWhateverTheScaleOfItsNumbers() throws Exception {
    TableShape decimals = table("t", "a dec", "b dec").key("a", "b").shape();
    RowBinder binder = binder(decimals);
    binder.bind(0, upsert("t", key(2, 1), 1, "a", new java.math.BigDecimal("1.00"), "b", 2));
    assertThat(deleted(binder, key(4, 3))).containsExactly("3", "4");
  }

  @Test
  void integerAndDecimalCanBeMistakenForEachOther() {
    refused(binder(table("t", "a int", "b dec").key("a", "b").shape()), key(1, 2));
  }

  @Test
  void valueTellsAnIntegerFromADecimal() throws Exception {
    TableShape mixed = table("t", "a int", "b dec").key("a", "b").shape();
    assertThat(deleted(binder(mixed), key(new java.math.BigDecimal("1.5"), 2)))
        .containsExactly("2", "1.5");
  }

  @Test
  void textThatReadsAsAUuidCanBeMistakenForOne() {
    TableShape mixed = table("t", "code text", "id uuid").key("code", "id").shape();
    refused(binder(mixed), key("00aa-00bb", "00cc-00dd"));
  }

  @Test
  void kindsTellAnotherOrderOfTheColumns() throws Exception {
    TableShape mixed = table("t", "code text", "id int").key("code", "id").shape();
    assertThat(deleted(binder(mixed), key(5, "7"))).containsExactly("7", "5");
  }

  @Test
  void contradictionIsRefusedAndNotForgotten() throws Exception {
    RowBinder binder = binder(TWO_INTS);
    binder.bind(0, upsert("t", key(20, 10), 1, "a", 10, "b", 20, "v", "x"));
    binder.bind(0, upsert("t", key(3, 4), 2, "a", 3, "b", 4, "v", "x"));
    binder.bind(0, upsert("t", key(5, 6), 3, "a", 5, "b", 6, "v", "x"));
    refused(binder, key(1, 2));
  }

  @Test
  void keyOfAnotherLengthIsLearnedAnew() throws Exception {
    RowBinder binder = binder(TWO_INTS);
    binder.bind(0, upsert("t", key(20, 10), 1, "a", 10, "b", 20, "v", "x"));
    binder.bind(0, upsert("t", key(9, 30, 40), 2, "a", 30, "b", 40, "v", "x"));
    assertThat(deleted(binder, key(8, 1, 2))).containsExactly("1", "2");
  }

  @Test
  void evidenceOfOneLengthSaysNothingOfAnother() throws Exception {
    RowBinder binder = binder(TWO_INTS);
    binder.bind(0, upsert("t", key(20, 10), 1, "a", 10, "b", 20, "v", "x"));
    refused(binder, key(8, 1, 2));
  }

  @Test
  void configuredOrderIsTaken() throws Exception {
    RowBinder binder = binder(Map.of("t", List.of("-", "b", "a")), false, TWO_INTS);
    assertThat(deleted(binder, key(5, 2, 1))).containsExactly("1", "2");
  }

  @Test
  void configuredOrderOfAnotherLengthIsRefused() {
    RowBinder binder = binder(Map.of("t", List.of("b", "a")), false, TWO_INTS);
    refused(binder, key(5, 2, 1));
  }

  @Test
  void configuredOrderThatRowsContradictIsRefused() throws Exception {
    RowBinder binder = binder(Map.of("t", List.of("a", "b")), false, TWO_INTS);
    binder.bind(0, upsert("t", key(20, 10), 1, "a", 10, "b", 20, "v", "x"));
    refused(binder, key(2, 1));
  }

  @Test
  void configuredOrderThatLacksAKeyColumnStopsTheTable() {
    RowBinder binder = binder(Map.of("t", List.of("-", "a")), false, TWO_INTS);
    assertThatThrownBy(() -> deleted(binder, key(5, 1)))
        .isInstanceOfSatisfying(
            UnboundException.class,
            e -> assertThat(e.reach()).isEqualTo(UnboundException.Reach.TABLE))
        .hasMessageContaining("column b");
  }

  @Test
  void refusalQuotesNoValue() {
    assertThatThrownBy(() -> deleted(binder(TWO_INTS), key(424242, 717171)))
        .message()
        .doesNotContain("424242", "717171");
  }

  @Test
  void rowThatContradictsTheConfiguredOrderPutsItInDoubt() throws Exception {
    RowBinder binder = binder(Map.of("t", List.of("b", "a")), false, TWO_INTS);
    binder.bind(0, upsert("t", key(2, 1), 1, "a", 1, "b", 2, "v", "x"));
    assertThat(deleted(binder, key(20, 10))).containsExactly("10", "20");
    binder.bind(0, upsert("t", key(3, 4), 2, "a", 3, "b", 4, "v", "x"));
    assertThatThrownBy(() -> deleted(binder, key(20, 10)))
        .hasMessageContaining("rows showed other values there than their keys");
  }

  @Test
  void keyOfOtherLengthThanConfiguredIsRefused() {
    RowBinder binder = binder(Map.of("t", List.of("b", "a")), false, TWO_INTS);
    refused(binder, key(1, 2, 3));
  }

  @Test
  void refusalForWantOfEvidenceDoesNotSpeakOfContradiction() {
    assertThatThrownBy(() -> deleted(binder(TWO_INTS), key(1, 2)))
        .hasMessageNotContaining("rows showed other values");
  }
}
