package dev.belay.sink.transforms;

import dev.belay.sink.decode.AvroNames;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * Copies a changefeed's record, as a converter has read it, but for some columns.
 *
 * @param replacement empty for NULL
 * @param images whether rows are under {@code after} and {@code before}; else they are at the top,
 *     or under {@code record}, where Avro's form of {@code envelope=bare} has them
 */
record StructMask(Set<String> columns, Optional<String> replacement, boolean images) {
  private static final Set<String> IMAGES = Set.of("after", "before");
  private static final Set<String> RECORD = Set.of("record");
  private static final Set<String> ENVELOPE = Set.of("after", "before", "resolved");

  /**
   * @throws DataException if a column cannot take what is to be put there
   */
  Struct of(Struct value) {
    Schema schema = value.schema();
    if (images) {
      if (ENVELOPE.stream().allMatch(name -> schema.field(name) == null)) {
        throw MaskColumns.anotherEnvelope("neither after nor before");
      }
      return envelope(value, IMAGES);
    }
    if (schema.field("record") != null) {
      return envelope(value, RECORD);
    }
    if (schema.field("after") != null && schema.fields().stream().noneMatch(this::isMasked)) {
      throw MaskColumns.anotherEnvelope("after and none of the columns");
    }
    return row(value);
  }

  /** A converter of Avro leaves names as Avro has them. */
  private boolean isMasked(Field field) {
    return columns.contains(AvroNames.plain(field.name()));
  }

  private Struct envelope(Struct value, Set<String> rows) {
    Struct copy = new Struct(value.schema());
    for (Field field : value.schema().fields()) {
      Object part = value.getWithoutDefault(field.name());
      copy.put(field, part instanceof Struct row && rows.contains(field.name()) ? row(row) : part);
    }
    return copy;
  }

  private Struct row(Struct row) {
    Struct copy = new Struct(row.schema());
    for (Field field : row.schema().fields()) {
      Object part = row.getWithoutDefault(field.name());
      copy.put(field, part == null || !isMasked(field) ? part : masked(field));
    }
    return copy;
  }

  private Object masked(Field field) {
    boolean fits =
        replacement.isPresent()
            ? field.schema().type() == Schema.Type.STRING
            : field.schema().isOptional();
    if (!fits) {
      throw new DataException(
          "MaskColumns cannot put "
              + (replacement.isPresent() ? "a text" : "NULL")
              + " into column "
              + field.name()
              + ", which is of type "
              + field.schema().type()
              + (field.schema().isOptional() ? "" : " and NOT NULL")
              + " in the record's schema. "
              + (replacement.isPresent()
                  ? "Take replacement away, so that it becomes NULL."
                  : "Set replacement to a text."));
    }
    return replacement.orElse(null);
  }
}
