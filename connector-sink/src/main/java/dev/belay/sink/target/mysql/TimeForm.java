package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.TemporalText;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireTime;
import java.util.Optional;

/**
 * TIME, which holds 24:00:00 too.
 *
 * @param decimals of a second, 0 to 6
 */
record TimeForm(String type, int decimals) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    Optional<WireTime> parsed =
        datum instanceof Datum.Text ? WireTime.parse(datum.text()) : Optional.empty();
    WireTime time = parsed.orElseThrow(() -> Unfit.of(Unfit.nameOf(datum), type));
    if (time.offset().isPresent()) {
      throw Unfit.of("A time with a zone", type);
    }
    if (!TemporalText.fits(time.nanos() % 1_000_000_000L, decimals)) {
      throw Unfit.of("A time with more than " + decimals + " decimals", type);
    }
    StringBuilder text = new StringBuilder(15);
    TemporalText.appendTime(text, time.nanos());
    return text.toString();
  }

  @Override
  public String kind() {
    return "time";
  }
}
