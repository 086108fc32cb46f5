package dev.belay.sink.target.postgres;

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
 * nothing else hangs on: no foreign key at either end, no part of the primary or partition key.
 */
final class Parking {

  private static final String NONE = PgColumn.NO_PARKING;

  private static final String HEX =
      "pg_catalog.md5(pg_catalog.random()::text || pg_catalog.clock_timestamp()::text || s.place)";

  private Parking() {}

  /**
   * SQL of a value that no other row has; it may use {@code s.place}, the number of the row in the
   * statement.
   */
  static String free(
      PostgresTypes.Resolved resolved, ValueForm form, TableName table, String name) {
    TypeFacts type = resolved.type();
    if (form instanceof IntegerForm) {
      // int8 is so wide that chance suffices; the others go below the least value that is there
      return switch (type.name()) {
        case "int8" ->
            "(-1 - pg_catalog.floor(pg_catalog.random() * 4611686018427387904))::pg_catalog.int8";
        case "int2", "int4" -> "(" + least(table, name) + " - s.place)::pg_catalog." + type.name();
        default -> NONE;
      };
    }
    if (form instanceof DecimalForm decimal) {
      return decimal.precision() == 0 || decimal.precision() - decimal.scale() >= 19
          ? "-1 - pg_catalog.floor(pg_catalog.random() * 1000000000000000000)::pg_catalog.numeric"
          : NONE;
    }
    if (form instanceof UuidForm) {
      return HEX + "::pg_catalog.uuid";
    }
    if (form instanceof BytesForm) {
      return "pg_catalog.decode(" + HEX + ", 'hex')";
    }
    if (form instanceof TextForm text && isWide(text)) {
      return HEX;
    }
    return NONE;
  }

  private static boolean isWide(TextForm text) {
    return switch (text.flavor()) {
      case TEXT, PADDED, CASELESS -> text.limit() == 0 || text.limit() >= 32;
      case BYTES_LIMITED, ENUM, OTHER -> false;
    };
  }

  private static String least(TableName table, String name) {
    return "(SELECT LEAST(pg_catalog.min(p."
        + Identifiers.quote(name)
        + "), 0) FROM "
        + Identifiers.quote(table)
        + " AS p)";
  }
}
