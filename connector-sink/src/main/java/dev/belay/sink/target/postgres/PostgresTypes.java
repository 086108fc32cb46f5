package dev.belay.sink.target.postgres;

import dev.belay.sink.target.pgwire.ArrayForm;
import dev.belay.sink.target.pgwire.BitForm;
import dev.belay.sink.target.pgwire.BooleanForm;
import dev.belay.sink.target.pgwire.BytesForm;
import dev.belay.sink.target.pgwire.DateForm;
import dev.belay.sink.target.pgwire.DecimalForm;
import dev.belay.sink.target.pgwire.FloatForm;
import dev.belay.sink.target.pgwire.GeoJsonForm;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.IntegerForm;
import dev.belay.sink.target.pgwire.IntervalForm;
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
import java.util.Map;

/**
 * From pg_type to forms: the production side of the type table.
 *
 * @param byOid the types of the columns, those under them and those of their elements
 * @param serverVersion as server_version_num, for example 180006
 */
record PostgresTypes(Map<Long, TypeFacts> byOid, int serverVersion) {

  private static final int NO_MODIFIER = -1;

  /** What a geography without a reference system of its own has. */
  private static final int GEOGRAPHIC = 4326;

  /** A type with its domains taken off. */
  record Resolved(TypeFacts type, int modifier, boolean notNull, boolean hasDefault) {}

  Resolved resolve(long oid, int modifier) {
    TypeFacts type = byOid.get(oid);
    boolean notNull = false;
    boolean hasDefault = false;
    int typeModifier = modifier;
    while (type.isDomain()) {
      notNull |= type.notNull();
      hasDefault |= type.hasDefault();
      // a domain over a domain may add nothing; then what is below counts
      typeModifier = typeModifier == NO_MODIFIER ? type.baseModifier() : typeModifier;
      type = byOid.get(type.base());
    }
    return new Resolved(type, typeModifier, notNull, hasDefault);
  }

  /**
   * @param display the catalog's text of the column's type, for messages
   */
  ValueForm form(Resolved resolved, String display) {
    TypeFacts type = resolved.type();
    if (type.isArray()) {
      Resolved element = resolve(type.element(), resolved.modifier());
      return new ArrayForm(display, form(element, display), element.type().delimiter());
    }
    return switch (type.kind()) {
      case 'c' ->
          new RefusedForm(
              display,
              "CockroachDB sends composite values with their fields sorted by name; "
                  + "use a JSONB column, or leave the column out of the feed");
      case 'e' -> new TextForm(display, Flavor.ENUM, 0);
      default ->
          type.isBuiltIn()
              ? builtIn(type.name(), resolved.modifier(), display)
              : extension(type.name(), resolved.modifier(), display);
    };
  }

  private ValueForm builtIn(String name, int modifier, String display) {
    return switch (name) {
      case "int2" -> new IntegerForm(display, Short.MIN_VALUE, Short.MAX_VALUE);
      case "int4" -> new IntegerForm(display, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "int8" -> new IntegerForm(display, Long.MIN_VALUE, Long.MAX_VALUE);
      case "oid" -> new IntegerForm(display, 0, 4_294_967_295L);
      case "numeric" -> decimal(modifier, display);
      case "float4" -> new FloatForm(display, true);
      case "float8" -> new FloatForm(display, false);
      case "bool" -> new BooleanForm(display);
      case "text" -> new TextForm(display, Flavor.TEXT, 0);
      case "varchar" -> new TextForm(display, Flavor.TEXT, characters(modifier));
      case "bpchar" -> new TextForm(display, Flavor.PADDED, characters(modifier));
      case "name" -> new TextForm(display, Flavor.BYTES_LIMITED, 63);
      case "char" -> new TextForm(display, Flavor.BYTES_LIMITED, 1);
      case "bytea" -> new BytesForm(display);
      case "uuid" -> new UuidForm(display);
      case "inet", "cidr" -> new NetworkForm(display);
      case "bit" -> new BitForm(display, Math.max(modifier, 0), true);
      case "varbit" -> new BitForm(display, Math.max(modifier, 0), false);
      case "date" -> new DateForm(display);
      case "time" -> new TimeForm(display, decimals(modifier), false);
      case "timetz" -> new TimeForm(display, decimals(modifier), true);
      case "timestamp" -> new TimestampForm(display, decimals(modifier), false);
      case "timestamptz" -> new TimestampForm(display, decimals(modifier), true);
      case "interval" -> interval(modifier, display);
      case "json" -> new JsonForm(display, false);
      case "jsonb" -> new JsonForm(display, true);
      case "money" ->
          new RefusedForm(
              display, "its decimals depend on the server's lc_monetary; make it a NUMERIC");
      default -> new TextForm(display, Flavor.OTHER, 0);
    };
  }

  private static ValueForm extension(String name, int modifier, String display) {
    return switch (name) {
      case "citext" -> new TextForm(display, Flavor.CASELESS, 0);
      case "geometry" -> new GeoJsonForm(display, srid(modifier));
      case "geography" ->
          new GeoJsonForm(display, srid(modifier) == 0 ? GEOGRAPHIC : srid(modifier));
      default -> new TextForm(display, Flavor.OTHER, 0);
    };
  }

  private ValueForm decimal(int modifier, String display) {
    boolean infinities = serverVersion >= 140_000;
    if (modifier == NO_MODIFIER) {
      return new DecimalForm(display, 0, 0, infinities);
    }
    // numeric.c: precision in the upper half, an 11 bit signed scale in the lower, plus VARHDRSZ
    int packed = modifier - 4;
    int scale = ((packed & 0x7ff) ^ 1024) - 1024;
    return new DecimalForm(display, packed >> 16 & 0xffff, scale, false);
  }

  /** varchar.c: the length plus VARHDRSZ. */
  private static int characters(int modifier) {
    return modifier == NO_MODIFIER ? 0 : modifier - 4;
  }

  private static int decimals(int modifier) {
    return modifier == NO_MODIFIER ? 6 : modifier;
  }

  /** timestamp.h: the fields' bits in the upper half, the decimals in the lower. */
  private static ValueForm interval(int modifier, String display) {
    if (modifier == NO_MODIFIER) {
      return new IntervalForm(display, IntervalForm.Smallest.SECOND, 6);
    }
    int fields = modifier >> 16 & 0x7fff;
    int decimals = modifier & 0xffff;
    return new IntervalForm(display, smallest(fields), decimals == 0xffff ? 6 : decimals);
  }

  /** datetime.h: MONTH is bit 1, YEAR 2, DAY 3, HOUR 10, MINUTE 11, SECOND 12. */
  private static IntervalForm.Smallest smallest(int fields) {
    if ((fields & 1 << 12) != 0) {
      return IntervalForm.Smallest.SECOND;
    }
    if ((fields & 1 << 11) != 0) {
      return IntervalForm.Smallest.MINUTE;
    }
    if ((fields & 1 << 10) != 0) {
      return IntervalForm.Smallest.HOUR;
    }
    if ((fields & 1 << 3) != 0) {
      return IntervalForm.Smallest.DAY;
    }
    return (fields & 1 << 1) != 0 ? IntervalForm.Smallest.MONTH : IntervalForm.Smallest.YEAR;
  }

  Parameter parameter(Resolved resolved) {
    TypeFacts type = resolved.type();
    if (!type.isBuiltIn() && (type.name().equals("geometry") || type.name().equals("geography"))) {
      return geometry(type, resolved.modifier());
    }
    if (type.isArray()) {
      return Parameter.castFromText(byOid.get(type.element()).sqlName() + "[]");
    }
    // box's arrays have a delimiter of their own; composites would be unnested into their fields
    return type.hasArray() && type.delimiter() == ',' && type.kind() != 'c'
        ? Parameter.of(type.sqlName())
        : Parameter.castFromText(type.sqlName());
  }

  /**
   * PostGIS reads GeoJSON by a function. GeoJSON as CockroachDB sends it has no SRID, so the
   * column's own is set: the wire lost it.
   */
  private static Parameter geometry(TypeFacts type, int modifier) {
    String read = Identifiers.quote(type.schema(), "st_geomfromgeojson") + "(";
    if (type.name().equals("geography")) {
      return new Parameter(Parameter.TEXT, read, ")::" + type.sqlName());
    }
    return new Parameter(
        Parameter.TEXT,
        Identifiers.quote(type.schema(), "st_setsrid") + "(" + read,
        "), " + srid(modifier) + ")");
  }

  /** gserialized_typmod.h: the SRID is bits 8 to 27, below its sign. */
  private static int srid(int modifier) {
    return modifier == NO_MODIFIER ? 0 : (modifier & 0x0fffff00) >> 8;
  }
}
