package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;

import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The keys that one kind of database alone knows. */
public final class DatabaseKeys {
  public static final String ORACLE_EMPTY_STRING = "oracle.empty.string";
  public static final String MYSQL_CYCLE_CHECKS = "mysql.cycle.checks";

  static final String OFF_IN_WINDOW = "off-in-window";

  private DatabaseKeys() {}

  static void define(KeyDefinition def) {
    def.optional(
        ORACLE_EMPTY_STRING,
        Type.STRING,
        "fail",
        emptyString(),
        LOW,
        Width.MEDIUM,
        "What Oracle, to which an empty string is NULL, gets for one in a column that is NOT NULL and in"
            + " no primary key: fail rejects the record, blank writes one blank, and text:... writes"
            + " what follows the colon. Nullable columns get NULL in any case. Set it if the"
            + " application of the old database had such a convention.");
    def.optional(
        MYSQL_CYCLE_CHECKS,
        Type.STRING,
        "refuse",
        Words.of("refuse", OFF_IN_WINDOW),
        LOW,
        Width.SHORT,
        "For MySQL and MariaDB, which check foreign keys row by row: what to do about tables that"
            + " reference each other in a circle by foreign keys that cannot be NULL. refuse (default):"
            + " validation says which, and the task stops at the first row of such a table. off-in-window:"
            + " where a window fits in no order, such rows are written with foreign_key_checks=0 in this"
            + " session, each reference of theirs is looked up in the same transaction before COMMIT, and"
            + " a row that references nothing is undone and treated as one that fails its foreign key.");
  }

  private static Validator emptyString() {
    return new Validator() {
      @Override
      public void ensureValid(String name, Object value) {
        String text = String.valueOf(value);
        if (!text.equals("fail") && !text.equals("blank") && !text.matches("(?s)text:.+")) {
          throw new ConfigException(name, value, "is none of fail, blank, text:...");
        }
      }

      @Override
      public String toString() {
        return "fail, blank, text:...";
      }
    };
  }
}
