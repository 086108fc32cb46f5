package dev.belay.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A JVM that this one started, for a part that must be killed or needs a class path of its own. Its
 * main class works inside {@link ChildLife#run}, so that it never outlives this JVM, not even when
 * this one is killed.
 *
 * <p>What it prints goes to the end of its log file. When it is ready it announces its address by
 * {@link ChildLife#announce}. The methods may be called from any thread.
 */
public final class ChildJvm {

  private static final Duration KILL_WAIT = Duration.ofSeconds(10);
  private static final int TAIL_LINES = 40;

  private final String name;
  private final Process process;
  private final Path logFile;
  private final Path announcement;

  private ChildJvm(String name, Process process, Path logFile, Path announcement) {
    this.name = name;
    this.process = process;
    this.logFile = logFile;
    this.announcement = announcement;
  }

  /**
   * Starts a JVM with the java of this one.
   *
   * @param main its main class; the first argument it gets is the announcement file
   * @param args further arguments
   * @param announcement the file in which the child will leave its address; an old one is deleted
   * @param logFile gets standard output and standard error, appended
   */
  public static ChildJvm start(
      Class<?> main,
      List<String> args,
      List<Path> classPath,
      List<String> jvmOptions,
      Path announcement,
      Path logFile)
      throws IOException {
    return start(main, args, classPath, jvmOptions, Map.of(), announcement, logFile);
  }

  /**
   * Starts a JVM with the java of this one.
   *
   * @param environment variables beside those of this JVM
   * @see #start(Class, List, List, List, Path, Path)
   */
  public static ChildJvm start(
      Class<?> main,
      List<String> args,
      List<Path> classPath,
      List<String> jvmOptions,
      Map<String, String> environment,
      Path announcement,
      Path logFile)
      throws IOException {
    Files.deleteIfExists(announcement);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add(main.getName());
    command.add(announcement.toString());
    command.addAll(args);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
    builder.environment().putAll(environment);
    // In the environment rather than on the command line, which so stays readable in a process
    // list.
    builder
        .environment()
        .put(
            "CLASSPATH",
            classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    return new ChildJvm(main.getSimpleName(), builder.start(), logFile, announcement);
  }

  /** Options that let slf4j-simple write to the log file, time first, at this level. */
  public static List<String> logging(String level) {
    String simple = "-Dorg.slf4j.simpleLogger.";
    return List.of(
        simple + "defaultLogLevel=" + level,
        simple + "showDateTime=true",
        simple + "dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ");
  }

  /**
   * Waits until the child has announced its address.
   *
   * @throws IllegalStateException with the end of the log if it ends first or the time is over
   */
  public String awaitAnnouncement(Duration atMost) {
    Deadline.in(atMost)
        .await(
            () -> name + " announces itself; it said:\n" + logTail(),
            () -> {
              if (Files.exists(announcement)) {
                return true;
              }
              if (!isAlive()) {
                throw new IllegalStateException(
                    name + " ended with status " + process.exitValue() + ":\n" + logTail());
              }
              return false;
            });
    try {
      return Files.readString(announcement);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The operating system's number of the process. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The status it ended with; empty while it runs. */
  public Optional<Integer> exitStatus() {
    return isAlive() ? Optional.empty() : Optional.of(process.exitValue());
  }

  /** Ends it with {@code kill -9} and waits until it is gone. Does nothing if it has ended. */
  public void kill9() {
    process.destroyForcibly();
    awaitEnd(KILL_WAIT);
  }

  /** Freezes it with {@code kill -STOP}: it keeps its connections and does nothing. */
  public void freeze() {
    Signal.STOP.send(pid());
  }

  /** Wakes it up; does nothing if it is awake or has ended. */
  public void thaw() {
    if (isAlive()) {
      Signal.CONT.send(pid());
    }
  }

  /** Asks it to end (TERM), waits, and kills it if it is not gone in time. */
  public void stop(Duration patience) {
    // Not Process.destroy(): that closes the child's standard input as well, which the child takes
    // for the death of its parent, and it would leave without shutting down.
    process.toHandle().destroy();
    waitFor(patience);
    kill9();
  }

  /** The last lines of the log, for a message; empty if there is none. */
  public String logTail() {
    try {
      // Not readAllLines: a child that was killed may have left half a character.
      List<String> lines =
          new String(Files.readAllBytes(logFile), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }

  private void awaitEnd(Duration atMost) {
    if (!waitFor(atMost)) {
      throw new IllegalStateException(name + ", process " + pid() + ", does not end");
    }
  }

  private boolean waitFor(Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !isAlive();
    }
  }
}
