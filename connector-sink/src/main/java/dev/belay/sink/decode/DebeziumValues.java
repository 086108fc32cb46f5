package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.sink.change.Datum;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Reads values of Debezium's events by their schema, into what CockroachDB's JSON says for the same
 * value: from there on no room knows which source a value came from. One thread.
 */
final class DebeziumValues {
  private static final String JSON = "io.debezium.data.Json";
  private final String unavailable;
  private final byte[] unavailableBytes;
  private final String unavailableUuid;
  private final String unavailableObject;

  /**
   * @param unavailable the source connector's {@code unavailable.value.placeholder}, which stands
   *     for a value that the database did not put into its log because it had not changed
   */
  DebeziumValues(String unavailable) {
    this.unavailable = unavailable;
    this.unavailableBytes = unavailable.getBytes(UTF_8);
    JsonText object = new JsonText();
    object.put('{');
    object.quoted(unavailable);
    object.put(':');
    object.quoted(unavailable);
    object.put('}');
    this.unavailableObject = new String(object.bytes(), UTF_8);
    this.unavailableUuid = UUID.nameUUIDFromBytes(unavailableBytes).toString();
  }

  /**
   * The value at the cursor.
   *
   * @return empty if it is the placeholder: the value is not known, and is what it was
   */
  Optional<Datum> read(JsonCursor cursor, DebeziumType type) throws UnreadableException {
    if (cursor.isNull()) {
      return Optional.of(cursor.datum());
    }
    if (type.literal().equals("struct")) {
      return Optional.of(struct(cursor, type));
    }
    if (type.literal().equals("array")) {
      return array(cursor, type);
    }
    if (type.literal().equals("map")) {
      return map(cursor, type);
    }
    Datum wire = cursor.datum();
    if (wire instanceof Datum.Json) {
      throw unlike(type);
    }
    return isUnavailable(wire, type) ? Optional.empty() : Optional.of(plain(wire, type));
  }

  private boolean isUnavailable(Datum wire, DebeziumType type) throws UnreadableException {
    if (!(wire instanceof Datum.Text text)) {
      return false;
    }
    return switch (type.literal()) {
      case "string" ->
          text.text().equals(unavailable)
              || (type.name().equals(JSON) && text.text().equals(unavailableObject));
      case "bytes" ->
          type.name().isEmpty() && Arrays.equals(bytes(text.text(), type), unavailableBytes);
      default -> false;
    };
  }

  private static Datum plain(Datum wire, DebeziumType type) throws UnreadableException {
    return switch (type.literal()) {
      case "int8", "int16", "int32", "int64" -> count(wire, type);
      case "float", "double" -> number(wire, type);
      case "boolean" -> {
        if (!(wire instanceof Datum.Bool)) {
          throw unlike(type);
        }
        yield wire;
      }
      case "string" -> {
        if (!(wire instanceof Datum.Text)) {
          throw unlike(type);
        }
        yield string((Datum.Text) wire, type);
      }
      case "bytes" -> binary(wire, type);
      default -> throw unknown(type);
    };
  }

  /** Years of more than four digits have a sign, which CockroachDB's do not. */
  private static Datum string(Datum.Text wire, DebeziumType type) {
    return type.name().equals("io.debezium.time.ZonedTimestamp") && wire.text().startsWith("+")
        ? new Datum.Text(wire.text().substring(1))
        : wire;
  }

  private static Datum count(Datum wire, DebeziumType type) throws UnreadableException {
    OptionalLong count = DebeziumTimes.whole(wire);
    if (count.isEmpty()) {
      throw unlike(type);
    }
    if (type.name().isEmpty() || type.name().equals("io.debezium.time.Year")) {
      return wire;
    }
    if (DebeziumTimes.knows(type.name())) {
      return DebeziumTimes.read(type.name(), count.getAsLong());
    }
    if (type.name().equals("io.debezium.time.MicroDuration")) {
      throw approximate();
    }
    throw unknown(type);
  }

  private static Datum number(Datum wire, DebeziumType type) throws UnreadableException {
    if (type.name().endsWith("Duration")) {
      throw approximate();
    }
    if (wire instanceof Datum.Number || wire instanceof Datum.Text) {
      return wire;
    }
    throw unlike(type);
  }

  private static Datum binary(Datum wire, DebeziumType type) throws UnreadableException {
    switch (type.name()) {
      case "" -> {
        byte[] bytes = bytes(wire, type);
        return new Datum.Text("\\x" + HexFormat.of().formatHex(bytes));
      }
      case "io.debezium.data.Bits" -> {
        int length = length(type);
        if (length == Integer.MAX_VALUE || isVarying(type)) {
          throw new UnreadableException(
              "A bit string of varying length comes filled up to whole bytes, so that its length is"
                  + " unknown. Leave its column out with column.exclude.list of Debezium's"
                  + " connector, or give it a fixed length at the source.");
        }
        return new Datum.Text(bits(bytes(wire, type), length));
      }
      case "org.apache.kafka.connect.data.Decimal" -> {
        // with decimal.format=NUMERIC they are numbers
        return wire instanceof Datum.Number
            ? wire
            : decimal(bytes(wire, type), parameter(type, "scale"), type);
      }
      default -> throw unknown(type);
    }
  }

  private static Datum decimal(byte[] unscaled, Optional<Integer> scale, DebeziumType type)
      throws UnreadableException {
    if (scale.isEmpty() || unscaled.length == 0) {
      throw unlike(type);
    }
    return new Datum.Number(new BigDecimal(new BigInteger(unscaled), scale.get()).toString());
  }

  private static Optional<Integer> parameter(DebeziumType type, String name) {
    try {
      return Optional.ofNullable(type.parameters().get(name)).map(Integer::valueOf);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Known where Debezium's connector has {@code datatype.propagate.source.type}. */
  private static boolean isVarying(DebeziumType type) {
    return type.parameters()
        .getOrDefault("__debezium.source.column.type", "")
        .equalsIgnoreCase("VARBIT");
  }

  private static int length(DebeziumType type) throws UnreadableException {
    int length = parameter(type, "length").orElse(-1);
    if (length < 0) {
      throw unlike(type);
    }
    return length;
  }

  /**
   * The bits as digits, the most significant first.
   *
   * @param bytes the least significant first
   * @param length how many bits the column has
   */
  private static String bits(byte[] bytes, int length) {
    StringBuilder text = new StringBuilder();
    for (int bit = length - 1; bit >= 0; bit--) {
      boolean one = bit / 8 < bytes.length && (bytes[bit / 8] >> bit % 8 & 1) == 1;
      text.append(one ? '1' : '0');
    }
    return text.toString();
  }

  private static byte[] bytes(Datum wire, DebeziumType type) throws UnreadableException {
    if (wire instanceof Datum.Text text) {
      return bytes(text.text(), type);
    }
    throw unlike(type);
  }

  private static byte[] bytes(String base64, DebeziumType type) throws UnreadableException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw unlike(type);
    }
  }

  private static Datum struct(JsonCursor cursor, DebeziumType type) throws UnreadableException {
    if (!cursor.isObject()) {
      throw unlike(type);
    }
    switch (type.name()) {
      case "io.debezium.data.VariableScaleDecimal" -> {
        return variableScale(cursor, type);
      }
      case "io.debezium.data.geometry.Geometry",
          "io.debezium.data.geometry.Geography",
          "io.debezium.data.geometry.Point" -> {
        return geometry(cursor, type);
      }
      default -> throw unknown(type);
    }
  }

  private static Datum variableScale(JsonCursor cursor, DebeziumType type)
      throws UnreadableException {
    Optional<Integer> scale = Optional.empty();
    byte[] unscaled = {};
    while (cursor.nextField()) {
      switch (cursor.name()) {
        case "scale" -> {
          OptionalLong read = DebeziumTimes.whole(cursor.datum());
          scale = read.isPresent() ? Optional.of((int) read.getAsLong()) : Optional.empty();
        }
        case "value" -> unscaled = bytes(cursor.datum(), type);
        default -> cursor.skip();
      }
    }
    return decimal(unscaled, scale, type);
  }

  /** As EWKB in hexadecimal digits, which carries the SRID along. */
  private static Datum geometry(JsonCursor cursor, DebeziumType type) throws UnreadableException {
    byte[] wkb = {};
    OptionalLong srid = OptionalLong.empty();
    while (cursor.nextField()) {
      switch (cursor.name()) {
        case "wkb" -> wkb = bytes(cursor.datum(), type);
        case "srid" -> srid = DebeziumTimes.whole(cursor.datum());
        default -> cursor.skip();
      }
    }
    return new Datum.Text(Ewkb.hex(wkb, srid).orElseThrow(() -> unlike(type)));
  }

  private Optional<Datum> array(JsonCursor cursor, DebeziumType type) throws UnreadableException {
    DebeziumType items = type.items().orElseThrow(() -> unknown(type));
    if (!cursor.isArray()) {
      throw unlike(type);
    }
    JsonText text = new JsonText();
    text.put('[');
    int count = 0;
    boolean onlyUnavailable = false;
    StringBuilder numbers = new StringBuilder();
    while (cursor.nextElement()) {
      text.raw(count++ == 0 ? "" : ",");
      Optional<Datum> item = read(cursor, items);
      onlyUnavailable = count == 1 && isStandIn(item);
      if (items.literal().startsWith("int") && count <= unavailableBytes.length) {
        numbers.append(item.map(Datum::text).orElse("")).append(',');
      }
      put(text, item.orElseGet(() -> new Datum.Text(unavailable)), items);
    }
    text.put(']');
    if (onlyUnavailable || (count == unavailableBytes.length && isUnavailable(numbers))) {
      return Optional.empty();
    }
    return Optional.of(new Datum.Json(new String(text.bytes(), UTF_8)));
  }

  private boolean isStandIn(Optional<Datum> item) {
    return item.isEmpty() || item.get().text().equals(unavailableUuid);
  }

  /** Whether an array of numbers is the placeholder's bytes. */
  private boolean isUnavailable(CharSequence numbers) {
    StringBuilder own = new StringBuilder();
    for (byte b : unavailableBytes) {
      own.append(b).append(',');
    }
    return own.compareTo(new StringBuilder(numbers)) == 0;
  }

  private Optional<Datum> map(JsonCursor cursor, DebeziumType type) throws UnreadableException {
    DebeziumType values = type.items().orElseThrow(() -> unknown(type));
    if (!cursor.isObject()) {
      throw unlike(type);
    }
    JsonText text = new JsonText();
    text.put('{');
    int count = 0;
    boolean onlyUnavailable = false;
    while (cursor.nextField()) {
      String name = cursor.name();
      text.raw(count++ == 0 ? "" : ",");
      text.quoted(name);
      text.put(':');
      Optional<Datum> value = read(cursor, values);
      onlyUnavailable = count == 1 && value.isEmpty() && name.equals(unavailable);
      put(text, value.orElseGet(() -> new Datum.Text(unavailable)), values);
    }
    text.put('}');
    return onlyUnavailable
        ? Optional.empty()
        : Optional.of(new Datum.Json(new String(text.bytes(), UTF_8)));
  }

  private static void put(JsonText text, Datum value, DebeziumType type) {
    if (value instanceof Datum.Text string && !type.name().equals(JSON)) {
      text.quoted(string.text());
    } else {
      text.raw(value.text());
    }
  }

  private static UnreadableException unlike(DebeziumType type) {
    return new UnreadableException(
        "A value is none of its schema's type "
            + (type.name().isEmpty() ? type.literal() : type.name())
            + ". Check what changed the record between Debezium's connector and here.");
  }

  private static UnreadableException approximate() {
    return new UnreadableException(
        "An interval comes as a count of microseconds, in which months are an average. Set"
            + " interval.handling.mode=string on Debezium's connector.");
  }

  private static UnreadableException unknown(DebeziumType type) {
    return new UnreadableException(
        "A value has the type "
            + (type.name().isEmpty() ? type.literal() : type.name())
            + ", which this version does not read. Leave its column out with column.exclude.list of"
            + " Debezium's connector, or change the handling mode that makes it.");
  }
}
