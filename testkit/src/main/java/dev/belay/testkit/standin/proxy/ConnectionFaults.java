package dev.belay.testkit.standin.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of clients' connections beside the ordinary. Any thread.
 *
 * <p>One thread of its own looks for idle connections, once somebody has asked for that; {@link
 * #close} ends it.
 */
public final class ConnectionFaults implements AutoCloseable {

  /** When a connection is cut, or a statement fails. */
  public enum Moment {
    /** Before the statement reaches the server. */
    BEFORE,
    /** After the statement was done, before its answer goes out. */
    AFTER
  }

  /** What happens to a statement. */
  sealed interface Fate {
    record Cut(Moment moment) implements Fate {}

    record Fail(String state, String message, Moment moment) implements Fate {}

    record Wait(HeldStatement held) implements Fate {}
  }

  private record Trap(String text, Fate fate, int left) {}

  private static final long LOOK_EVERY_MILLIS = 10;

  private final Set<FrontSocket> connections = ConcurrentHashMap.newKeySet();
  private final List<Trap> traps = new ArrayList<>();
  private final List<HeldStatement> heldStatements = new ArrayList<>();
  private volatile boolean refusing;
  private volatile Duration delay = Duration.ZERO;
  private volatile Duration idleLimit = Duration.ZERO;
  private Optional<ScheduledExecutorService> reaper = Optional.empty();

  /** Cuts all connections that are there. */
  public void cutAll() {
    connections.forEach(FrontSocket::cut);
  }

  /** Cuts the connection on which the next statement comes that contains a text, in any case. */
  public synchronized void cutNext(String text, Moment moment) {
    traps.add(new Trap(text.toLowerCase(Locale.ROOT), new Fate.Cut(moment), 1));
  }

  /** Lets the next statements that contain a text, in any case, fail instead of being done. */
  public void failNext(String text, String state, String message, int times) {
    failNext(text, state, message, times, Moment.BEFORE);
  }

  /**
   * Lets the next statements that contain a text, in any case, fail.
   *
   * @param moment BEFORE: the server has not heard of it; AFTER: it is done, and its client is told
   *     that it failed
   */
  public synchronized void failNext(
      String text, String state, String message, int times, Moment moment) {
    traps.add(
        new Trap(text.toLowerCase(Locale.ROOT), new Fate.Fail(state, message, moment), times));
  }

  /**
   * Lets the next statement wait that contains a text, in any case, and tells when it is there.
   *
   * @param moment BEFORE: the server has not heard of it; AFTER: it is done, and its client does
   *     not know yet
   */
  public synchronized HeldStatement holdNext(String text, Moment moment) {
    HeldStatement held = new HeldStatement(moment);
    traps.add(new Trap(text.toLowerCase(Locale.ROOT), new Fate.Wait(held), 1));
    heldStatements.add(held);
    return held;
  }

  /** Takes back what was said of statements to come, and lets those go that wait. */
  public synchronized void clear() {
    traps.clear();
    heldStatements.forEach(HeldStatement::release);
    heldStatements.clear();
  }

  /** Closes new connections at once, or takes them again. */
  public void refuse(boolean refuse) {
    refusing = refuse;
  }

  /** Holds up everything that goes to clients. */
  public void delay(Duration howLong) {
    delay = howLong;
  }

  /**
   * Cuts connections on which nothing was said for so long, in either direction.
   *
   * @param howLong zero for never
   */
  public synchronized void dropIdle(Duration howLong) {
    idleLimit = howLong;
    if (reaper.isEmpty()) {
      ScheduledExecutorService executor =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread thread = new Thread(work, "standin-idle-connections");
                thread.setDaemon(true);
                return thread;
              });
      executor.scheduleWithFixedDelay(
          this::cutIdle, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      reaper = Optional.of(executor);
    }
  }

  private void cutIdle() {
    Duration limit = idleLimit;
    if (!limit.isZero()) {
      connections.stream()
          .filter(connection -> connection.idleFor().compareTo(limit) > 0)
          .forEach(FrontSocket::cut);
    }
  }

  /**
   * @throws IOException if nobody is let in
   */
  void admit(FrontSocket connection) throws IOException {
    if (refusing) {
      connection.close();
      throw new IOException("connections are refused");
    }
    connections.add(connection);
  }

  void leave(FrontSocket connection) {
    connections.remove(connection);
  }

  /** What happens to this statement, other than that it runs; asked once for each time it runs. */
  synchronized Optional<Fate> fate(String sql) {
    if (traps.isEmpty()) {
      return Optional.empty();
    }
    String folded = sql.toLowerCase(Locale.ROOT);
    for (Iterator<Trap> i = traps.iterator(); i.hasNext(); ) {
      Trap trap = i.next();
      if (folded.contains(trap.text())) {
        int place = traps.indexOf(trap);
        if (trap.left() == 1) {
          i.remove();
        } else {
          traps.set(place, new Trap(trap.text(), trap.fate(), trap.left() - 1));
        }
        return Optional.of(trap.fate());
      }
    }
    return Optional.empty();
  }

  Duration delay() {
    return delay;
  }

  @Override
  public synchronized void close() {
    clear();
    reaper.ifPresent(ScheduledExecutorService::shutdownNow);
  }
}
