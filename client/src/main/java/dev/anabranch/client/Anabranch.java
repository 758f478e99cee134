package dev.anabranch.client;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.replica.SqliteReplica;
import dev.anabranch.client.session.Effect;
import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.Notice;
import dev.anabranch.client.session.OpenedState;
import dev.anabranch.client.session.ReplicaSession;
import dev.anabranch.client.session.ScopeState;
import dev.anabranch.client.session.UserCode;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.link.Dialer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A device: a local copy of some scopes that is read and written without waiting, and kept the
/// same as the server's by itself.
///
/// ```java
/// try (Anabranch client = Anabranch.open("http://127.0.0.1:8080", Path.of("replica.db"))) {
///   Scope notes = client.scope("org:demo");
///   notes.onChange(System.out::println);
///   notes.put("Note", "n1", fields("title", "Hello"));
/// }
/// ```
///
/// Safe to use from many threads. One thread of the client's own does all the work, another one
/// runs the listeners.
public final class Anabranch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Anabranch.class);

  private static final int PAGE = 1_000;
  private static final int MAILBOX_MAX = 4_096;

  private final ClientSettings settings;
  private final ReplicaStore store;
  private final ClientThreads threads;
  private final Dialer dialer;
  private final DeviceLoop loop;
  private final Lines lines;
  private final ExecutorService listenerThread;
  private final Announcer announcer;
  private final List<Consumer<Notice>> listeners = new CopyOnWriteArrayList<>();
  private final Map<WriteKey, PendingWrite> pending = new ConcurrentHashMap<>();
  private final Map<ScopeName, ClientStatus.Progress> progress = new HashMap<>();
  private final Map<ScopeName, List<Notice.Neighbour>> neighbours = new ConcurrentHashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private volatile ClientStatus status = new ClientStatus(LineState.OFFLINE, "", 0, Map.of());
  private final List<Notice> toTell = new ArrayList<>();
  private String lineDetail = "";
  private final ReentrantLock documentsLock = new ReentrantLock();
  private final Map<EntityKey, OpenDocument> documents = new HashMap<>();
  private volatile boolean closed;

  /// Somebody who waits for something to be so.
  private record Waiting(Predicate<ReplicaSession> until, CompletableFuture<Boolean> done) {}

  private Anabranch(
      ClientSettings settings, ReplicaStore store, Dialer dialer, ClientThreads threads) {
    this.settings = settings;
    this.store = store;
    this.threads = threads;
    this.dialer = dialer;
    ReplicaSession session =
        new ReplicaSession(settings.limits(), settings.conflictRule(), threads.random());
    this.loop =
        new DeviceLoop(store, session, threads.stopwatchMillis(), threads::device, MAILBOX_MAX);
    this.lines = new Lines(settings, dialer, loop);
    this.listenerThread = threads.listeners();
    this.announcer = new Announcer(listenerThread, this::announce);
  }

  /// Opens a device on a local copy and goes online.
  ///
  /// @param server its address, such as `http://127.0.0.1:8080`
  /// @param replica the local copy's file; made when it is not there
  /// @throws dev.anabranch.client.replica.ReplicaFailure when the copy cannot be had
  public static Anabranch open(String server, Path replica) {
    return open(ClientSettings.of(server), replica);
  }

  /// Opens a device with settings of its own and goes online.
  ///
  /// @throws dev.anabranch.transport.TransportFailure when the certificates to trust cannot be used
  /// @throws dev.anabranch.client.replica.ReplicaFailure when the copy cannot be had
  public static Anabranch open(ClientSettings settings, Path replica) {
    ClientThreads threads = ClientThreads.ofTheSystem();
    OwnDialer dialer = OwnDialer.over(settings.trusted()); // first, for the file is locked by then
    ReplicaStore store =
        dialer.closedUnless(() -> SqliteReplica.open(replica, threads.freshDevice()));
    return open(settings, store, dialer, threads);
  }

  /// Opens a device on any local copy, over any dialer; both are closed with it (a dialer when it
  /// is closeable).
  public static Anabranch open(
      ClientSettings settings, ReplicaStore store, Dialer dialer, ClientThreads threads) {
    Anabranch client = new Anabranch(settings, store, dialer, threads);
    client.loop.start(client::perform, client::look, client::ended);
    client.goOnline();
    return client;
  }

  /// This device's name.
  public DeviceId device() {
    return read(ReplicaReading::device);
  }

  /// A scope; from now on it is followed, after a restart too.
  ///
  /// @throws IllegalArgumentException when it is not a scope's name
  public Scope scope(String name) {
    ScopeName scope = new ScopeName(name);
    loop.ask(session -> {
      session.follow(scope);
      return true;
    });
    return new Scope(this, scope);
  }

  /// Follows a scope no more and drops its copy; opening it again fetches it anew.
  ///
  /// @return false = it holds writes that the server has not confirmed: it stays as it is
  public boolean forget(String name) {
    ScopeName scope = new ScopeName(name);
    return loop.ask(session -> {
      boolean forgotten = session.forget(scope);
      if (forgotten) {
        progress.remove(scope);
        neighbours.remove(scope);
      }
      return forgotten;
    });
  }

  /// Wants a line: dials now, and again whenever the line breaks. A fresh device is online.
  public void goOnline() {
    tell(ReplicaSession::goOnline);
  }

  /// Wants no line: reads and writes go on, writes are queued.
  public void goOffline() {
    tell(ReplicaSession::goOffline);
  }

  /// How the device stands now.
  public ClientStatus status() {
    return status;
  }

  /// Waits until every write is confirmed and every scope is live.
  ///
  /// @return false when that was not so in time, and at once when the client is closed
  /// @throws InterruptedException when this thread is to stop
  public boolean awaitQuiet(Duration atMost) throws InterruptedException {
    return await(ReplicaSession::isQuiet, atMost);
  }

  boolean await(Predicate<ReplicaSession> until, Duration atMost) throws InterruptedException {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    loop.tell(ignored -> waiting.add(new Waiting(until, done)), ended -> done.complete(false));
    try {
      return done.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException notInTime) {
      done.complete(false); // and the next step forgets it
      return false;
    } catch (ExecutionException never) {
      throw new IllegalStateException("waiting does not fail", never);
    }
  }

  /// Tells when the connection, a scope's progress or the number of pending writes is another.
  public Registration onStatus(Consumer<ClientStatus> listener) {
    return onNotice(notice -> {
      switch (notice) {
        case Notice.LineChanged ignored -> listener.accept(status);
        case Notice.ScopeChanged ignored -> listener.accept(status);
        case Notice.WriteSettled ignored -> listener.accept(status);
        case Notice.EntityChanged ignored -> {}
        case Notice.DocumentChanged ignored -> {}
        case Notice.WriteSent ignored -> {}
        case Notice.PresenceChanged ignored -> {}
        case Notice.Said ignored -> {}
        case Notice.Trouble ignored -> {}
      }
    });
  }

  /// Tells what every write came to, those of an earlier process on the same copy too.
  public Registration onOutcome(BiConsumer<QueuedWrite, WriteOutcome> listener) {
    return onNotice(notice -> {
      if (notice instanceof Notice.WriteSettled settled) {
        listener.accept(settled.write(), settled.outcome());
      }
    });
  }

  /// Tells what went wrong and belongs to no write; the client goes on by itself.
  public Registration onTrouble(Consumer<String> listener) {
    return onNotice(notice -> {
      if (notice instanceof Notice.Trouble(String detail)) {
        listener.accept(detail);
      }
    });
  }

  /// Ends the device: what is queued stays on disk for the next one on the same copy.
  @Override
  public void close() {
    closed = true;
    goOffline();
    loop.close();
    listenerThread.shutdown();
    store.close();
    threads.close(dialer);
  }

  // For the scopes.

  void tell(Consumer<ReplicaSession> what) {
    loop.tell(what);
  }

  List<PendingWrite> write(List<Draft> drafts) {
    return loop.<Optional<List<PendingWrite>>>ask(
            session -> {
              if (session.room() < drafts.size()) {
                return Optional.empty();
              }
              List<PendingWrite> written = new ArrayList<>(drafts.size());
              for (Draft draft : drafts) {
                written.add(handleOf(Objects.requireNonNull(session.write(draft))));
              }
              return Optional.of(written);
            })
        .orElseThrow(() -> new QueueFull(settings.limits().pendingMax()));
  }

  private PendingWrite handleOf(QueuedWrite write) {
    return pending.computeIfAbsent(write.key(), key -> new PendingWrite(write));
  }

  OpenDocument document(EntityKey key) {
    documentsLock.lock();
    try {
      OpenDocument open = documents.get(key);
      if (open == null) {
        open = new OpenDocument(this, key, threads.random());
        documents.put(key, open);
      }
      return open;
    } finally {
      documentsLock.unlock();
    }
  }

  OpenedState openDocument(EntityKey key) {
    return loop.ask(session -> session.openDocument(key));
  }

  void closeDocument(OpenDocument document) {
    documentsLock.lock();
    try {
      documents.remove(document.key());
      tell(session -> session.closeDocument(document.key()));
    } finally {
      documentsLock.unlock();
    }
  }

  /// @throws QueueFull when there is none
  void checkRoom() {
    if (status.pending() >= settings.limits().pendingMax()) {
      throw new QueueFull(settings.limits().pendingMax());
    }
  }

  /// Queues an edit of an open document, in one transaction; empty = it was made on an edition that
  /// is given up. All parts are queued, whatever room there is: the edit has been made. The server
  /// may take the first of them and refuse the next; what it took stays.
  ///
  /// @param parts of the edit, in order; at least one
  /// @return the write that carries the last part
  Optional<PendingWrite> writeEdit(List<Draft> parts, long edition) {
    return loop.<Optional<PendingWrite>>ask(session -> {
      if (session.edition(parts.getFirst().entity()) != edition) {
        return Optional.empty();
      }
      QueuedWrite last = null;
      for (Draft part : parts) {
        last = Objects.requireNonNull(session.write(part));
      }
      return Optional.of(handleOf(Objects.requireNonNull(last)));
    });
  }

  /// Something went wrong that no caller can be told.
  void trouble(String detail) {
    announcer.tell(new Notice.Trouble(detail));
  }

  /// @throws ReplicaFailure when the client is closed, or the copy cannot be read
  <T> T read(Function<ReplicaReading, T> reading) {
    if (closed) {
      throw new ReplicaFailure(DeviceLoop.CLOSED);
    }
    return store.read(reading);
  }

  boolean isClosed() {
    return closed;
  }

  Registration onNotice(Consumer<Notice> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  ClientStatus.Progress progress(ScopeName scope) {
    ClientStatus.Progress known = status.scopes().get(scope);
    return known == null ? new ClientStatus.Progress(ScopeState.STALE, 0, "") : known;
  }

  List<Notice.Neighbour> neighbours(ScopeName scope) {
    return neighbours.getOrDefault(scope, List.of());
  }

  long syncId(ScopeName scope) {
    return this.<Long>read(replica -> replica.cursor(scope).map(ScopeCursor::lastId).orElse(0L));
  }

  Optional<EntityView> view(EntityKey key) {
    return read(replica ->
        Optional.ofNullable(
            Overlay.view(key, replica.known(key).orElse(null), replica.pending(key))));
  }

  List<ModelName> models(ScopeName scope) {
    return read(replica -> replica.models(scope));
  }

  List<EntityView> views(ScopeName scope, ModelName model) {
    return read(replica -> {
      Map<EntityKey, KnownEntity> known = new TreeMap<>((one, two) -> one.id().compareTo(two.id()));
      List<KnownEntity> page = replica.known(scope, model, null, PAGE);
      while (!page.isEmpty()) {
        page.forEach(entity -> known.put(entity.key(), entity));
        page = replica.known(scope, model, page.getLast().key().id(), PAGE);
      }
      return overlaid(known, replica.pending(scope, model));
    });
  }

  private static List<EntityView> overlaid(
      Map<EntityKey, KnownEntity> known, List<QueuedWrite> writes) {
    Map<EntityKey, List<QueuedWrite>> byEntity = new HashMap<>();
    TreeMap<String, EntityKey> keys = new TreeMap<>();
    known.keySet().forEach(key -> keys.put(key.id().text(), key));
    for (QueuedWrite write : writes) {
      byEntity.computeIfAbsent(write.entity(), key -> new ArrayList<>()).add(write);
      keys.put(write.entity().id().text(), write.entity());
    }
    List<EntityView> views = new ArrayList<>(keys.size());
    for (EntityKey key : keys.values()) {
      EntityView view = Overlay.view(key, known.get(key), byEntity.getOrDefault(key, List.of()));
      if (view != null) {
        views.add(view);
      }
    }
    return views;
  }

  // On the device's thread.

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Dial dial -> lines.dial(dial.link());
      case Effect.HangUp hangUp -> lines.hangUp(hangUp);
      case Effect.Send send -> lines.send(send);
      case Effect.Tell tell -> take(tell.notice());
      case Effect.Wake ignored -> throw new IllegalStateException("the loop wakes itself");
    }
  }

  private void take(Notice notice) {
    switch (notice) {
      case Notice.LineChanged change -> lineDetail = change.detail();
      case Notice.ScopeChanged change ->
          progress.put(
              change.scope(),
              new ClientStatus.Progress(change.state(), change.fetched(), change.detail()));
      case Notice.PresenceChanged change -> neighbours.put(change.scope(), change.present());
      case Notice.WriteSent sent -> withPending(sent.write(), PendingWrite::sent);
      case Notice.WriteSettled settled ->
          withPending(settled.write(), write -> write.settled(settled.outcome()));
      case Notice.EntityChanged ignored -> {}
      case Notice.DocumentChanged ignored -> {}
      case Notice.Said ignored -> {}
      case Notice.Trouble ignored -> {}
    }
    toTell.add(notice);
  }

  private void withPending(QueuedWrite write, Consumer<PendingWrite> then) {
    PendingWrite known = pending.get(write.key());
    if (known != null) {
      then.accept(known);
    }
  }

  private void look(ReplicaSession session) {
    status = new ClientStatus(session.line(), lineDetail, session.pendingCount(), progress);
    toTell.forEach(announcer::tell);
    toTell.clear();
    waiting.removeIf(
        one -> one.done().isDone() || (one.until().test(session) && one.done().complete(true)));
  }

  private void ended(ReplicaFailure why) {
    lines.closeAll();
    String detail = String.valueOf(why.getMessage());
    status = new ClientStatus(LineState.OFFLINE, detail, status.pending(), progress);
    waiting.forEach(one -> one.done().complete(false));
    waiting.clear();
    announcer.tell(new Notice.LineChanged(LineState.OFFLINE, detail));
  }

  // On the listeners' thread.

  private void announce(Notice notice) {
    if (notice instanceof Notice.WriteSettled settled) {
      PendingWrite known = pending.remove(settled.write().key());
      if (known != null) {
        known.complete(settled.outcome());
      }
    }
    for (Consumer<Notice> listener : listeners) {
      try {
        listener.accept(notice);
      } catch (Throwable thrown) { // the others are told all the same
        UserCode.rethrowIfFatal(thrown);
        LOG.warn("a listener failed at {}", notice, thrown);
      }
    }
  }
}
