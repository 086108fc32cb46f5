package dev.belay.sink.decode;

import java.util.List;

/**
 * Tells the changes that replication in the other direction wrote at the source from those of
 * everybody else, by the mark that they carry (invariant I7 NoEcho). Rows of a snapshot carry none:
 * they are what the table has, whoever wrote it.
 */
final class DebeziumOrigins {
  private final List<String> marks;

  /**
   * @param marks nothing is left out if there are none
   */
  DebeziumOrigins(List<String> marks) {
    this.marks = List.copyOf(marks);
  }

  /**
   * @throws UnreadableException if something is to be left out, and the source does not tell who
   *     wrote this
   */
  boolean leavesOut(DebeziumSource source) throws UnreadableException {
    if (marks.isEmpty() || source.isRead()) {
      return false;
    }
    return switch (source.text("connector")) {
      case "postgresql" -> postgres(source);
      case "mysql" -> tag(source);
      case "mariadb" -> domain(source);
      case "oracle" -> user(source);
      default -> throw unknown("names no connector that has marks");
    };
  }

  private boolean postgres(DebeziumSource source) throws UnreadableException {
    if (!source.has("origin")) {
      throw unknown("has no field origin, which Debezium has from 3.5 on");
    }
    String origin = source.text("origin");
    return marks.stream().anyMatch(origin::startsWith);
  }

  /** Of {@code uuid:tag:number}; without a tag {@code uuid:number}. */
  private boolean tag(DebeziumSource source) throws UnreadableException {
    String[] parts = source.text("gtid").split(":");
    if (parts.length < 2) {
      throw unknown("has no gtid; set gtid_mode=ON in MySQL");
    }
    return parts.length > 2 && isMark(parts[1]);
  }

  /** Of {@code domain-server-number}. */
  private boolean domain(DebeziumSource source) throws UnreadableException {
    String[] parts = source.text("gtid").split("-");
    if (parts.length != 3) {
      throw unknown("has no gtid");
    }
    return isMark(parts[0]);
  }

  private boolean user(DebeziumSource source) throws UnreadableException {
    String user = source.text("user_name");
    if (user.isEmpty() || user.equals("UNKNOWN")) {
      throw unknown("has no user_name; it is known where the transaction's start was mined");
    }
    return isMark(user);
  }

  /** Users and tags are kept in one case, whatever case they were made in. */
  private boolean isMark(String found) {
    return marks.stream().anyMatch(found::equalsIgnoreCase);
  }

  private static UnreadableException unknown(String found) {
    return new UnreadableException(
        "The field source "
            + found
            + ". With origin.filter it must be known who wrote a change: one of our own would go"
            + " round in circles. Compare the row in both databases, and mend what keeps the source"
            + " from telling.");
  }
}
