package dev.anabranch.engine;

import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The followers of one thread, and one mailbox for all of them.
///
/// What was committed while the thread was busy, or rested ([Rest]), is put together and told at
/// once: each codec encodes it once, each follower gets one call. The mailbox is bounded; when it
/// overflows its changes are dropped and the followers read them from the store: the queue is lost,
/// never the data (K5, K11).
final class Lane {

  /// The most pages that are read for one lane at a time. Followers of one socket share its room,
  /// and each page that finds none when it comes was read in vain.
  static final int READS_MAX = 8;

  private sealed interface Letter {
    record Committed(List<Change> changes, long bytes, long committedNanos) implements Letter {}

    record Said(Present present) implements Letter {}
  }

  private final Executor thread;
  private final EngineLimits limits;
  private final EngineObserver observer;
  private final EngineThreads threads;
  private final ConcurrentLinkedQueue<Letter> mailbox = new ConcurrentLinkedQueue<>();
  private final Room waitingChanges;
  private final Room waitingBytes;
  private final AtomicBoolean overflowed = new AtomicBoolean();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Rest rest;
  private final Map<ScopeName, Set<Follow>> follows = new HashMap<>();
  private final Queue<Follow> toRead = new ArrayDeque<>();
  private int reading;
  private int told;
  private volatile int catchingUp;

  Lane(Executor thread, EngineLimits limits, EngineObserver observer, EngineThreads threads) {
    this.thread = thread;
    this.limits = limits;
    this.observer = observer;
    this.threads = threads;
    this.waitingChanges = new Room(limits.laneChangesMax());
    this.waitingBytes = new Room(limits.laneBytesMax());
    this.rest = new Rest(limits, now());
  }

  private long now() {
    return threads.nanos().getAsLong();
  }

  void execute(Runnable task) {
    thread.execute(task);
  }

  /// Consecutive changes of one scope are on disk. Any thread.
  void committed(List<Change> changes, long nowNanos) {
    long bytes = changes.stream().mapToLong(Change::approximateBytes).sum();
    if (hasRoom(changes.size(), bytes)) {
      mailbox.add(new Letter.Committed(changes, bytes, nowNanos));
    } else {
      overflowed.set(true);
      observer.dropped(changes.size());
    }
    schedule();
  }

  private boolean hasRoom(int changes, long bytes) {
    if (!waitingChanges.take(changes)) {
      return false;
    }
    if (!waitingBytes.take(bytes)) {
      waitingChanges.give(changes);
      return false;
    }
    return true;
  }

  /// Committed changes, and what clients said, that wait for the thread.
  long waitingChanges() {
    return waitingChanges.taken();
  }

  /// About how many bytes of changes wait.
  long waitingBytes() {
    return waitingBytes.taken();
  }

  /// A client said something of itself; left out when the mailbox is full, for it is said again, or
  /// need not be heard. Any thread.
  void said(Present present) {
    if (!waitingChanges.take(1)) {
      observer.dropped(1);
      return;
    }
    mailbox.add(new Letter.Said(present));
    schedule();
  }

  /// Every live follower reads again, as after the store was opened again. Any thread.
  void doubt() {
    overflowed.set(true);
    schedule();
  }

  private void schedule() {
    if (!scheduled.compareAndSet(false, true)) {
      return;
    }
    boolean handedOver = false;
    try {
      long millis = rest.leftMillis(now());
      if (millis == 0) {
        thread.execute(this::round);
      } else {
        threads.timer().after(millis, this::rested);
      }
      handedOver = true;
    } finally {
      if (!handedOver) {
        scheduled.set(false); // or whoever comes next would wait for us for ever
      }
    }
  }

  private void rested() {
    scheduled.set(false);
    try {
      schedule();
    } catch (RejectedExecutionException ended) {
      // The thread has ended, and all who would have been told.
    }
  }

  private void round() {
    long began = now();
    told = 0;
    try {
      drain();
    } finally {
      rest.after(told, began, now());
      scheduled.set(false);
      if (!mailbox.isEmpty() || overflowed.get()) {
        schedule();
      }
    }
  }

  private void drain() {
    Map<ScopeName, List<Change>> changes = new LinkedHashMap<>();
    List<Present> said = new ArrayList<>();
    long oldestNanos = Long.MAX_VALUE;
    for (Letter letter = mailbox.poll(); letter != null; letter = mailbox.poll()) {
      switch (letter) {
        case Letter.Committed(List<Change> some, long bytes, long committedNanos) -> {
          waitingChanges.give(some.size());
          waitingBytes.give(bytes);
          oldestNanos = Math.min(oldestNanos, committedNanos);
          changes
              .computeIfAbsent(some.getFirst().scope(), ignored -> new ArrayList<>())
              .addAll(some);
        }
        case Letter.Said(Present present) -> {
          waitingChanges.give(1);
          said.add(present);
        }
      }
    }
    for (List<Change> some : changes.values()) {
      tell(some, oldestNanos);
    }
    said.forEach(this::tell);
    if (overflowed.getAndSet(false)) {
      each(all(), Follow::doubted);
    }
  }

  /// Tells one scope's changes in announcements of bounded size; a hole (after an overflow) begins
  /// a new one.
  private void tell(List<Change> changes, long committedNanos) {
    int from = 0;
    while (from < changes.size()) {
      int to = from + 1;
      int bytes = changes.get(from).approximateBytes();
      while (to < changes.size()
          && to - from < limits.announcementChangesMax()
          && changes.get(to).seq() == changes.get(to - 1).seq() + 1
          && bytes + changes.get(to).approximateBytes() <= limits.announcementBytesMax()) {
        bytes += changes.get(to).approximateBytes();
        to++;
      }
      announce(changes.subList(from, to), committedNanos);
      from = to;
    }
  }

  private void announce(List<Change> changes, long committedNanos) {
    Set<Follow> followers = follows.get(changes.getFirst().scope());
    if (followers == null) {
      return;
    }
    List<Follow> all = List.copyOf(followers);
    told = Math.max(told, all.size());
    try (Announcement next = new Announcement(changes)) {
      each(all, follow -> follow.announced(next));
    }
    observer.fannedOut(changes.size(), all.size(), now() - committedNanos);
  }

  private void tell(Present present) {
    Set<Follow> followers = follows.get(present.at().scope());
    if (followers != null) {
      each(List.copyOf(followers), follow -> follow.present(List.of(present)));
    }
  }

  /// One follower that breaks keeps nothing from the others.
  private void each(List<Follow> followers, Consumer<Follow> tell) {
    for (Follow follow : followers) {
      try {
        tell.accept(follow);
      } catch (RuntimeException bug) {
        follow.broke(bug);
      }
    }
  }

  /// Reads a page for a follower when it is its turn. On the lane's own thread.
  void read(Follow follow) {
    toRead.add(follow);
    readNext();
  }

  /// A page has come, or will not. On the lane's own thread.
  void readEnded() {
    reading--;
    readNext();
  }

  private void readNext() {
    while (reading < READS_MAX && !toRead.isEmpty()) {
      if (toRead.remove().beginsReading()) {
        reading++;
      }
    }
    catchingUp = reading + toRead.size();
  }

  /// How many followers are behind: a page is being read for them, or will be. Any thread.
  int catchingUp() {
    return catchingUp;
  }

  /// On the lane's own thread.
  void add(Follow follow) {
    follows.computeIfAbsent(follow.scope(), ignored -> new LinkedHashSet<>()).add(follow);
  }

  /// Whether nobody of this lane follows the scope any more. On the lane's own thread.
  boolean remove(Follow follow) {
    Set<Follow> followers = follows.get(follow.scope());
    if (followers == null) {
      return false;
    }
    followers.remove(follow);
    if (!followers.isEmpty()) {
      return false;
    }
    follows.remove(follow.scope());
    return true;
  }

  private List<Follow> all() {
    List<Follow> all = new ArrayList<>();
    follows.values().forEach(all::addAll);
    return all;
  }
}
