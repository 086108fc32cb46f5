package dev.belay.testkit.connect;

import dev.belay.testkit.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Lets a source task wait before it sends a certain record, so that a test can act at that very
 * moment: kill the worker, kill the broker. It works in the worker's JVM, as an interceptor of the
 * task's producer, and is told by files of a folder what to do; the test's side is {@link #hold}
 * and what it returns. The thread that sends is the task's.
 *
 * <p>In a task of exactly-once delivery, the record of its offsets goes out last of a transaction:
 * to hold that is to hold the commit, with all rows of the transaction sent.
 */
public final class RecordGate implements ProducerInterceptor<byte[], byte[]> {
  private static final String FOLDER = "belay.gate.dir";
  private static final String WANTED = "wanted";
  private static final String REACHED = "reached";
  private static final long LOOK_EVERY_MILLIS = 5;

  private Path folder = Path.of("");

  /** Settings of a connector whose task shall know the gate. */
  public static Map<String, String> settings(Path folder) {
    return Map.of(
        "producer.override.interceptor.classes",
        RecordGate.class.getName(),
        "producer.override." + FOLDER,
        folder.toString());
  }

  /**
   * Lets the next record wait that goes to a topic and has a text in its key or value.
   *
   * @param folder of the connector's settings; made if it is not there
   */
  public static Held hold(Path folder, String topic, String text) throws IOException {
    Files.createDirectories(folder);
    Files.deleteIfExists(folder.resolve(REACHED));
    Path whole = Files.writeString(folder.resolve("next"), topic + "\n" + text);
    Files.move(whole, folder.resolve(WANTED), StandardCopyOption.ATOMIC_MOVE);
    return new Held(folder);
  }

  /** A record that is waited for, or waits. */
  public static final class Held {
    private final Path folder;

    private Held(Path folder) {
      this.folder = folder;
    }

    /** Returns when the record is about to be sent. */
    public void awaitReached(Duration atMost) {
      Deadline.in(atMost)
          .await("the record is at the gate", () -> Files.exists(folder.resolve(REACHED)));
    }

    /** Lets it go, and all that follow; another {@link #hold} does so too, but for its own. */
    public void release() throws IOException {
      Files.deleteIfExists(folder.resolve(WANTED));
    }
  }

  @Override
  public void configure(Map<String, ?> settings) {
    folder = Path.of(String.valueOf(settings.get(FOLDER)));
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
    Path wanted = folder.resolve(WANTED);
    try {
      List<String> told = told(wanted);
      if (isMeant(record, told)) {
        Files.writeString(folder.resolve(REACHED), record.topic());
        while (told(wanted).equals(told)) {
          TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return record;
  }

  private static List<String> told(Path wanted) throws IOException {
    try {
      return Files.readAllLines(wanted);
    } catch (NoSuchFileException nothing) {
      return List.of();
    }
  }

  private static boolean isMeant(ProducerRecord<byte[], byte[]> record, List<String> wanted) {
    return wanted.size() == 2
        && record.topic().equals(wanted.get(0))
        && (has(record.key(), wanted.get(1)) || has(record.value(), wanted.get(1)));
  }

  private static boolean has(byte[] bytes, String text) {
    return bytes != null && new String(bytes, StandardCharsets.UTF_8).contains(text);
  }

  @Override
  public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
    // only what is to come is held
  }

  @Override
  public void close() {
    // files are the test's
  }
}
