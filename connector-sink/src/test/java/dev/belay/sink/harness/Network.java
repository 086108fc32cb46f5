package dev.belay.sink.harness;

import dev.belay.sink.apply.ConnectionSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The way from a task to its target, on which a test makes things happen at named points. The
 * connections are real ones; a fault breaks them for real, so that the server rolls back what was
 * open.
 */
public final class Network {

  /** The first statement of a window: a position goes on, in whatever quotes and aliases. */
  private static final Pattern ADVANCE = Pattern.compile("SET (\\w+\\.)?`?sequence`?");

  /** Where a fault can strike. */
  public enum Point {
    /** A claim's statements are done, its COMMIT is not sent. */
    BEFORE_CLAIM_COMMIT,
    /** A claim is committed, and the task does not know it yet. */
    AFTER_CLAIM_COMMIT,
    /** A window's transaction begins. */
    BEFORE_APPLY,
    /** A window's rows and checkpoint are written, COMMIT is not sent. */
    BEFORE_COMMIT,
    /** A window is committed, and the task does not know it yet. */
    AFTER_COMMIT
  }

  /** What happens at a point. */
  public enum Fault {
    /** The process of the task ends. */
    CRASH,
    /** The connection breaks. */
    LOST
  }

  @FunctionalInterface
  private interface Strike {
    void happen() throws SQLException;
  }

  /** Passed by the task's thread and by its writer's. */
  private final Map<Point, Strike> plans = new ConcurrentHashMap<>();

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opened = new AtomicInteger();
  private volatile boolean cut;

  /** Lets a fault strike, once, the next time that the task passes a point. */
  public void at(Point point, Fault fault) {
    plans.put(
        point,
        () -> {
          breakAll();
          if (fault == Fault.CRASH) {
            throw new Crash();
          }
          throw new SQLException("the connection is lost", "08006");
        });
  }

  /** Runs something, once, the next time that the task passes a point; then the task goes on. */
  public void at(Point point, Runnable action) {
    plans.put(point, action::run);
  }

  /** Whether the faults asked for have all struck. */
  public boolean isQuiet() {
    return plans.isEmpty();
  }

  /** Breaks all connections, and lets none through until {@link #mend}. */
  public void cut() {
    cut = true;
    breakAll();
  }

  public void mend() {
    cut = false;
  }

  /** Connections opened so far. */
  public int opened() {
    return opened.get();
  }

  ConnectionSource around(ConnectionSource real) {
    return () -> {
      if (cut) {
        throw new SQLException("no way to the target", "08001");
      }
      Connection connection = real.open();
      opened.incrementAndGet();
      open.add(connection);
      return (Connection)
          Proxy.newProxyInstance(
              Network.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              new Watched(connection)::call);
    };
  }

  private void breakAll() {
    for (Connection connection : open) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException alreadyBroken) {
        // what it is to be
      }
    }
    open.clear();
  }

  private void pass(Point point) throws SQLException {
    Strike strike = plans.remove(point);
    if (strike != null) {
      strike.happen();
    }
  }

  /** One connection: knows by the statements what its transaction is about. */
  private final class Watched {
    private final Connection real;
    private boolean claims;
    private boolean applies;

    Watched(Connection real) {
      this.real = real;
    }

    Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
      switch (method.getName()) {
        case "prepareStatement" -> {
          String sql = (String) arguments[0];
          claims |= sql.contains("epoch = epoch + 1");
          if (!claims && !applies && ADVANCE.matcher(sql).find()) {
            applies = true;
            pass(Point.BEFORE_APPLY);
          }
        }
        case "commit" -> {
          boolean claimed = claims;
          boolean applied = applies;
          if (claimed || applied) {
            pass(claimed ? Point.BEFORE_CLAIM_COMMIT : Point.BEFORE_COMMIT);
          }
          over();
          real.commit();
          if (claimed || applied) {
            pass(claimed ? Point.AFTER_CLAIM_COMMIT : Point.AFTER_COMMIT);
          }
          return null;
        }
        case "rollback" -> {
          if (arguments == null) {
            over();
          }
        }
        default -> {}
      }
      try {
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private void over() {
      claims = false;
      applies = false;
    }
  }
}
