package dev.belay.source.sinkless;

import dev.belay.source.cluster.ClusterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Between the thread that reads a feed and the task's. The reader waits while it is full, so that
 * the cluster waits too.
 */
final class HandOver {
  private final long capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition come = lock.newCondition();
  private final Condition gone = lock.newCondition();
  private List<FeedItem> items = new ArrayList<>();
  private long bytes;
  private boolean closed;
  private Optional<ClusterException> end = Optional.empty();

  /**
   * @param capacity in bytes; a single item may be larger
   */
  HandOver(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Gives an item.
   *
   * @return false if nobody wants more
   */
  boolean put(FeedItem item) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (bytes >= capacity && !closed) {
        gone.await();
      }
      items.add(item);
      bytes += item.bytes();
      if (items.size() == 1) {
        come.signal();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come. */
  void end(ClusterException why) {
    lock.lock();
    try {
      end = Optional.of(why);
      come.signal();
    } finally {
      lock.unlock();
    }
  }

  /** All items that are there; none if none comes in time, or the feed has ended. */
  List<FeedItem> take(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (items.isEmpty() && end.isEmpty() && !closed && left > 0) {
        left = come.awaitNanos(left);
      }
      if (items.isEmpty()) {
        return List.of();
      }
      List<FeedItem> taken = items;
      items = new ArrayList<>(Math.min(taken.size(), 1 << 14));
      bytes = 0;
      gone.signal();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Why the feed has ended, once all items are taken; empty if it has not. */
  Optional<ClusterException> ended() {
    lock.lock();
    try {
      return items.isEmpty() ? end : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody will take any more, and whoever waits goes. */
  void close() {
    lock.lock();
    try {
      closed = true;
      come.signal();
      gone.signal();
    } finally {
      lock.unlock();
    }
  }
}
