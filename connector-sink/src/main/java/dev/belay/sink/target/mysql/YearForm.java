package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** YEAR: 0, or 1901 to 2155; years of two digits would be taken for others. */
record YearForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    String year = WireInteger.within(datum, type, 0, 2155);
    if (!year.equals("0") && Integer.parseInt(year) < 1901) {
      throw Unfit.of("A year before 1901", type);
    }
    return year;
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    // a number: the text 0 would be the year 2000
    statement.setLong(at, Long.parseLong(encoded));
  }

  @Override
  public String kind() {
    return "integer";
  }
}
