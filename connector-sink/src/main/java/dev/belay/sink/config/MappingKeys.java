package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The keys that say what becomes of columns and of deletes that are not simply written. */
public final class MappingKeys {
  public static final String COLUMNS_UNKNOWN = "columns.unknown";
  public static final String COLUMNS_IGNORE = "columns.ignore";
  public static final String COLUMNS_MAP = "columns.map";
  public static final String DELETE_MODE = "delete.mode";
  public static final String VALUES_NOT_FINITE = "values.not.finite";
  public static final String VALUES_FRACTION = "values.fraction";

  static final String MARK = "mark:";

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

  private MappingKeys() {}

  static void define(KeyDefinition def) {
    def.optional(
        COLUMNS_UNKNOWN,
        Type.STRING,
        "fail",
        SinkKeys.nonBlank(),
        MEDIUM,
        Width.SHORT,
        "What to do with a column that the target table lacks. fail (default): the record is"
            + " rejected, after the catalog was read again. ignore: the column is left out; choose it"
            + " for CockroachDB's hidden columns such as rowid or crdb_region. Anything else is the name"
            + " of a column of type JSON, which takes all such columns of a row as one object; a table"
            + " without it takes no record with unknown columns, and a record without any leaves it as"
            + " it is.");
    def.optional(
        COLUMNS_IGNORE,
        Type.LIST,
        List.of(),
        null,
        LOW,
        Width.LONG,
        "Columns of the feed that are left out although the target may have them, as column or"
            + " table.column, for example password_hash,public.users.notes. Rows that are there keep what"
            + " they have in them; new rows get the default.");
    def.optional(
        COLUMNS_MAP,
        Type.LIST,
        List.of(),
        SinkKeys::checkPairs,
        LOW,
        Width.LONG,
        "Pairs feed:target for columns whose names differ, as column or table.column, for example"
            + " orders.note:remark,createdat:created_at. All others keep their name.");
    def.optional(
        DELETE_MODE,
        Type.STRING,
        "delete",
        MappingKeys::checkDeleteMode,
        MEDIUM,
        Width.SHORT,
        "What becomes of rows that the feed deletes. delete (default): they go. ignore: they stay as"
            + " they are. mark:<column>: they stay, and the column says so: true in a boolean column, the"
            + " commit time of the delete in one with a date and a time; false or NULL where the row is"
            + " there (again). Every target table needs the column. With ignore and mark the target is no"
            + " snapshot of CockroachDB, and unique values of rows that stay can keep new rows out.");
    def.optional(
        VALUES_NOT_FINITE,
        Type.STRING,
        "fail",
        MappingKeys::checkNotFinite,
        LOW,
        Width.SHORT,
        "What to write for NaN and infinities into a column that has none, which is every number of"
            + " MySQL and MariaDB, and every date of theirs. fail (default): the record is rejected. null:"
            + " NULL, where the column takes it. A number, for example 0 or -1: that number. Columns that"
            + " have such values get them as they are, and in key columns they are rejected in any case.");
    def.optional(
        VALUES_FRACTION,
        Type.STRING,
        "fail",
        Words.of("fail", "truncate"),
        LOW,
        Width.SHORT,
        "What to do with digits behind the point, of numbers and of seconds, that the column has no"
            + " room for. fail (default): the record is rejected, so that no value differs from"
            + " CockroachDB's unseen. truncate: they are cut off, towards zero and without a word; verify"
            + " will find the difference. Key columns are rejected in any case. A column that is widened"
            + " while the task runs gets whole values when the catalog is read again, at the latest at a"
            + " restart.");
  }

  private static void checkNotFinite(String name, Object value) {
    String text = String.valueOf(value);
    if (!text.equals("fail") && !text.equals("null") && !NUMBER.matcher(text).matches()) {
      throw new ConfigException(name, value, "is none of fail, null, or a number such as 0");
    }
  }

  private static void checkDeleteMode(String name, Object value) {
    String text = String.valueOf(value);
    boolean marks = text.startsWith(MARK) && text.length() > MARK.length();
    if (!text.equals("delete") && !text.equals("ignore") && !marks) {
      throw new ConfigException(name, value, "is none of delete, ignore, mark:<column>");
    }
  }
}
