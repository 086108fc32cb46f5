package dev.belay.cli.handover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which steps are done, a line of JSON each, on disk before the next one begins. Whoever is killed
 * goes on where it was; a line that was cut off was not done. One process at a time.
 */
final class StepJournal implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String STEP = "step";

  private final Path file;
  private final FileChannel channel;
  private final Map<String, String> done = new LinkedHashMap<>();

  private StepJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens a journal, or makes it.
   *
   * @param of whose it is; that of another one is refused
   * @throws IOException if it cannot be used; the message is for the user
   */
  static StepJournal open(Path file, Map<String, String> of) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException("The journal " + file + " cannot be written.", e);
    }
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new OverlappingFileLockException();
      }
      StepJournal journal = new StepJournal(file, channel);
      journal.read(of);
      return journal;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException("The journal " + file + " is in use: another command is at it.", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void read(Map<String, String> of) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // until all of it is there
    }
    String text = new String(bytes.array(), StandardCharsets.UTF_8);
    int whole = text.lastIndexOf('\n') + 1;
    if (whole == 0) {
      ObjectNode head = JSON.createObjectNode();
      new TreeMap<>(of).forEach(head::put);
      // nothing, or a head that was cut off
      if (!head.toString().startsWith(text)) {
        throw notOurs(null);
      }
      keep(0);
      append(head);
      return;
    }
    boolean isHead = true;
    for (String line : text.substring(0, whole).lines().toList()) {
      JsonNode entry = entry(line);
      if (isHead) {
        requireSame(entry, of);
      } else if (entry.path("again").asBoolean()) {
        done.clear();
      } else {
        done.put(entry.path(STEP).asText(), entry.path("value").asText(""));
      }
      isHead = false;
    }
    // a line that was cut off is written again
    keep(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
  }

  private void keep(long bytes) throws IOException {
    channel.truncate(bytes);
    channel.position(bytes);
  }

  private IOException notOurs(JsonProcessingException cause) {
    return new IOException(file + " is no journal of this command: name another file.", cause);
  }

  private JsonNode entry(String line) throws IOException {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw notOurs(e);
    }
  }

  private void requireSame(JsonNode head, Map<String, String> of) throws IOException {
    for (Map.Entry<String, String> each : of.entrySet()) {
      if (!head.path(each.getKey()).asText().equals(each.getValue())) {
        throw new IOException(
            file
                + " is the journal of another "
                + each.getKey()
                + ": name another file with --journal.");
      }
    }
  }

  /** What a step left, if it is done. */
  Optional<String> value(String step) {
    return Optional.ofNullable(done.get(step));
  }

  /** A step is done. On disk when this returns. */
  void done(String step, String value) throws IOException {
    append(
        JSON.createObjectNode()
            .put(STEP, step)
            .put("value", value)
            .put("at", Instant.now().toString()));
    done.put(step, value);
  }

  /** Nothing is done any more, since something else happened meanwhile. */
  void again(String why) throws IOException {
    append(
        JSON.createObjectNode()
            .put("again", true)
            .put("why", why)
            .put("at", Instant.now().toString()));
    done.clear();
  }

  private void append(ObjectNode entry) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((entry + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
