package dev.belay.sink.harness;

import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * Runs {@code config/sql/.../conflicts.sql} as a DBA does: with the sink's role, and with the
 * user's tables and applications in place of those that the script has for an example.
 */
public final class ConflictScript {
  private ConflictScript() {}

  /**
   * Makes what the script makes, and the trigger on a table with the key {@code id}.
   *
   * @param application a role that there is
   */
  public static void run(TargetDatabase db, String table, String application) {
    boolean postgres = db.target().name().equals("PostgreSQL");
    String text = text(postgres ? "postgresql" : "cockroachdb");
    if (postgres) {
      db.sql(statements(text.replace(":\"role\"", db.role())));
      db.sql(
          "CREATE TRIGGER belay_tombstone AFTER DELETE OR UPDATE OF id ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION belay.note_delete()");
    } else {
      db.sql(
          statements(
              text.replace("TO belay;", "TO " + db.role() + ";")
                  .replace("TO app;", "TO " + application + ";")
                  .replace("'orders'", "'" + table + "'")
                  .replace("ON orders", "ON " + table)));
    }
  }

  private static String[] statements(String text) {
    return Arrays.stream(text.split("\n-- next\n")).toArray(String[]::new);
  }

  private static String text(String product) {
    try {
      return Files.readString(Repository.ROOT.resolve("config/sql/" + product + "/conflicts.sql"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
