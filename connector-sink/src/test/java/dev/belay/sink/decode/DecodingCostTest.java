package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a row costs while nobody has asked for its values yet. */
class DecodingCostTest {
  private static final int RECORDS = 1_000;
  private static final String ROW =
      "{\"active\": true, \"at\": \"2026-02-03T04:05:06.123456Z\", \"day\": \"2026-02-03\","
          + " \"doc\": {\"n\": 12345, \"tag\": \"t26\", \"vals\": [1, 2, 12345]},"
          + " \"id\": 109000327001, \"name\": \"Ada Lovelace, Zürich\", \"price\": 12345678.1234,"
          + " \"qty\": 728194012345, \"ref\": \"6f1c3c0e-5d0e-4b57-9a3a-0c8d1f6a7b21\","
          + " \"score\": 512.25}";
  private static final byte[] KEY = "[109000327001]".getBytes(UTF_8);
  private static final byte[] VALUE =
      ("{\"after\": " + ROW + ", \"updated\": \"1790000000000001000.0000000000\"}").getBytes(UTF_8);

  private final Decoder decoder = Decoder.of(Decoding.feed(Envelope.WRAPPED));

  @Test
  void rowOfTenColumnsTakesLessThanHalfAKilobyte() {
    decodeAll();

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    decodeAll();
    long taken = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(taken / RECORDS).isLessThan(512);
  }

  private void decodeAll() {
    for (int i = 0; i < RECORDS; i++) {
      decoder.decode(Decoding.HERE, "foo", KEY, VALUE);
    }
  }
}
