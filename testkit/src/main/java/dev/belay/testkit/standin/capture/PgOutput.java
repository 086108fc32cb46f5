package dev.belay.testkit.standin.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One message of the {@code pgoutput} plugin, protocol version 1, text format. */
sealed interface PgOutput {

  /** Seconds from the Unix epoch to the first of January 2000, where PostgreSQL's times begin. */
  long EPOCH_SECONDS = 946_684_800L;

  /**
   * @param commitNanos commit time, nanoseconds since the Unix epoch
   */
  record Begin(long commitNanos, int xid) implements PgOutput {}

  record Commit(long endLsn) implements PgOutput {}

  record Origin(String name) implements PgOutput {}

  record Relation(int id, String schema, String name, List<Attribute> attributes)
      implements PgOutput {}

  record Attribute(String name, int typeOid, int typeModifier) {}

  record Insert(int relation, Tuple after) implements PgOutput {}

  record Update(int relation, Optional<Tuple> before, Tuple after) implements PgOutput {}

  record Delete(int relation, Tuple before) implements PgOutput {}

  record Truncate(List<Integer> relations) implements PgOutput {}

  /** Text of a {@code pg_logical_emit_message} call. */
  record Emitted(boolean transactional, String prefix, String content) implements PgOutput {}

  /** A message that says nothing of use here. */
  record Other() implements PgOutput {}

  /** A row's texts; null is NULL. Values that the server did not send again are marked. */
  record Tuple(String[] texts, boolean[] unchanged) {

    /** The texts, with values that were not sent again taken from the row before. */
    String[] completedFrom(Optional<Tuple> before) {
      for (int i = 0; i < texts.length; i++) {
        if (unchanged[i]) {
          texts[i] = before.orElseThrow().texts[i];
        }
      }
      return texts;
    }
  }

  static PgOutput parse(ByteBuffer in) {
    char kind = (char) in.get();
    return switch (kind) {
      case 'B' -> begin(in);
      case 'C' -> commit(in);
      case 'O' -> origin(in);
      case 'R' -> relation(in);
      case 'I' -> insert(in);
      case 'U' -> update(in);
      case 'D' -> delete(in);
      case 'T' -> truncate(in);
      case 'M' -> emitted(in);
      default -> new Other();
    };
  }

  private static Begin begin(ByteBuffer in) {
    in.getLong(); // where the transaction ends in the log
    long micros = in.getLong();
    return new Begin((EPOCH_SECONDS * 1_000_000L + micros) * 1_000L, in.getInt());
  }

  private static Commit commit(ByteBuffer in) {
    in.get();
    in.getLong();
    return new Commit(in.getLong());
  }

  private static Origin origin(ByteBuffer in) {
    in.getLong();
    return new Origin(string(in));
  }

  private static Relation relation(ByteBuffer in) {
    int id = in.getInt();
    String schema = string(in);
    String name = string(in);
    in.get(); // replica identity: always full
    List<Attribute> attributes = new ArrayList<>();
    for (int left = in.getShort(); left > 0; left--) {
      in.get(); // "part of the key": true for every column where the identity is full
      attributes.add(new Attribute(string(in), in.getInt(), in.getInt()));
    }
    return new Relation(id, schema, name, attributes);
  }

  private static Insert insert(ByteBuffer in) {
    int relation = in.getInt();
    in.get();
    return new Insert(relation, tuple(in));
  }

  private static Update update(ByteBuffer in) {
    int relation = in.getInt();
    Optional<Tuple> before = in.get() == 'N' ? Optional.empty() : Optional.of(tuple(in));
    if (before.isPresent()) {
      in.get();
    }
    return new Update(relation, before, tuple(in));
  }

  private static Delete delete(ByteBuffer in) {
    int relation = in.getInt();
    in.get();
    return new Delete(relation, tuple(in));
  }

  private static Truncate truncate(ByteBuffer in) {
    int count = in.getInt();
    in.get();
    List<Integer> relations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      relations.add(in.getInt());
    }
    return new Truncate(relations);
  }

  private static Emitted emitted(ByteBuffer in) {
    boolean transactional = in.get() == 1;
    in.getLong();
    String prefix = string(in);
    return new Emitted(transactional, prefix, text(in, in.getInt()));
  }

  private static Tuple tuple(ByteBuffer in) {
    int count = in.getShort();
    String[] texts = new String[count];
    boolean[] unchanged = new boolean[count];
    for (int i = 0; i < count; i++) {
      char kind = (char) in.get();
      if (kind == 't') {
        texts[i] = text(in, in.getInt());
      } else {
        unchanged[i] = kind == 'u';
      }
    }
    return new Tuple(texts, unchanged);
  }

  private static String text(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static String string(ByteBuffer in) {
    int start = in.position();
    while (in.get() != 0) {
      // to the end of the zero-terminated text
    }
    int length = in.position() - start - 1;
    in.position(start);
    String text = text(in, length);
    in.get();
    return text;
  }
}
