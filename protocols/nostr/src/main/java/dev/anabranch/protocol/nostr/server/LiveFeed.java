package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.FilterIndex;
import dev.anabranch.nostr.rule.Confidential;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Brings new events to those who want them, in the order of the log.
///
/// Between stored and live there is no hole and no double (K5): [#add] says up to which change
/// events are on disk. Everything after is told, also what a walk through the store met already:
/// the subscription knows that.
///
/// What waits for the feed's thread is bounded. When it is too much, the events are left out and
/// read from the store: the queue is lost, never the data (K5, K11). Until they are read nothing
/// new is queued, for it would overtake them. Ephemeral ones, which no store has, are refused.
final class LiveFeed implements Finder.FinderListener {

  private static final long READ_AGAIN_MILLIS = 1_000;

  /// After so many readings that broke on the same events, a moment apart, each is told by itself.
  private static final int BROKEN_READINGS_MAX = 10;

  private static final PageLimit PAGE = new PageLimit(500, 1024 * 1024);

  private static final Fault TOO_MUCH =
      new Fault(FaultCode.UNAVAILABLE, "too much waits to be told just now; publish again");

  private final Finder finder;
  private final Executor thread;
  private final NostrSeams.Timer timer;
  private final RecentEvents recent;
  private final NostrObserver observer;
  private final EventRights rights;
  private final InstantSource clock;
  private final NostrPolicy policy;
  private final NostrLimits limits;
  private final AtomicInteger waitingEvents = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicBoolean willRead = new AtomicBoolean();
  private final AtomicBoolean willReadAgain = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();
  private final FilterIndex<LiveSubscription> subscriptions = new FilterIndex<>();
  private long matchedTo;
  private boolean isBehind;
  private int brokenReadings;

  LiveFeed(
      Finder finder,
      NostrSeams seams,
      RecentEvents recent,
      NostrObserver observer,
      EventRights rights,
      NostrPolicy policy) {
    this.policy = policy;
    this.limits = policy.limits();
    this.clock = seams.clock();
    this.rights = rights;
    this.finder = finder;
    this.thread = seams.feed();
    this.timer = seams.timer();
    this.recent = recent;
    this.observer = observer;
    this.matchedTo = finder.lastMarkedId();
    finder.listen(this);
  }

  /// Begins to tell somebody.
  ///
  /// @return up to which change events are in the store for certain: those the subscription is not
  ///   to take when it is told them all the same; everything after is told, also when the
  ///   subscription has read it
  long add(LiveSubscription subscription) {
    lock.lock();
    try {
      subscriptions.put(subscription, subscription.filters());
    } finally {
      lock.unlock();
    }
    return finder.lastMarkedId(); // whatever is on disk later is told later
  }

  void remove(LiveSubscription subscription) {
    lock.lock();
    try {
      subscriptions.remove(subscription);
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return subscriptions.size();
    } finally {
      lock.unlock();
    }
  }

  /// Up to which change events were matched.
  long matchedTo() {
    lock.lock();
    try {
      return matchedTo;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void committed(List<Marked> marked) {
    long bytes = marked.stream().mapToLong(one -> one.change().approximateBytes()).sum();
    if (willRead.get() || !hasRoom(marked.size(), bytes)) {
      observer.putOff(marked.size());
      doubt();
      return;
    }
    thread.execute(() -> {
      makeRoom(marked.size(), bytes);
      guarded(() -> tellOrRead(marked));
    });
  }

  /// How many new events wait to be told. Any thread.
  int waitingEvents() {
    return waitingEvents.get();
  }

  private boolean hasRoom(int events, long bytes) {
    boolean many = waitingEvents.addAndGet(events) > limits.feedEventsMax();
    boolean large = waitingBytes.addAndGet(bytes) > limits.feedBytesMax();
    if (many || large) {
      makeRoom(events, bytes);
    }
    return !many && !large;
  }

  private void makeRoom(int events, long bytes) {
    waitingEvents.addAndGet(-events);
    waitingBytes.addAndGet(-bytes);
  }

  private List<Sight> sights(List<Marked> marked) {
    List<Sight> sights = new ArrayList<>(marked.size());
    for (Marked one : marked) {
      Sight sight = sight(one);
      if (sight != null) {
        sights.add(sight);
      }
    }
    return sights;
  }

  /// Tells, unless the rights of one event cannot be asked or something broke: nothing is told
  /// then, and all of it is read with what comes next, or after a moment.
  private void tellOrRead(List<Marked> marked) {
    if (isBehind) {
      readOn();
      return;
    }
    try {
      tell(sights(marked));
    } catch (RuntimeException | Error failure) {
      isBehind = true;
      readAgain();
      reportUnlessAway(failure);
    }
  }

  /// That the store is away is no bug.
  private void reportUnlessAway(Throwable failure) {
    if (!isAway(failure)) {
      observer.failed(failure);
    }
  }

  private static boolean isAway(Throwable failure) {
    return NostrLink.causeOf(failure) instanceof StoreFailure;
  }

  private @Nullable Sight sight(Marked one) {
    Event known = recent.find(one.change().key().text());
    var json = Objects.requireNonNull(one.change().proof());
    return known != null
        ? new Sight(one.change().id(), known, json)
        : Sight.of(new Found(one.change().id(), one.mark().spot(), json)).orElse(null);
  }

  /// Whatever was committed and not told is read; the feed's thread waits for it, so that the order
  /// stays.
  @Override
  public void doubt() {
    if (willRead.compareAndSet(false, true)) {
      thread.execute(() -> {
        willRead.set(false); // whatever was left out until now is on disk
        guarded(this::readOn);
      });
    }
  }

  /// Until all of it was read nothing else is told: neither when the store is away nor when
  /// something broke.
  private void readOn() {
    isBehind = true;
    try {
      List<Found> page;
      do {
        page = finder.findAfter(matchedTo(), PAGE).toCompletableFuture().join();
        if (brokenReadings < BROKEN_READINGS_MAX) {
          tell(page.stream().flatMap(found -> Sight.of(found).stream()).toList());
          advance(page.stream().mapToLong(Found::id)); // also over originals that cannot be read
        } else {
          page.forEach(this::tellAlone);
        }
        brokenReadings = 0;
      } while (!page.isEmpty());
      isBehind = false;
    } catch (RuntimeException | Error failure) {
      boolean isFirstSinceAWhile = readAgain();
      if (isAway(failure) || failure instanceof OutOfMemoryError) {
        brokenReadings = 0;
      } else if (isFirstSinceAWhile) {
        brokenReadings++;
      }
      reportUnlessAway(failure);
    }
  }

  /// Tells one event, or leaves it out of what is live when something breaks on it again: the
  /// others must not wait for ever. It can be found as before.
  private void tellAlone(Found found) {
    try {
      Sight.of(found).ifPresent(sight -> tell(List.of(sight)));
    } catch (RuntimeException | Error failure) {
      if (isAway(failure) || failure instanceof OutOfMemoryError) {
        throw failure;
      }
      observer.failed(
          new IllegalStateException(
              "the event of the change "
                  + found.id()
                  + " is not told live, for its telling broke "
                  + BROKEN_READINGS_MAX
                  + " times",
              failure));
    }
    advance(LongStream.of(found.id()));
  }

  /// Reads again after a moment: a store that was busy says nothing when it no longer is.
  ///
  /// @return whether that was not settled already
  private boolean readAgain() {
    boolean isNew = willReadAgain.compareAndSet(false, true);
    if (isNew) {
      timer.after(
          READ_AGAIN_MILLIS,
          () -> {
            willReadAgain.set(false);
            doubt();
          });
    }
    return isNew;
  }

  /// Shows an event that is not kept; how many wanted it. Fails with a [StoreFailure] when the
  /// rights of a scope cannot be asked, and [BrokenOff] when too much waits: nobody is told then.
  CompletionStage<Integer> show(Sight ephemeral) {
    int bytes = ephemeral.json().size();
    if (!hasRoom(1, bytes)) {
      return CompletableFuture.failedStage(new BrokenOff(TOO_MUCH));
    }
    return CompletableFuture.supplyAsync(
        () -> {
          makeRoom(1, bytes);
          return tell(List.of(ephemeral));
        },
        thread);
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException bug) {
      observer.failed(bug);
    }
  }

  /// Somebody who wants an event.
  private record Wish(LiveSubscription by, Told told) {}

  private int tell(List<Sight> sights) {
    List<Wish> wishes = rights.granted(wishes(sights), Wish::by, wish -> wish.told().sight());
    advance(sights.stream().mapToLong(Sight::id));
    Map<LinkLoop, List<Wish>> loops = new HashMap<>();
    for (Wish wish : wishes) {
      loops.computeIfAbsent(wish.by().loop(), ignored -> new ArrayList<>()).add(wish);
    }
    boolean isOne = sights.size() == 1;
    loops.forEach((loop, some) -> loop.execute(() -> tell(some, isOne)));
    return wishes.size();
  }

  /// On a loop: each of its subscribers hears of all that is for it, and is flushed once.
  private static void tell(List<Wish> wishes, boolean isOneEvent) {
    if (isOneEvent) {
      for (Wish wish : wishes) {
        wish.by().tell(wish.told());
        wish.by().flush();
      }
      return;
    }
    Map<LiveSubscription, List<Told>> tellings = new LinkedHashMap<>();
    for (Wish wish : wishes) {
      tellings.computeIfAbsent(wish.by(), ignored -> new ArrayList<>()).add(wish.told());
    }
    tellings.forEach((one, all) -> {
      all.forEach(one::tell);
      one.flush();
    });
  }

  private List<Wish> wishes(List<Sight> sights) {
    List<Wish> wishes = new ArrayList<>();
    long nowSeconds = clock.millis() / 1000;
    lock.lock();
    try {
      for (Sight sight : sights) {
        boolean wasTold = sight.id() > 0 && sight.id() <= matchedTo; // while in doubt
        if (!wasTold && policy.isShown(sight.event(), nowSeconds)) {
          List<LiveSubscription> wanting = wanting(sight.event());
          Told told = new Told(sight, wanting.size() > 1);
          wanting.forEach(one -> wishes.add(new Wish(one, told)));
        }
      }
    } finally {
      lock.unlock();
    }
    return wishes;
  }

  /// Those who ask for an event that is shown, and may see it: of most events, all who ask.
  private List<LiveSubscription> wanting(Event event) {
    List<LiveSubscription> wanting = new ArrayList<>();
    if (Confidential.isOf(event)) {
      subscriptions.forEachMatch(
          event,
          one -> {
            if (one.maySee(event)) {
              wanting.add(one);
            }
          });
    } else {
      subscriptions.forEachMatch(event, wanting::add);
    }
    return wanting;
  }

  private void advance(LongStream ids) {
    lock.lock();
    try {
      ids.forEach(id -> matchedTo = Math.max(matchedTo, id));
    } finally {
      lock.unlock();
    }
  }
}
