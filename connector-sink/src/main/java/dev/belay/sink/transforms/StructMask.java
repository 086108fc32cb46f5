package dev.belay.sink.transforms;

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

  /**
   * @throws DataException if a column cannot take what is to be put there
   */
  Struct of(Struct value) {
    if (images) {
      return envelope(value, IMAGES);
    }
    return value.schema().field("record") == null ? row(value) : envelope(value, RECORD);
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
      copy.put(field, part == null || !columns.contains(field.name()) ? part : masked(field));
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
