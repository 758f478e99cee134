package dev.anabranch.client.nostr;

import dev.anabranch.client.Uninterrupted;
import dev.anabranch.client.nostr.cache.EventCache;
import dev.anabranch.client.session.UserCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a client: does what queued up while the last transaction was synced in one
/// transaction of the cache, and then what follows from it.
///
/// The mailbox is bounded: a line that outruns the client is slowed down by its own thread waiting.
/// When the cache breaks the loop stops for good.
final class NostrLoop {

  private static final Logger LOG = LoggerFactory.getLogger(NostrLoop.class);

  private static final int MAILBOX_MAX = 1_024;
  private static final int STEP_MAX = 512;

  private final EventCache cache;
  private final LongSupplier millis;
  private final Thread thread;
  private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>(MAILBOX_MAX);
  private final ArrayDeque<Runnable> own = new ArrayDeque<>();
  private final List<Runnable> after = new ArrayList<>();
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Alarm::atMillis));
  private Runnable ended = () -> {};
  private Runnable stepped = () -> {};
  private volatile boolean closing;

  /// Something that is done later.
  private record Alarm(long atMillis, Runnable task) {}

  /// @param millis counts milliseconds from 0 on, whatever is done to the clock
  NostrLoop(EventCache cache, LongSupplier millis, Function<Runnable, Thread> threads) {
    this.cache = cache;
    this.millis = millis;
    this.thread = threads.apply(this::run);
  }

  /// @param whenStepped done after each transaction
  /// @param whenEnded done last
  void start(Runnable whenStepped, Runnable whenEnded) {
    stepped = whenStepped;
    ended = whenEnded;
    thread.start();
  }

  /// Does something in the next transaction. Waits for room; nothing any more once it is closed.
  void tell(Runnable task) {
    if (isMine()) {
      own.add(task);
      return;
    }
    Uninterrupted.run(() -> {
      while (!closing && !mailbox.offer(task, 100, TimeUnit.MILLISECONDS)) {
        Thread.onSpinWait();
      }
    });
  }

  /// Does something when the transaction under way is on disk.
  void afterwards(Runnable task) {
    after.add(task);
  }

  /// Does something in a transaction after a while; for the loop's own thread.
  void later(long afterMillis, Runnable task) {
    alarms.add(new Alarm(millis() + afterMillis, task));
  }

  /// Milliseconds on the clock by which the client waits: it only goes forward, and means no date.
  long millis() {
    return millis.getAsLong();
  }

  boolean isMine() {
    return thread.equals(Thread.currentThread());
  }

  private void run() {
    try {
      while (!closing) {
        step(next());
      }
      finish();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failure) {
      LOG.error("the Nostr client broke and stops", failure);
    } finally {
      closing = true;
      ended.run();
    }
  }

  /// What the last step left to do.
  private void finish() {
    boolean unused =
        cache.together(() -> {
          List<Runnable> last = new ArrayList<>(own);
          own.clear();
          last.forEach(Runnable::run);
          return true;
        });
  }

  private List<Runnable> next() throws InterruptedException {
    boolean unused = Thread.interrupted(); // a listener did it: nobody else may
    List<Runnable> batch = new ArrayList<>(own);
    own.clear();
    long now = millis();
    Alarm alarm = alarms.peek();
    while (alarm != null && alarm.atMillis <= now) {
      batch.add(alarms.remove().task);
      alarm = alarms.peek();
    }
    if (batch.isEmpty()) {
      Runnable first =
          alarm == null
              ? mailbox.take()
              : mailbox.poll(alarm.atMillis - now, TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
      }
    }
    mailbox.drainTo(batch, STEP_MAX);
    return batch;
  }

  private void step(List<Runnable> batch) {
    boolean unused =
        cache.together(() -> {
          batch.forEach(Runnable::run);
          return true;
        });
    List<Runnable> due = new ArrayList<>(after);
    after.clear();
    for (Runnable task : due) {
      try {
        task.run();
      } catch (Throwable thrown) {
        UserCode.rethrowIfFatal(thrown);
        LOG.warn("a listener failed", thrown);
      }
    }
    stepped.run();
  }

  /// Ends it after the transaction under way, and waits for that unless it is asked from within.
  void close() {
    tell(() -> closing = true);
    if (isMine()) {
      return;
    }
    Uninterrupted.run(thread::join);
  }
}
