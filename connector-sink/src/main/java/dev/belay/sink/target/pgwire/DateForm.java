package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.WireTimestamp;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Optional;

/** date; also a TIMESTAMP at midnight. */
public record DateForm(String type) implements ValueForm {
  private static final LocalDate FIRST = LocalDate.of(-4713, 11, 24);

  /** CockroachDB's DATE goes on for seven thousand years more. */
  private static final LocalDate LAST = LocalDate.of(5_874_897, 12, 31);

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    Optional<WireTimestamp> parsed =
        datum instanceof Datum.Text ? WireTimestamp.parse(datum.text()) : Optional.empty();
    WireTimestamp read = parsed.orElseThrow(() -> ValueForm.unfit(ValueForm.nameOf(datum), type));
    if (read instanceof WireTimestamp.Infinite infinite) {
      return TimestampForm.name(infinite);
    }
    WireTimestamp.Finite finite = (WireTimestamp.Finite) read;
    LocalDate date = finite.at().toLocalDate();
    if (!finite.at().toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw ValueForm.unfit("A timestamp with a time of day", type);
    }
    if (date.isBefore(FIRST) || date.isAfter(LAST)) {
      throw ValueForm.unfit("A date out of the type's range", type);
    }
    StringBuilder text = new StringBuilder(13);
    TemporalText.appendDate(text, date);
    TemporalText.appendEra(text, date);
    return text.toString();
  }

  @Override
  public String kind() {
    return "date";
  }
}
