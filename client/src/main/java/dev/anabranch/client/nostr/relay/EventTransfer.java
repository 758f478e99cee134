package dev.anabranch.client.nostr.relay;

import dev.anabranch.client.session.Backoff;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.seed.SeedEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Publishes many events on one line, some at a time, and again what the relay could not take at
/// once. Used by one thread, not the line's loop.
public final class EventTransfer {

  /// Events on their way at once.
  private static final int WINDOW = 256;

  /// How often one event is tried before the last answer counts.
  private static final int TRIES_MAX = 12;

  private static final long PAUSE_MILLIS_MIN = 250;
  private static final long PAUSE_MILLIS_MAX = 10_000;

  private final RelayLine to;
  private final BiConsumer<Event, RelayAnswer> told;
  private final Semaphore room = new Semaphore(WINDOW);
  private final LinkedBlockingQueue<Try> again = new LinkedBlockingQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> lost = new AtomicReference<>();
  private final Backoff pauses;

  /// An event and how often it was tried.
  private record Try(Event event, int number) {}

  /// A transfer.
  ///
  /// @param random spreads the pauses
  /// @param told every event's last answer, on the line's loop; it must not wait
  public EventTransfer(RelayLine to, RandomGenerator random, BiConsumer<Event, RelayAnswer> told) {
    this.to = to;
    this.told = told;
    this.pauses = new Backoff(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX, random);
  }

  /// Sends an event; waits while as many are on their way as may be. A chat has its answer before
  /// anything behind it is sent: what is said in a chat stands with its author where the chat is
  /// not here yet (decision 0083).
  ///
  /// @throws LinkFailure when the line is lost; what had no answer may or may not be there
  public void send(Event event) {
    repeat();
    send(new Try(event, 1));
    if (event.kind() == SeedEvents.CHAT) {
      finish();
    }
  }

  /// Waits until every event has its answer.
  ///
  /// @throws LinkFailure when the line is lost before
  public void finish() {
    while (true) {
      take(WINDOW);
      room.release(WINDOW);
      if (again.isEmpty()) {
        return;
      }
      repeat();
    }
  }

  /// Sends again what the relay wanted later, after a pause.
  private void repeat() {
    if (again.isEmpty()) {
      return;
    }
    pause(pauses.failed());
    List<Try> refused = new ArrayList<>();
    again.drainTo(refused);
    refused.forEach(each -> send(new Try(each.event, each.number + 1)));
  }

  private void send(Try next) {
    take(1);
    var unused =
        to.publish(next.event)
            .whenComplete((answer, failure) -> {
              if (failure != null) {
                lost.compareAndSet(null, failure);
              } else if (answer.isTransient() && next.number < TRIES_MAX) {
                again.add(next);
              } else {
                told.accept(next.event, answer);
              }
              answered.incrementAndGet();
              room.release();
            });
  }

  private void take(int permits) {
    try {
      long before = answered.get();
      while (!room.tryAcquire(permits, to.settings().answerMillis(), TimeUnit.MILLISECONDS)) {
        long now = answered.get();
        if (now == before) {
          throw LinkFailure.unreachable(to.relay() + " does not answer events", lost.get());
        }
        before = now;
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw LinkFailure.unreachable("interrupted", stop);
    }
    if (lost.get() != null || to.isEnded()) {
      throw LinkFailure.unreachable("the line to " + to.relay() + " is lost", lost.get());
    }
  }

  private static void pause(long millis) {
    try {
      boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw LinkFailure.unreachable("interrupted", stop);
    }
  }
}
