package dev.anabranch.client;

import dev.anabranch.client.session.Notice;
import dev.anabranch.client.session.UserCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells notices on a thread of the listeners' own, so that a slow listener holds nobody up.
///
/// What waits is bounded by what can be told about: of each entity, scope and line only the latest
/// waits, with the view from before the first (a listener that sleeps through three changes is told
/// one). Outcomes wait each on its own; there are no more than pending writes. Troubles, and what
/// is said once, wait each on its own up to a bound, the rest as the latest of them.
final class Announcer {

  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private static final int TROUBLES_MAX = 64;
  private static final int SAID_MAX = 256;

  private final Executor thread;
  private final Consumer<Notice> listeners;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Notice> waiting = new LinkedHashMap<>();
  private int said;
  private boolean scheduled;

  /// @param thread runs one task at a time
  /// @param listeners told on that thread
  Announcer(Executor thread, Consumer<Notice> listeners) {
    this.thread = thread;
    this.listeners = listeners;
  }

  /// What a later notice replaces.
  private record Topic(Class<?> kind, Object about) {}

  private Topic topic(Notice notice) {
    Object about =
        switch (notice) {
          case Notice.EntityChanged change -> change.key();
          case Notice.DocumentChanged change -> change.document();
          case Notice.WriteSent sent -> sent.write().key();
          case Notice.WriteSettled settled -> settled.write().key();
          case Notice.LineChanged ignored -> "";
          case Notice.ScopeChanged change -> change.scope();
          case Notice.PresenceChanged change -> change.scope();
          case Notice.Said ignored -> said = Math.min(said + 1, SAID_MAX);
          case Notice.Trouble trouble -> isOneMore(trouble) ? "" : trouble.detail();
        };
    return new Topic(notice.getClass(), about);
  }

  private boolean isOneMore(Notice.Trouble trouble) {
    long others =
        waiting.values().stream()
            .filter(other -> other instanceof Notice.Trouble && !other.equals(trouble))
            .count();
    return others >= TROUBLES_MAX;
  }

  void tell(Notice notice) {
    lock.lock();
    try {
      waiting.merge(topic(notice), notice, Announcer::together);
      if (scheduled) {
        return;
      }
      scheduled = true;
    } finally {
      lock.unlock();
    }
    thread.execute(this::drain);
  }

  private static Notice together(Notice earlier, Notice later) {
    return earlier instanceof Notice.EntityChanged first
            && later instanceof Notice.EntityChanged last
        ? new Notice.EntityChanged(last.key(), first.before(), last.after())
        : later;
  }

  private void drain() {
    Map<Object, Notice> taken;
    lock.lock();
    try {
      taken = new LinkedHashMap<>(waiting);
      waiting.clear();
      said = 0;
      scheduled = false;
    } finally {
      lock.unlock();
    }
    for (Notice notice : taken.values()) {
      try {
        listeners.accept(notice);
      } catch (Throwable thrown) {
        UserCode.rethrowIfFatal(thrown);
        LOG.warn("a listener failed at {}", notice, thrown);
      }
    }
  }
}
