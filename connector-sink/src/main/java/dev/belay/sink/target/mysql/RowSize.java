package dev.belay.sink.target.mysql;

import dev.belay.sink.change.TableName;
import dev.belay.sink.step.StepRow;
import java.util.ArrayList;
import java.util.List;

/**
 * How many rows fit into one statement: the server ends a connection that sends a longer one than
 * its max_allowed_packet.
 *
 * @param limit of bytes of a statement
 */
record RowSize(long limit) {

  /** For what stands around the rows, and for what the driver sends before them. */
  private static final int AROUND = 4_096;

  /** For a value's quotes, its comma, and a function around it. */
  private static final int AROUND_VALUE = 64;

  static RowSize of(ServerFacts facts) {
    return new RowSize(facts.maxPacket());
  }

  /**
   * Cuts rows into runs.
   *
   * @param most rows of a run
   * @param times how often each value is sent
   * @param textPerRow bytes of the statement's own text for each row
   * @throws OwnFault if one row alone is too long
   */
  List<List<StepRow>> runs(TableName table, List<StepRow> rows, int most, int times, int textPerRow)
      throws OwnFault {
    List<List<StepRow>> runs = new ArrayList<>();
    long room = limit - AROUND;
    long used = 0;
    int from = 0;
    for (int i = 0; i < rows.size(); i++) {
      long bytes = textPerRow + times * bytes(rows.get(i).values());
      if (bytes > room) {
        throw OwnFault.tooLong(table.toString(), limit);
      }
      if (i - from == most || used + bytes > room) {
        runs.add(rows.subList(from, i));
        from = i;
        used = 0;
      }
      used += bytes;
    }
    runs.add(rows.subList(from, rows.size()));
    return runs;
  }

  /** At most so many: a character is at most three bytes, or two where it is escaped. */
  static long bytes(String[] values) {
    long bytes = 0;
    for (String value : values) {
      bytes += AROUND_VALUE + (value == null ? 0 : bytes(value));
    }
    return bytes;
  }

  private static long bytes(String value) {
    if (value.length() < 256) {
      return 3L * value.length();
    }
    long bytes = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      bytes += c < 0x80 ? isEscaped(c) ? 2 : 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  private static boolean isEscaped(char c) {
    return c < 0x20 || c == '\'' || c == '"' || c == '\\' || c == 0x7f;
  }
}
