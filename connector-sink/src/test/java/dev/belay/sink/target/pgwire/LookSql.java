package dev.belay.sink.target.pgwire;

import dev.belay.sink.shape.SequenceShape;

/** Shows tests the statement that looks at a sequence. */
public final class LookSql {
  private LookSql() {}

  public static String of(SequenceShape sequence) {
    return PgSequences.lookSql(sequence);
  }
}
