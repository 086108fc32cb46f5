package dev.belay.sink.plan;

import dev.belay.sink.change.Datum;

/** As which JSON type the values of a kind of column come. */
enum WireKind {
  NUMBER,
  BOOLEAN,
  TEXT,
  JSON;

  /**
   * @param kind of a {@link dev.belay.sink.shape.ColumnShape}
   */
  static WireKind of(String kind) {
    return switch (kind) {
      case "integer", "decimal", "float" -> NUMBER;
      case "boolean" -> BOOLEAN;
      case "json", "array", "geometry" -> JSON;
      default -> TEXT;
    };
  }

  boolean carries(Datum value) {
    return switch (this) {
      case NUMBER -> value instanceof Datum.Number;
      case BOOLEAN -> value instanceof Datum.Bool;
      case TEXT -> value instanceof Datum.Text;
      case JSON -> value instanceof Datum.Json;
    };
  }
}
