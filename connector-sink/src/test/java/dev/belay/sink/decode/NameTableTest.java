package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameTableTest {
  private final NameTable names = new NameTable();

  @Test
  void nameThatComesAgainIsTheSameObject() {
    assertThat(text("größe")).isEqualTo("größe").isSameAs(text("größe"));
  }

  @Test
  void everyNameIsItselfHoweverManyShareAPlace() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 10_000; i++) {
        assertThat(text("column" + i)).isEqualTo("column" + i);
      }
    }
  }

  /** Aa and BB have one hash, as all strings made of them have that are as long. */
  @Test
  void namesMadeToCollideAreToldApart() {
    assertThat(text("AaAa")).isEqualTo("AaAa");
    assertThat(text("BBBB")).isEqualTo("BBBB");
    assertThat(text("AaBB")).isEqualTo("AaBB");
  }

  @Test
  void longNameIsReadAndNotKept() {
    String name = "k".repeat(70_000);

    assertThat(text(name)).isEqualTo(name).isNotSameAs(text(name));
  }

  private String text(String name) {
    byte[] bytes = ("\"" + name + "\"").getBytes(UTF_8);
    return names.text(bytes, 1, bytes.length - 2);
  }
}
