package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.Unfit;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** DATE; also a TIMESTAMP at midnight. */
record DateForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    LocalDateTime at = TimestampForm.finite(datum, type).at();
    if (!at.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw Unfit.of("A timestamp with a time of day", type);
    }
    if (at.getYear() < 1 || at.getYear() > 9999) {
      throw Unfit.of("A date out of the years 1 to 9999", type);
    }
    StringBuilder text = new StringBuilder(10);
    TemporalText.appendDate(text, at.toLocalDate());
    return text.toString();
  }

  @Override
  public String kind() {
    return "date";
  }
}
