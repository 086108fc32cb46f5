package dev.belay.sink.target;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The names of the tables in schema {@code belay}, and the script that makes them, which lies
 * beside each room.
 */
public final class CheckpointScript {
  public static final String CHECKPOINT = "belay.belay_checkpoint";
  public static final String FRONTIER = "belay.belay_frontier";
  public static final String REJECTION = "belay.belay_rejection";

  /** Made by {@code conflicts.sql}, for those who want them. */
  public static final String TOMBSTONE = "belay.belay_tombstone";

  public static final String CONFLICT = "belay.belay_conflict";

  private static final String RESOURCE = "belay-schema.sql";

  /** Ends a statement in the script; statements may hold semicolons themselves. */
  private static final String SEPARATOR = "\n-- next\n";

  private CheckpointScript() {}

  /**
   * The script that a DBA runs by hand, statement by statement.
   *
   * @param room a class in the package that it lies in
   */
  public static List<String> statements(Class<?> room) {
    try (InputStream script = room.getResourceAsStream(RESOURCE)) {
      return List.of(
          new String(script.readAllBytes(), StandardCharsets.UTF_8).strip().split(SEPARATOR));
    } catch (IOException unreadableJar) {
      throw new UncheckedIOException(unreadableJar);
    }
  }
}
