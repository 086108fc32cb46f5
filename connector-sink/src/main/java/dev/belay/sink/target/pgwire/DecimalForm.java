package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireDecimal;
import dev.belay.sink.target.wire.WireNumber;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * numeric, with or without precision. Digits and scale go through as the wire wrote them.
 *
 * @param precision most digits, 0 for an unconstrained numeric
 * @param scale digits behind the point; PostgreSQL 15 and later also have negative ones
 * @param infinities whether the server's numeric has infinities: PostgreSQL 14 and later, and only
 *     where there is no precision
 */
public record DecimalForm(String type, int precision, int scale, boolean infinities)
    implements ValueForm {

  /** PostgreSQL's documented limits of an unconstrained numeric. */
  private static final int MOST_WHOLE_DIGITS = 131_072;

  private static final int MOST_DECIMALS = 16_383;

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool || datum instanceof Datum.Json) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    String text = datum.text();
    if (WireDecimal.isPlainAndFits(text, precision, scale)) {
      return text;
    }
    Optional<BigDecimal> read = WireNumber.exact(text);
    if (read.isEmpty()) {
      return special(datum);
    }
    BigDecimal number = read.get();
    // judged without trailing zeros, which a column may add or drop; the text sent keeps them
    BigDecimal stripped = number.stripTrailingZeros();
    int whole = stripped.precision() - stripped.scale();
    if (precision == 0) {
      if (whole > MOST_WHOLE_DIGITS || number.scale() > MOST_DECIMALS) {
        throw ValueForm.unfit("A number with more digits than the type keeps", type);
      }
      return text;
    }
    WireDecimal.requireFit(number, type, precision, scale);
    return text;
  }

  private String special(Datum datum) throws UnfitValueException {
    Optional<WireNumber.Special> special = WireNumber.Special.of(datum.text());
    if (special.isEmpty()) {
      throw ValueForm.unfit(
          datum instanceof Datum.Number ? "A number beyond all limits" : ValueForm.nameOf(datum),
          type);
    }
    if (special.get() != WireNumber.Special.NAN && !infinities) {
      throw ValueForm.unfit(
          "An infinity (numeric without precision has them from PostgreSQL 14 on)", type);
    }
    return special.get().text();
  }

  @Override
  public String canonical(String encoded) {
    return WireNumber.exact(encoded)
        .map(number -> number.stripTrailingZeros().toString())
        .orElse(encoded);
  }

  @Override
  public String kind() {
    return "decimal";
  }

  @Override
  public boolean isBare() {
    return true;
  }
}
