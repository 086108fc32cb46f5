package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireInterval;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;

/**
 * INTERVAL YEAR TO MONTH and INTERVAL DAY TO SECOND. CockroachDB's has months, days and seconds
 * apart; what has months and the rest has no column here, nor have 24 hours that are no day.
 *
 * @param leading digits of the years or days, 0 to 9
 * @param decimals of a second, 0 to 9; of no meaning for months
 */
record IntervalForm(String type, boolean months, int leading, int decimals) implements ValueForm {
  private static final BigDecimal DAY = BigDecimal.valueOf(86_400_000_000_000L);

  /**
   * Encoded as {@code +400 05:12:10.222}, or {@code -1-02}: what TO_DSINTERVAL and TO_YMINTERVAL
   * read whatever the session's settings are.
   */
  @Override
  public String encode(Datum datum) throws UnfitValueException {
    WireInterval interval =
        (datum instanceof Datum.Text
                ? WireInterval.parse(datum.text())
                : Optional.<WireInterval>empty())
            .orElseThrow(() -> Unfit.of(Unfit.nameOf(datum), type));
    return months ? yearsAndMonths(interval) : daysAndSeconds(interval);
  }

  private String yearsAndMonths(WireInterval interval) throws UnfitValueException {
    if (interval.days() != 0 || interval.nanos().signum() != 0) {
      throw Unfit.of("An interval with days or a time", type);
    }
    long all = Math.abs(interval.months());
    requireLeading(all / 12, "years");
    return sign(interval.months() < 0) + all / 12 + "-" + all % 12;
  }

  private String daysAndSeconds(WireInterval interval) throws UnfitValueException {
    if (interval.months() != 0) {
      throw Unfit.of("An interval with months", type);
    }
    BigDecimal nanos = interval.nanos().abs();
    int time = interval.nanos().signum();
    int days = Long.signum(interval.days());
    if (nanos.compareTo(DAY) >= 0) {
      throw Unfit.of("An interval with a time of 24 hours or more, which is no day,", type);
    }
    if (time * days < 0) {
      throw Unfit.of("An interval whose time goes against its days", type);
    }
    if (nanos.stripTrailingZeros().scale() > 0
        || !TemporalText.fits(nanos.longValueExact() % 1_000_000_000L, decimals)) {
      throw Unfit.of("An interval with more than " + decimals + " decimals", type);
    }
    long whole = Math.abs(interval.days());
    requireLeading(whole, "days");
    StringBuilder text = new StringBuilder(sign(days < 0 || time < 0)).append(whole).append(' ');
    TemporalText.appendTime(text, nanos.longValueExact());
    return text.toString();
  }

  private void requireLeading(long value, String what) throws UnfitValueException {
    if (value < 0
        || Long.toString(value).length() > Math.max(1, leading)
        || leading == 0 && value > 0) {
      throw Unfit.of("An interval with more than " + leading + " digits of " + what, type);
    }
  }

  private static String sign(boolean negative) {
    return negative ? "-" : "+";
  }

  @Override
  public String placeholder() {
    return months ? "TO_YMINTERVAL(?)" : "TO_DSINTERVAL(?)";
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setString(at, encoded);
  }

  @Override
  public int nullType() {
    return Types.VARCHAR;
  }

  @Override
  public String kind() {
    return "interval";
  }
}
