package dev.belay.sink;

import dev.belay.sink.apply.Flight;
import dev.belay.sink.apply.InDoubtException;
import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.Outcome;
import dev.belay.sink.apply.Standing;
import dev.belay.sink.apply.WindowApplier;
import dev.belay.sink.apply.Writer;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.PlanInput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one window at a time into the target, and finds out what became of it (invariant I2
 * Fenced). While one is under way, the target's connection belongs to it.
 */
final class Passage {
  private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

  /** How long a window under way may take once its partitions are wanted elsewhere. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** What follows from the verdict on a window. */
  interface Arrival {
    /**
     * @param took from the plan to the answer to COMMIT; zero if that answer was lost
     */
    void committed(Window window, Outcome outcome, Duration took);

    /** The checkpoint rows say something else than this task knew. */
    void restored(String why);

    void startOver(String why);

    /** Somebody else has claimed the partitions. */
    void fenced();
  }

  /** A window that was sent; its fate is open until {@link Flight#finish}, or is in doubt. */
  private record Sent(Window window, Flight flight, long since) {}

  private record Doubt(Window window, InDoubtException cause) {}

  private final WindowApplier applier;
  private final Writer writer;
  private final Newest newest;
  private final Arrival arrival;
  private final LongSupplier nanoTime;
  private Optional<Sent> sent = Optional.empty();

  /** The one after it, planned as if that had arrived as planned. */
  private Optional<Sent> ready = Optional.empty();

  /** Whether it was found that what follows the one under way cannot be planned before. */
  private boolean hopeless;

  private Optional<Doubt> doubt = Optional.empty();

  Passage(
      WindowApplier applier, Writer writer, Newest newest, Arrival arrival, LongSupplier nanoTime) {
    this.applier = applier;
    this.writer = writer;
    this.newest = newest;
    this.arrival = arrival;
    this.nanoTime = nanoTime;
  }

  /** Whether a window is still on its way, so that no other can be sent. */
  boolean isUnderWay() {
    return sent.isPresent();
  }

  /** The window under way; there must be one. */
  Window underWay() {
    return sent.orElseThrow().window();
  }

  /** Whether it is worth trying to {@link #prepare} the window after the one under way. */
  boolean mayPrepare() {
    return isUnderWay() && ready.isEmpty() && !hopeless;
  }

  /** Whether the window after the one under way is planned. */
  boolean isNextReady() {
    return ready.isPresent();
  }

  /**
   * Sends a window; there must be none under way.
   *
   * @param mayHold whether changes that wait for others go on waiting
   * @param ahead whether changes may follow that belong before these
   * @param aside whether to return while the database works; {@link #land} takes the result
   */
  void send(Window window, boolean mayHold, boolean ahead, boolean aside) throws OutageException {
    long since = nanoTime.getAsLong();
    Flight flight = applier.flight(inputs(window), newest, mayHold, ahead, window);
    if (aside) {
      depart(window, flight, since);
    } else {
      arrive(window, flight, since);
    }
  }

  /**
   * Plans the window after the one under way, which it follows at once if that arrives as planned.
   * What it is made of must stay as it is until then; else it is forgotten, and nothing happened.
   *
   * @param mayHold as for {@link #send}
   * @param ahead as for {@link #send}
   */
  void prepare(Window window, boolean mayHold, boolean ahead) {
    Sent before = sent.orElseThrow();
    ready =
        applier
            .prepare(
                inputs(window), newest, mayHold, ahead, window, before.flight(), window.isAhead())
            .map(flight -> new Sent(window, flight, 0));
    hopeless = ready.isEmpty();
    if (ready.isPresent()) {
      window.promiseFrontier();
    }
  }

  /** Waits until the window under way, if any, has arrived or failed; none follows. */
  void land() throws OutageException {
    ready = Optional.empty();
    landAndGoOn();
  }

  /** Waits until the window under way, if any, has arrived or failed; the next one follows it. */
  void landAndGoOn() throws OutageException {
    if (sent.isPresent()) {
      Sent window = sent.get();
      Optional<Sent> next = ready;
      sent = Optional.empty();
      ready = Optional.empty();
      Optional<Outcome> outcome = arrive(window.window(), window.flight(), window.since());
      if (next.isPresent() && outcome.filter(window.flight()::wentAsPlanned).isPresent()) {
        depart(next.get().window(), next.get().flight(), nanoTime.getAsLong());
      }
    }
  }

  /** As {@link #landAndGoOn}, unless the database needs longer than that. */
  void goOnIfLanded(Duration within) throws OutageException {
    if (sent.isPresent() && sent.get().flight().await(within)) {
      landAndGoOn();
    }
  }

  private void depart(Window window, Flight flight, long since) throws OutageException {
    flight.depart(writer);
    window.promise();
    sent = Optional.of(new Sent(window, flight, since));
    hopeless = false;
  }

  private static List<PlanInput> inputs(Window window) {
    return window.chosen().stream().map(h -> new PlanInput(h.change(), false)).toList();
  }

  /**
   * Ends what is under way because partitions are taken away: lets it finish for a while, then
   * breaks it off. Never fails; the checkpoint rows know what happened.
   */
  void end() {
    ready = Optional.empty();
    try {
      if (sent.isPresent() && !sent.get().flight().await(GRACE)) {
        LOG.warn(
            "A transaction is broken off after {} s: its partitions are wanted elsewhere",
            GRACE.toSeconds());
        writer.breakOff();
      }
      land();
    } catch (OutageException | StopException e) {
      LOG.info("The window under way did not arrive: {}", e.getMessage());
    }
    sent = Optional.empty();
    doubt = Optional.empty();
  }

  /** Returns what is committed, empty if that has to be found out or is nothing. */
  private Optional<Outcome> arrive(Window window, Flight flight, long since)
      throws OutageException {
    try {
      Outcome outcome = flight.finish();
      // how long the database took, and not when it was noticed
      long end = flight.wentAsPlanned(outcome) ? writer.ended() : nanoTime.getAsLong();
      arrival.committed(window, outcome, Duration.ofNanos(Math.max(0, end - since)));
      return Optional.of(outcome);
    } catch (InDoubtException e) {
      LOG.warn("{}; asking the checkpoint rows", e.getMessage());
      doubt = Optional.of(new Doubt(window, e));
      settleDoubt();
    } catch (FenceException e) {
      judge(applier.standing(window.last()), window, Optional.empty());
    }
    return Optional.empty();
  }

  /** Learns whether a transaction whose COMMIT was never answered has happened. */
  void settleDoubt() throws OutageException {
    if (doubt.isEmpty()) {
      return;
    }
    Doubt open = doubt.get();
    Standing standing = applier.standing(open.cause().advance());
    doubt = Optional.empty();
    judge(standing, open.window(), Optional.of(open.cause().outcome()));
  }

  private void judge(Standing standing, Window window, Optional<Outcome> outcome) {
    switch (standing) {
      case COMMITTED -> {
        if (outcome.isPresent()) {
          LOG.info("The transaction whose answer was lost is committed; going on");
          arrival.committed(window, outcome.get(), Duration.ZERO);
        } else {
          // a COMMIT of ours that we gave up on: what it did is known from the rows alone
          arrival.startOver("The checkpoint rows are further than this task knew");
        }
      }
      case AS_LEFT -> LOG.info("The transaction did not happen; it is done again");
      case CHANGED ->
          arrival.startOver(
              "Somebody else has changed the checkpoint rows; going on from what they say");
      case FENCED -> arrival.fenced();
      case RESTORED ->
          arrival.restored(
              "The target is behind what this task had committed: it was restored from a backup, or"
                  + " failed over and lost its last transactions. Rewinding to what it has");
    }
  }
}
