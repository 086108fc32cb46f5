package dev.belay.sink.target.cockroach;

import dev.belay.sink.target.pgwire.ArrayForm;
import dev.belay.sink.target.pgwire.BitForm;
import dev.belay.sink.target.pgwire.BooleanForm;
import dev.belay.sink.target.pgwire.BytesForm;
import dev.belay.sink.target.pgwire.DateForm;
import dev.belay.sink.target.pgwire.DecimalForm;
import dev.belay.sink.target.pgwire.FloatForm;
import dev.belay.sink.target.pgwire.GeoJsonForm;
import dev.belay.sink.target.pgwire.IntegerForm;
import dev.belay.sink.target.pgwire.IntervalForm;
import dev.belay.sink.target.pgwire.IntervalForm.Smallest;
import dev.belay.sink.target.pgwire.JsonForm;
import dev.belay.sink.target.pgwire.NetworkForm;
import dev.belay.sink.target.pgwire.PgColumn.Parameter;
import dev.belay.sink.target.pgwire.RefusedForm;
import dev.belay.sink.target.pgwire.TextForm;
import dev.belay.sink.target.pgwire.TextForm.Flavor;
import dev.belay.sink.target.pgwire.TimeForm;
import dev.belay.sink.target.pgwire.TimestampForm;
import dev.belay.sink.target.pgwire.UuidForm;
import dev.belay.sink.target.pgwire.ValueForm;
import java.util.Set;

/**
 * From CockroachDB's type names to forms: the production side of the type table. CockroachDB rounds
 * a DECIMAL and cuts fractions of seconds in silence when it stores them, as PostgreSQL does; the
 * forms refuse such values before.
 */
final class CockroachTypes {
  private static final String STRING = "STRING";
  private static final int DECIMALS = 6;

  /** The reference system of a GEOGRAPHY that names none. */
  private static final int GEOGRAPHIC = 4326;

  /** Types of which there are arrays to send, and that a value is stored from as it is. */
  private static final Set<String> SENT_AS_THEY_ARE =
      Set.of(
          "INT2",
          "INT4",
          "INT8",
          "FLOAT4",
          "FLOAT8",
          "DECIMAL",
          "BOOL",
          "STRING",
          "BYTES",
          "UUID",
          "INET",
          "DATE",
          "TIME",
          "TIMETZ",
          "TIMESTAMP",
          "TIMESTAMPTZ",
          "INTERVAL",
          "VARBIT");

  private CockroachTypes() {}

  /**
   * @param kind pg_type.typtype of the column's type, or of its elements: e for an enum, c for a
   *     composite
   */
  static ValueForm form(SqlType type, char kind) {
    if (type.array()) {
      return new FlatArrayForm(new ArrayForm(type.text(), form(type.element(), kind), ','));
    }
    String display = type.text();
    if (kind == 'c') {
      return new RefusedForm(
          display,
          "CockroachDB sends composite values with their fields sorted by name; "
              + "use a JSONB column, or leave the column out of the feed");
    }
    if (kind == 'e') {
      return new TextForm(display, Flavor.ENUM, 0);
    }
    return switch (type.base()) {
      case "INT2" -> new IntegerForm(display, Short.MIN_VALUE, Short.MAX_VALUE);
      case "INT4" -> new IntegerForm(display, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "INT8" -> new IntegerForm(display, Long.MIN_VALUE, Long.MAX_VALUE);
      case "OID" -> new IntegerForm(display, 0, 4_294_967_295L);
      case "FLOAT4" -> new FloatForm(display, true);
      case "FLOAT8" -> new FloatForm(display, false);
      // an infinity fits whatever the precision
      case "DECIMAL" -> new DecimalForm(display, type.argument(0, 0), type.argument(1, 0), true);
      case "BOOL" -> new BooleanForm(display);
      case STRING, "VARCHAR", "NAME" ->
          new TextForm(
              display, type.passesOverCase() ? Flavor.CASELESS : Flavor.TEXT, type.argument(0, 0));
      case "CHAR" -> new TextForm(display, Flavor.PADDED, type.argument(0, 1));
      case "\"char\"" -> new TextForm(display, Flavor.BYTES_LIMITED, 1);
      case "BYTES" -> new BytesForm(display);
      case "UUID" -> new UuidForm(display);
      case "INET" -> new NetworkForm(display);
      case "BIT" -> new BitForm(display, type.argument(0, 1), true);
      case "VARBIT" -> new BitForm(display, type.argument(0, 0), false);
      case "DATE" -> new DateForm(display);
      case "TIME" -> new TimeForm(display, type.argument(0, DECIMALS), false);
      case "TIMETZ" -> new TimeForm(display, type.argument(0, DECIMALS), true);
      case "TIMESTAMP" -> new TimestampForm(display, type.argument(0, DECIMALS), false);
      case "TIMESTAMPTZ" -> new TimestampForm(display, type.argument(0, DECIMALS), true);
      case "INTERVAL" -> new IntervalForm(display, smallest(type), type.argument(0, DECIMALS));
      case "JSONB" -> new JsonForm(display, true);
      case "GEOMETRY" -> new GeoJsonForm(display, type.argument(1, 0));
      case "GEOGRAPHY" -> new GeoJsonForm(display, type.argument(1, GEOGRAPHIC));
      case "CITEXT" -> new TextForm(display, Flavor.CASELESS, 0);
      default -> new TextForm(display, Flavor.OTHER, 0);
    };
  }

  private static Smallest smallest(SqlType type) {
    if (type.words().isEmpty()) {
      return Smallest.SECOND;
    }
    String last = type.words().get(type.words().size() - 1);
    for (Smallest unit : Smallest.values()) {
      if (unit.name().equals(last)) {
        return unit;
      }
    }
    return Smallest.SECOND;
  }

  /** How a column's values travel. */
  static Parameter parameter(SqlType type, char kind) {
    if (type.collation().isPresent() && !type.array()) {
      return new Parameter(STRING, "", " COLLATE " + type.collation().get());
    }
    if (!type.array() && kind == 'b') {
      switch (type.base()) {
        case "GEOMETRY":
          // the wire has lost the SRID: the column's own is set
          String srid = type.arguments().size() > 1 ? type.arguments().get(1) : "0";
          return new Parameter(STRING, "st_setsrid(st_geomfromgeojson(", "), " + srid + ")");
        case "GEOGRAPHY":
          return new Parameter(STRING, "st_geogfromgeojson(", ")");
        case "VARCHAR", "NAME":
          return Parameter.of(STRING);
        case "CHAR":
          return cast("BPCHAR");
        case "BIT":
          return Parameter.of("VARBIT");
        default:
          if (SENT_AS_THEY_ARE.contains(type.base())) {
            return Parameter.of(type.base());
          }
      }
    }
    return cast(type.base() + (type.array() ? "[]" : ""));
  }

  /** Without length or precision, which would cut in silence. */
  private static Parameter cast(String type) {
    return new Parameter(STRING, "", "::" + type);
  }
}
