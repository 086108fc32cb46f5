package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.WireInterval;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * interval. PostgreSQL keeps months and days in 32 bits and microseconds in 64.
 *
 * @param smallest what the column's fields leave room for: {@code interval year to month} cuts days
 *     in silence
 * @param decimals of a second, 0 to 6
 */
public record IntervalForm(String type, Smallest smallest, int decimals) implements ValueForm {

  /** The smallest unit that {@code interval <fields>} keeps. */
  public enum Smallest {
    YEAR(0),
    MONTH(0),
    DAY(0),
    HOUR(3_600_000_000_000L),
    MINUTE(60_000_000_000L),
    SECOND(1);

    private final long nanos;

    Smallest(long nanos) {
      this.nanos = nanos;
    }
  }

  private static final BigInteger DAY = BigInteger.valueOf(86_400_000_000_000L);
  private static final BigInteger MOST_NANOS =
      BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.valueOf(1000));

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    WireInterval interval =
        parse(datum).orElseThrow(() -> ValueForm.unfit(ValueForm.nameOf(datum), type));
    BigDecimal exact = interval.nanos().stripTrailingZeros();
    if (exact.scale() > 0 || !fitsDecimals(exact)) {
      throw ValueForm.unfit("An interval with more than " + decimals + " decimals", type);
    }
    BigInteger nanos = exact.toBigIntegerExact();
    if (isCut(interval, nanos)) {
      throw ValueForm.unfit("An interval with smaller units", type);
    }
    if ((int) interval.months() != interval.months()
        || (int) interval.days() != interval.days()
        || nanos.abs().compareTo(MOST_NANOS) > 0) {
      throw ValueForm.unfit("An interval out of the type's range", type);
    }
    return render(interval, nanos);
  }

  private static Optional<WireInterval> parse(Datum datum) {
    return datum instanceof Datum.Text ? WireInterval.parse(datum.text()) : Optional.empty();
  }

  private boolean fitsDecimals(BigDecimal nanos) {
    return TemporalText.fits(
        nanos.toBigInteger().mod(BigInteger.valueOf(1_000_000_000L)).longValue(), decimals);
  }

  private boolean isCut(WireInterval interval, BigInteger nanos) {
    return switch (smallest) {
      case YEAR -> interval.months() % 12 != 0 || interval.days() != 0 || nanos.signum() != 0;
      case MONTH -> interval.days() != 0 || nanos.signum() != 0;
      case DAY -> nanos.signum() != 0;
      case HOUR, MINUTE, SECOND ->
          nanos.remainder(BigInteger.valueOf(smallest.nanos)).signum() != 0;
    };
  }

  private static String render(WireInterval interval, BigInteger nanos) {
    StringBuilder text = new StringBuilder(40);
    if (interval.months() != 0) {
      text.append(interval.months()).append(" mons ");
    }
    if (interval.days() != 0) {
      text.append(interval.days()).append(" days ");
    }
    long micros = nanos.divide(BigInteger.valueOf(1000)).longValue();
    if (micros < 0) {
      text.append('-');
    }
    long seconds = Math.abs(micros / 1_000_000);
    appendHours(text, seconds / 3600);
    TemporalText.two(text.append(':'), (int) (seconds / 60 % 60));
    TemporalText.two(text.append(':'), (int) (seconds % 60));
    TemporalText.appendFraction(text, (int) Math.abs(micros % 1_000_000) * 1000);
    return text.toString();
  }

  private static void appendHours(StringBuilder text, long hours) {
    if (hours < 10) {
      text.append('0');
    }
    text.append(hours);
  }

  /** Intervals compare with months of 30 days and days of 24 hours. */
  @Override
  public String canonical(String encoded) {
    return WireInterval.parse(encoded)
        .map(
            interval ->
                DAY.multiply(
                        BigInteger.valueOf(interval.months())
                            .multiply(BigInteger.valueOf(30))
                            .add(BigInteger.valueOf(interval.days())))
                    .add(interval.nanos().toBigInteger())
                    .toString())
        .orElse(encoded);
  }

  @Override
  public String kind() {
    return "interval";
  }
}
