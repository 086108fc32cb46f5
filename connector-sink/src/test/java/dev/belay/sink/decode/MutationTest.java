package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Rejected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages with a few bytes changed, as broken disks, proxies and foreign producers make them. */
class MutationTest {
  private static final int MUTANTS = 10_000;
  private static final byte[] STRUCTURE = "{}[]\":,\\0-eE. \n".getBytes();

  @Test
  void damagedMessageIsDecodedOrRejectedAndNeverThrows() {
    Random random = new Random(20261120);
    List<GoldenLine> lines =
        GoldenLine.all().filter(line -> !line.isSequence() && line.hasBytes()).toList();
    Map<FeedFormat, Decoder> decoders = new HashMap<>();
    List<Decoded> seen = new ArrayList<>();

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < MUTANTS; i++) {
            GoldenLine line = lines.get(random.nextInt(lines.size()));
            byte[] key = mutated(line.key(), random, 4);
            byte[] value = mutated(line.value(), random, 1);
            // One decoder for many records: damage must not outlive its record.
            for (FeedFormat format : List.of(line.feed(), FeedFormat.AUTO)) {
              Decoder decoder = decoders.computeIfAbsent(format, Decoder::of);
              seen.add(decoder.decode(Decoding.HERE, line.topic(), key, value));
              assertSameAsByFreshDecoder(format, line, key, value, seen.get(seen.size() - 1));
            }
          }
        });

    assertThat(seen).hasSize(2 * MUTANTS);
    assertThat(seen).anyMatch(Rejected.class::isInstance);
    assertThat(seen).anyMatch(decoded -> !(decoded instanceof Rejected));
  }

  private static void assertSameAsByFreshDecoder(
      FeedFormat format, GoldenLine line, byte[] key, byte[] value, Decoded decoded) {
    assertThat(Decoder.of(format).decode(Decoding.HERE, line.topic(), key, value))
        .isEqualTo(decoded);
  }

  /** One time in {@code rarity}, the bytes with one to three changes. */
  private static byte[] mutated(byte[] bytes, Random random, int rarity) {
    if (bytes == null || bytes.length == 0 || random.nextInt(rarity) > 0) {
      return bytes;
    }
    byte[] mutant = bytes.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0 && mutant.length > 0; changes--) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(6)) {
        case 0 -> mutant[at] = (byte) random.nextInt(256);
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[at] = STRUCTURE[random.nextInt(STRUCTURE.length)];
        case 3 -> mutant = Arrays.copyOf(mutant, at);
        case 4 -> mutant = spliced(mutant, at, at + random.nextInt(mutant.length - at), random);
        default -> mutant = spliced(mutant, at, at, random);
      }
    }
    return mutant;
  }

  /** Without the bytes in between, or with others of the message put there. */
  private static byte[] spliced(byte[] bytes, int from, int to, Random random) {
    int start = random.nextInt(bytes.length);
    int length = from == to ? Math.min(random.nextInt(40), bytes.length - start) : 0;
    byte[] result = new byte[bytes.length - (to - from) + length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(bytes, start, result, from, length);
    System.arraycopy(bytes, to, result, from + length, bytes.length - to);
    return result;
  }
}
