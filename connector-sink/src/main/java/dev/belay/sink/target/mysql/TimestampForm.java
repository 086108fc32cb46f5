package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireTimestamp;
import java.time.LocalDateTime;

/**
 * DATETIME and TIMESTAMP. A reading without a zone is taken as UTC, which is the session's zone;
 * one with a zone is stored in UTC.
 *
 * @param decimals of a second, 0 to 6
 * @param first the first that the column takes
 * @param end the first that it does not take any more
 */
record TimestampForm(String type, int decimals, LocalDateTime first, LocalDateTime end)
    implements ValueForm {

  private static final LocalDateTime FIRST_DATETIME = LocalDateTime.of(1, 1, 1, 0, 0);
  private static final LocalDateTime END_DATETIME = LocalDateTime.of(10_000, 1, 1, 0, 0);

  /** The second of the epoch itself stands for "zero date". */
  private static final LocalDateTime FIRST_TIMESTAMP = LocalDateTime.of(1970, 1, 1, 0, 0, 1);

  private static final LocalDateTime END_TIMESTAMP = LocalDateTime.of(2038, 1, 19, 3, 14, 8);

  static TimestampForm datetime(String type, int decimals) {
    return new TimestampForm(type, decimals, FIRST_DATETIME, END_DATETIME);
  }

  static TimestampForm timestamp(String type, int decimals) {
    return new TimestampForm(type, decimals, FIRST_TIMESTAMP, END_TIMESTAMP);
  }

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    LocalDateTime at = finite(datum, type).at();
    if (at.isBefore(first) || !at.isBefore(end)) {
      throw Unfit.of("A timestamp before " + first + " or from " + end + " on", type);
    }
    if (!TemporalText.fits(at.getNano(), decimals)) {
      throw Unfit.of("A timestamp with more than " + decimals + " decimals", type);
    }
    StringBuilder text = new StringBuilder(26);
    TemporalText.appendDate(text, at.toLocalDate());
    text.append(' ');
    TemporalText.appendTime(text, at.toLocalTime());
    return text.toString();
  }

  static WireTimestamp.Finite finite(Datum datum, String type) throws UnfitValueException {
    WireTimestamp read =
        datum instanceof Datum.Text
            ? WireTimestamp.parse(datum.text())
                .orElseThrow(() -> Unfit.of(Unfit.nameOf(datum), type))
            : null;
    if (read instanceof WireTimestamp.Finite finite) {
      return finite;
    }
    throw Unfit.of(read == null ? Unfit.nameOf(datum) : "An infinity", type);
  }

  @Override
  public String kind() {
    return "timestamp";
  }
}
