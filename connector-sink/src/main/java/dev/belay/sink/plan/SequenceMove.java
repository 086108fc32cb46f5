package dev.belay.sink.plan;

import dev.belay.sink.shape.SequencePosition;
import dev.belay.sink.shape.SequenceShape;
import java.math.BigInteger;

/**
 * What is to be done so that the next number of a sequence is in no row yet. Only forward: what a
 * sequence has given is never given again. A sequence that counts in steps keeps to them, so that
 * two databases which share numbers by steps and starts (odd and even ones) go on sharing them.
 */
public sealed interface SequenceMove {

  /** Nothing: it is ahead of the rows. */
  record Ahead() implements SequenceMove {}

  /**
   * To set its last number, as one that was given.
   *
   * @param tight whether the margin did not fit before its end
   */
  record To(long last, boolean tight) implements SequenceMove {}

  /** Nothing can be done: no number is left behind those in the rows. */
  record Exhausted() implements SequenceMove {}

  /**
   * Where to move one that does not cycle. A sequence is let be until half of the margin is used
   * up, so that it is not moved for each row, and what somebody draws from it meanwhile is far from
   * where it is moved to.
   *
   * @param margin numbers that are to be free between the rows and the next number; counted as
   *     numbers, and not as steps
   */
  static SequenceMove of(SequenceShape shape, SequencePosition position, long margin) {
    if (position.furthest().isEmpty()) {
      return new Ahead();
    }
    // counted upwards in either case
    BigInteger sign = BigInteger.valueOf(shape.ascends() ? 1 : -1);
    BigInteger step = BigInteger.valueOf(shape.increment()).abs();
    BigInteger end = sign.multiply(big(shape.ascends() ? shape.greatest() : shape.least()));
    BigInteger last = sign.multiply(big(position.last()));
    BigInteger next = position.called() ? last.add(step) : last;
    BigInteger row = sign.multiply(big(position.furthest().getAsLong()));
    if (next.compareTo(row.add(big(margin / 2))) > 0) {
      return new Ahead();
    }
    BigInteger wanted = firstBehind(row.add(big(margin)), next, step);
    if (wanted.compareTo(end) <= 0) {
      return new To(sign.multiply(wanted.subtract(step)).longValueExact(), false);
    }
    BigInteger least = firstBehind(row, next, step);
    if (least.compareTo(end) > 0) {
      return new Exhausted();
    }
    if (least.equals(next)) {
      return new Ahead();
    }
    return new To(sign.multiply(least.subtract(step)).longValueExact(), true);
  }

  /** The first of the numbers to come that is greater. */
  private static BigInteger firstBehind(BigInteger bound, BigInteger next, BigInteger step) {
    if (next.compareTo(bound) > 0) {
      return next;
    }
    return next.add(bound.subtract(next).divide(step).add(BigInteger.ONE).multiply(step));
  }

  private static BigInteger big(long number) {
    return BigInteger.valueOf(number);
  }
}
