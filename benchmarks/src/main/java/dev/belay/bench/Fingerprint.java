package dev.belay.bench;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a table holds, in two numbers: how many rows, and the sum of their hashes (the first 60 bits
 * of a digest of the row's text). Java works it out from the changes, the database from the rows;
 * they share nothing but this definition.
 */
record Fingerprint(long rows, BigInteger sum) {

  static final int HEX_DIGITS = 15;
  static final char SEPARATOR = '|';

  static final Fingerprint NOTHING = new Fingerprint(0, BigInteger.ZERO);

  /** That of two tables together. */
  Fingerprint and(Fingerprint other) {
    return new Fingerprint(rows + other.rows, sum.add(other.sum));
  }

  /** What the tables must hold together when all changes are applied. */
  static Fingerprint expected(Engine engine, List<Workload> workloads) {
    return workloads.stream()
        .map(workload -> expected(engine, workload))
        .reduce(NOTHING, Fingerprint::and);
  }

  /** What the table must hold when all changes are applied. */
  static Fingerprint expected(Engine engine, Workload workload) {
    Map<Long, Long> hashes = new HashMap<>();
    workload.play(
        new Workload.Audience() {
          @Override
          public void change(Change change) {
            if (change instanceof Change.Upsert upsert) {
              hashes.put(change.id(), hash(engine, upsert.row()));
            } else {
              hashes.remove(change.id());
            }
          }

          @Override
          public void resolved(long nanos) {}
        });
    BigInteger sum =
        hashes.values().stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
    return new Fingerprint(hashes.size(), sum);
  }

  private static long hash(Engine engine, Row row) {
    StringBuilder text = new StringBuilder(256);
    text.append(row.id()).append(SEPARATOR).append(row.qty()).append(SEPARATOR);
    text.append(row.name()).append(SEPARATOR).append(row.priceText()).append(SEPARATOR);
    text.append(row.at()).append(SEPARATOR).append(row.active() ? 1 : 0).append(SEPARATOR);
    text.append(row.ref()).append(SEPARATOR);
    text.append(engine.spelled(row.score())).append(SEPARATOR);
    text.append(row.doc()).append(SEPARATOR).append(row.day()).append(SEPARATOR).append(row.note());
    byte[] digest = digest(engine).digest(text.toString().getBytes(StandardCharsets.UTF_8));
    return new BigInteger(1, digest)
        .shiftRight(Byte.SIZE * digest.length - 4 * HEX_DIGITS)
        .longValueExact();
  }

  private static MessageDigest digest(Engine engine) {
    try {
      return MessageDigest.getInstance(engine.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }
}
