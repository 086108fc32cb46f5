package dev.belay.sink.target.cockroach;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.pgwire.BytesForm;
import dev.belay.sink.target.pgwire.DecimalForm;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.IntegerForm;
import dev.belay.sink.target.pgwire.PgColumn;
import dev.belay.sink.target.pgwire.TextForm;
import dev.belay.sink.target.pgwire.UuidForm;
import dev.belay.sink.target.pgwire.ValueForm;

/**
 * The values that get a row's unique column out of the way of another row. Only for columns which
 * nothing else hangs on: no foreign key at either end, no part of the primary key.
 */
final class Parking {
  private static final int UUID_LENGTH = 36;

  private Parking() {}

  /**
   * SQL of a value that no other row has; it may use {@code s.place}, the number of the row in the
   * statement.
   */
  static String free(SqlType type, ValueForm form, TableName table, String name) {
    if (form instanceof IntegerForm) {
      // INT8 is so wide that chance suffices; the others go below the least value that is there
      return switch (type.base()) {
        case "INT8" -> "(-1 - floor(random() * 4611686018427387904))::INT8";
        case "INT2", "INT4" -> "(" + least(table, name) + " - s.place)::" + type.base();
        default -> PgColumn.NO_PARKING;
      };
    }
    if (form instanceof DecimalForm decimal) {
      return decimal.precision() == 0 || decimal.precision() - decimal.scale() >= 19
          ? "(-1 - floor(random() * 1000000000000000000))::DECIMAL"
          : PgColumn.NO_PARKING;
    }
    if (form instanceof UuidForm) {
      return "gen_random_uuid()";
    }
    if (form instanceof BytesForm) {
      return "gen_random_uuid()::STRING::BYTES";
    }
    if (form instanceof TextForm text
        && text.flavor() == TextForm.Flavor.TEXT
        && type.collation().isEmpty()
        && (text.limit() == 0 || text.limit() >= UUID_LENGTH)) {
      return "gen_random_uuid()::STRING";
    }
    return PgColumn.NO_PARKING;
  }

  private static String least(TableName table, String name) {
    return "(SELECT LEAST(min(p."
        + Identifiers.quote(name)
        + "), 0) FROM "
        + Identifiers.quote(table)
        + " AS p)";
  }
}
