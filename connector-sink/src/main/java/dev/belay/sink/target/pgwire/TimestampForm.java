package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.WireTimestamp;
import java.time.LocalDateTime;
import java.util.Optional;

/**
 * timestamp and timestamptz. A reading without a zone is taken as UTC, which is CockroachDB's own
 * rule; one with a zone is stored in UTC in a column without.
 *
 * @param decimals of a second, 0 to 6
 */
public record TimestampForm(String type, int decimals, boolean zoned) implements ValueForm {
  private static final LocalDateTime FIRST = LocalDateTime.of(-4713, 11, 24, 0, 0);
  private static final LocalDateTime END = LocalDateTime.of(294_277, 1, 1, 0, 0);

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    Optional<WireTimestamp> parsed =
        datum instanceof Datum.Text ? WireTimestamp.parse(datum.text()) : Optional.empty();
    WireTimestamp read = parsed.orElseThrow(() -> ValueForm.unfit(ValueForm.nameOf(datum), type));
    if (read instanceof WireTimestamp.Infinite infinite) {
      return name(infinite);
    }
    LocalDateTime at = ((WireTimestamp.Finite) read).at();
    if (at.isBefore(FIRST) || !at.isBefore(END)) {
      throw ValueForm.unfit("A timestamp out of the type's range", type);
    }
    if (!TemporalText.fits(at.getNano(), decimals)) {
      throw ValueForm.unfit("A timestamp with more than " + decimals + " decimals", type);
    }
    StringBuilder text = new StringBuilder(32);
    TemporalText.appendDate(text, at.toLocalDate());
    text.append(' ');
    TemporalText.appendTime(text, at.toLocalTime());
    if (zoned) {
      text.append("+00");
    }
    TemporalText.appendEra(text, at.toLocalDate());
    return text.toString();
  }

  static String name(WireTimestamp.Infinite infinite) {
    return infinite == WireTimestamp.Infinite.FUTURE ? "infinity" : "-infinity";
  }

  @Override
  public String kind() {
    return "timestamp";
  }
}
