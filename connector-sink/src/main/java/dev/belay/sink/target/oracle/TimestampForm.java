package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireTimestamp;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * DATE, which has a time of day in seconds, and the three kinds of TIMESTAMP. A time without a zone
 * is UTC where the column has one, and one with a zone is stored in UTC where it has none.
 *
 * @param decimals of a second, 0 to 9
 */
record TimestampForm(String type, int decimals, Kind kindOf) implements ValueForm {

  /** How the column says when. */
  enum Kind {
    DATE("CAST(? AS DATE)"),
    PLAIN("CAST(? AS TIMESTAMP(9))"),
    ZONED("CAST(? AS TIMESTAMP(9) WITH TIME ZONE)"),
    LOCAL("CAST(? AS TIMESTAMP(9) WITH LOCAL TIME ZONE)");

    private final String cast;

    Kind(String cast) {
      this.cast = cast;
    }
  }

  /** The days that the calendar of 1582 left out, which the server does not have. */
  private static final LocalDate LAST_OLD = LocalDate.of(1582, 10, 4);

  private static final LocalDate FIRST_NEW = LocalDate.of(1582, 10, 15);

  /** Encoded as {@link LocalDateTime#toString()}. */
  @Override
  public String encode(Datum datum) throws UnfitValueException {
    WireTimestamp read =
        datum instanceof Datum.Text
            ? WireTimestamp.parse(datum.text())
                .orElseThrow(() -> Unfit.of(Unfit.nameOf(datum), type))
            : null;
    if (!(read instanceof WireTimestamp.Finite finite)) {
      throw Unfit.of(read == null ? Unfit.nameOf(datum) : "An infinity", type);
    }
    LocalDateTime at = finite.at();
    if (at.getYear() < 1 || at.getYear() > 9999) {
      throw Unfit.of("A time out of the years 1 to 9999", type);
    }
    if (at.toLocalDate().isAfter(LAST_OLD) && at.toLocalDate().isBefore(FIRST_NEW)) {
      throw Unfit.of(
          "A day from 5 to 14 October 1582, which Oracle's calendar does not have,", type);
    }
    if (!TemporalText.fits(at.getNano(), decimals)) {
      throw Unfit.of(
          decimals == 0
              ? "A time with a fraction of a second"
              : "A time with more than " + decimals + " decimals",
          type);
    }
    return at.toString();
  }

  @Override
  public String placeholder() {
    return kindOf.cast;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    LocalDateTime time = LocalDateTime.parse(encoded);
    statement.setObject(at, isZoned() ? time.atOffset(ZoneOffset.UTC) : time);
  }

  private boolean isZoned() {
    return kindOf == Kind.ZONED || kindOf == Kind.LOCAL;
  }

  @Override
  public int nullType() {
    return isZoned() ? Types.TIMESTAMP_WITH_TIMEZONE : Types.TIMESTAMP;
  }

  @Override
  public String kind() {
    return "timestamp";
  }
}
