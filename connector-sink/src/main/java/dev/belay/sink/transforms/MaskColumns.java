package dev.belay.sink.transforms;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Puts something else in the place of columns, in the row as it is and as it was, before the
 * connector sees them. Connect's own {@code MaskField} reaches the fields of the envelope only, and
 * no bytes. All else of the record stays as it was, to the digit; NULL stays NULL.
 *
 * <p>One thread, as Connect has it.
 */
public final class MaskColumns<R extends ConnectRecord<R>> implements Transformation<R> {
  static final String COLUMNS = "columns";
  static final String REPLACEMENT = "replacement";
  static final String ENVELOPE = "envelope";

  private static final Set<String> WITH_IMAGES = Set.of("wrapped", "enriched");

  private JsonMask json = new JsonMask(Set.of(), Optional.empty(), true);
  private StructMask structs = new StructMask(Set.of(), Optional.empty(), true);

  /** The keys of this transform. */
  public static ConfigDef definition() {
    return new ConfigDef()
        .define(
            COLUMNS,
            Type.LIST,
            ConfigDef.NO_DEFAULT_VALUE,
            MaskColumns::checkColumns,
            Importance.HIGH,
            "Names of the columns, as the feed has them. A predicate (TopicNameMatches) limits the"
                + " transform to the topics of some tables. Columns of the primary key cannot be masked: the"
                + " Kafka key has them too, and a record whose keys differ is rejected.")
        .define(
            REPLACEMENT,
            Type.STRING,
            null,
            Importance.HIGH,
            "Text in place of each value that is not NULL. Unset, the value becomes NULL.")
        .define(
            ENVELOPE,
            Type.STRING,
            "wrapped",
            ConfigDef.ValidString.in("wrapped", "enriched", "bare", "row"),
            Importance.MEDIUM,
            "Option envelope of the changefeed: wrapped and enriched have the row under after and"
                + " before, bare and row have its columns by themselves.");
  }

  private static void checkColumns(String name, Object value) {
    if (value instanceof List<?> names && names.isEmpty()) {
      throw new ConfigException(
          name + ": names no column. Name those to mask, or take the transform away.");
    }
  }

  @Override
  public ConfigDef config() {
    return definition();
  }

  @Override
  public void configure(Map<String, ?> settings) {
    AbstractConfig config = new AbstractConfig(definition(), settings, false);
    Set<String> columns = Set.copyOf(config.getList(COLUMNS));
    Optional<String> replacement = Optional.ofNullable(config.getString(REPLACEMENT));
    boolean images = WITH_IMAGES.contains(config.getString(ENVELOPE));
    json = new JsonMask(columns, replacement, images);
    structs = new StructMask(columns, replacement, images);
  }

  /**
   * @throws DataException if the value is nothing that columns can be found in: it must not pass
   *     unmasked
   */
  @Override
  public R apply(R record) {
    Object value = record.value();
    if (value == null) {
      return record;
    }
    if (value instanceof byte[] bytes) {
      return with(record, json.of(bytes));
    }
    if (value instanceof String text) {
      byte[] masked = json.of(text.getBytes(StandardCharsets.UTF_8));
      return with(record, new String(masked, StandardCharsets.UTF_8));
    }
    if (value instanceof Struct struct) {
      return with(record, structs.of(struct));
    }
    throw new DataException(
        "MaskColumns reads JSON as bytes or text, and Structs; the value is a "
            + value.getClass().getSimpleName()
            + ". Set value.converter to ByteArrayConverter, or to the converter of the feed's schema"
            + " registry.");
  }

  static DataException anotherEnvelope(String found) {
    return new DataException(
        "MaskColumns found a record with "
            + found
            + ", so it is not of the envelope that the transform is set to, and its columns are not"
            + " where they would be masked. Set the transform's key envelope to that of the"
            + " changefeed.");
  }

  private R with(R record, Object value) {
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        value,
        record.timestamp());
  }

  @Override
  public void close() {
    // holds nothing
  }
}
