package dev.anabranch.client.signed;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.QueueFull;
import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.session.Backoff;
import dev.anabranch.client.session.Conflict;
import dev.anabranch.client.session.Resolution;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.client.SignedConnection;
import dev.anabranch.protocol.signed.client.SignedListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a signed client: the line, the queue, what the server says.
///
/// ```
///   CONNECTING ──connect_ack──▶ OPEN ──lost──▶ WAITING ──time──▶ CONNECTING
///        │ 4403, key revoked ──▶ REFUSED: it would not go better the next time
/// ```
///
/// Waits grow until a line has told everything: one that breaks again and again on the same frame
/// is dialled ever more seldom.
///
/// A write leaves the queue when its change is part of what the server told, or the answer was no.
/// One write of an entity is under way at a time, the others of it behind it; a write is sent again
/// after a lost line under its old key, so that it is applied once.
final class SignedDevice {

  private static final Logger LOG = LoggerFactory.getLogger(SignedDevice.class);
  private static final int UNDER_WAY_MAX = 32;
  private static final int KEY_BYTES = 16;

  /// How often the queue is counted, which costs as much as it is long.
  private static final int COUNTED_EVERY = 64;

  private static final int HELD_PAGE = 500;
  private static final Set<String> TRANSIENT = Set.of("rate_limited", "unavailable", "internal");

  private final SignedClientSettings settings;
  private final ReplicaStore store;
  private final Dialer dialer;
  private final ClientThreads threads;
  private final Backoff backoff;
  private final ScheduledExecutorService thread;

  /// Writes on their way out, by their numbers; the frame has no counter yet.
  private final Map<Long, QueuedWrite> leaving = new HashMap<>();

  /// Writes that wait for an answer, by their frames' counters.
  private final Map<Long, QueuedWrite> underWay = new HashMap<>();

  private final KeyRequests keyRequests = new KeyRequests();
  private final Map<String, CompletableFuture<SignedOutcome>> answers = new LinkedHashMap<>();
  private final Set<ScopeName> awaited = new HashSet<>();
  private final List<CompletableFuture<Boolean>> settling = new ArrayList<>();
  private final List<Consumer<EntityKey>> listeners = new CopyOnWriteArrayList<>();
  private @Nullable SignedConnection line;
  private @Nullable Link current;
  private @Nullable PublicKey serverKey;
  private String principal = "";
  private long resumeCounter = -1;
  private boolean resumed;
  private boolean pausing;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile String state = "closed";
  private boolean wanted;
  private int writes;

  SignedDevice(
      SignedClientSettings settings, ReplicaStore store, Dialer dialer, ClientThreads threads) {
    this.settings = settings;
    this.store = store;
    this.dialer = dialer;
    this.threads = threads;
    this.serverKey = settings.serverKey().orElse(null);
    this.backoff =
        new Backoff(settings.retryMillisMin(), settings.retryMillisMax(), threads.random());
    this.thread = threads.timer("anabranch-signed");
  }

  String state() {
    return state;
  }

  Runnable onChange(Consumer<EntityKey> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// Does something on the device's thread; nothing any more once it is closed.
  private void run(Runnable task) {
    if (closed.get()) {
      return;
    }
    try {
      thread.execute(() -> step(task));
    } catch (RejectedExecutionException closing) {
      LOG.debug("the signed client is closed; this came too late", closing);
    }
  }

  private void step(Runnable task) {
    if (closed.get()) {
      return;
    }
    try {
      task.run();
      if (!settling.isEmpty() && isSettled()) {
        settling.forEach(waiting -> waiting.complete(true));
        settling.clear();
      }
    } catch (RuntimeException failure) {
      LOG.error("the signed client broke; its line begins anew", failure);
      SignedConnection broken = line;
      if (broken != null) {
        broken.close(CloseCode.SERVER_ERROR, "the client broke");
      }
    }
  }

  private <T> T ask(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, thread).join();
  }

  // The line.

  void connect() {
    run(() -> {
      if (!wanted) {
        wanted = true;
        dial();
      }
    });
  }

  private void dial() {
    if (!wanted) {
      return;
    }
    state = "connecting";
    Dial dial = new Dial(settings.server(), Headers.empty(), List.of(), settings.dialTimeout());
    var dialling =
        dialer
            .dial(
                dial,
                link -> {
                  Line heard = new Line();
                  SignedConnection connection =
                      new SignedConnection(
                          link,
                          settings.server(),
                          settings.key(),
                          serverKey,
                          threads.clock(),
                          heard);
                  heard.began(connection, link);
                  return connection;
                })
            .whenComplete((link, failure) -> {
              if (failure != null) {
                run(this::waitAndDial);
              }
            });
    dialling.exceptionally(told -> null);
  }

  private void waitAndDial() {
    if (wanted) {
      state = "waiting";
      var unused = thread.schedule(() -> run(this::dial), backoff.failed(), TimeUnit.MILLISECONDS);
    }
  }

  /// What one link says, brought to the device's thread.
  private final class Line implements SignedListener {
    private @Nullable SignedConnection connection;
    private @Nullable Link link;

    private void began(SignedConnection own, Link open) {
      connection = own;
      link = open;
    }

    private void mine(Runnable task) {
      run(() -> {
        if (line == connection) {
          task.run();
        }
      });
    }

    @Override
    public void opened(String who) {
      run(() -> {
        line = connection;
        current = link;
        lineOpened(who);
      });
    }

    @Override
    public void heard(JsonObject frame) {
      mine(() -> SignedDevice.this.heard(frame));
    }

    @Override
    public void closed(int code, String reason) {
      run(() -> {
        if (line == null || line == connection) {
          lineClosed(code, reason);
        }
      });
    }
  }

  private void lineOpened(String who) {
    if (!wanted) {
      Objects.requireNonNull(line).close(CloseCode.NORMAL, "closing");
      return;
    }
    state = "open";
    if (!principal.isEmpty() && !principal.equals(who)) {
      store.write(replica -> {
        replica.forget(SignedEntityClient.SELF); // another principal's, since keys were linked
        return true;
      });
    }
    principal = who;
    serverKey = Objects.requireNonNull(line).serverKey().orElse(null);
    forgetUnderWay();
    awaited.clear();
    resumed = false;
    resume();
    sendQueued();
  }

  private void lineClosed(int code, String reason) {
    boolean wasOpen = line != null;
    line = null;
    current = null;
    resumed = false;
    forgetUnderWay();
    keyRequests.lost();
    store.write(replica -> {
      replica.cursors().forEach(cursor -> replica.unstage(cursor.scope()));
      return true;
    });
    boolean hopeless =
        code == SignedConnection.BAD_SIGNATURE || reason.contains("no longer counts");
    if (hopeless) {
      state = "refused";
      wanted = false;
      LOG.warn("the server will not have this key: {} {}", code, reason);
    } else {
      if (code == CloseCode.PROTOCOL_ERROR) {
        LOG.warn("the line to {} broke: {}", settings.server(), reason);
      } else if (!wasOpen) {
        LOG.warn("{} let nobody in: {} {}", settings.server(), code, reason);
      }
      waitAndDial();
    }
  }

  /// Sends a frame; its counter is told on this thread, before any answer is taken.
  private void send(JsonObject frame, Consumer<Long> sent) {
    SignedConnection open = line;
    Link link = current;
    if (open == null || link == null) {
      return;
    }
    link.execute(() -> {
      long counter = open.send(frame);
      if (counter > 0) {
        run(() -> {
          if (line == open) { // another line has counters of its own
            sent.accept(counter);
          }
        });
      }
    });
  }

  private void resume() {
    JsonObject cursors =
        store.read(reading -> {
          JsonObject all = JsonObject.EMPTY;
          for (var cursor : reading.cursors()) {
            if (cursor.lastId() > 0) {
              all = all.with(remote(cursor.scope()).text(), cursor.lastId());
            }
          }
          return all;
        });
    send(
        JsonObject.EMPTY.with("type", "resume").with("lastSyncId", 0).with("cursors", cursors),
        counter -> resumeCounter = counter);
  }

  private ScopeName local(ScopeName scope) {
    return scope.text().equals("user:" + principal) ? SignedEntityClient.SELF : scope;
  }

  private ScopeName remote(ScopeName scope) {
    return scope.equals(SignedEntityClient.SELF) ? new ScopeName("user:" + principal) : scope;
  }

  // What the server says.

  private void heard(JsonObject frame) {
    switch (frame.string("type").orElse("")) {
      case "accepted", "conflict", "error" -> answered(frame);
      case "linked", "unlinked", "revoked" -> keysChanged(frame);
      case "snapshot" -> snapshot(frame);
      case "changed" -> changed(frame);
      case "live" -> scope(frame).ifPresent(awaited::remove);
      case "resumed" -> {
        resumed = true;
        strings(frame, "scopes").stream()
            .flatMap(name -> ScopeName.parse(name).stream())
            .forEach(scope -> awaited.add(local(scope)));
      }
      case "refetch" -> scope(frame).ifPresent(this::refetch);
      case "left" -> scope(frame).ifPresent(this::left);
      default -> {}
    }
    if (resumed && awaited.isEmpty()) {
      backoff.succeeded(); // the line has shown that it works
    }
  }

  private Optional<ScopeName> scope(JsonObject frame) {
    return frame.string("scope").flatMap(ScopeName::parse).map(this::local);
  }

  private static List<String> strings(JsonObject frame, String name) {
    List<String> texts = new ArrayList<>();
    if (frame.get(name) instanceof JsonArray(List<Json> values)) {
      for (Json value : values) {
        if (value instanceof JsonString(String text)) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  private static List<JsonObject> objects(JsonObject frame, String name) {
    List<JsonObject> objects = new ArrayList<>();
    if (frame.get(name) instanceof JsonArray(List<Json> values)) {
      for (Json value : values) {
        if (value instanceof JsonObject object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  private void snapshot(JsonObject frame) {
    ScopeName scope = scope(frame).orElseThrow();
    boolean isFinal = frame.get("final") == JsonBoolean.TRUE;
    long cursor = frame.number("lastSyncId").orElse(0);
    Set<EntityKey> changed = new HashSet<>();
    store.write(replica -> {
      if (replica.cursor(scope).isEmpty()) {
        replica.place(ScopeCursor.start(scope));
      }
      List<KnownEntity> entities = new ArrayList<>();
      objects(frame, "items").forEach(item -> entities.add(SignedItems.known(scope, item)));
      replica.stage(entities);
      if (isFinal) {
        replica.stagedDifferences(scope).forEach(each -> changed.add(each.key()));
        replica.adoptStaged(scope);
        replica.place(SignedItems.cursor(scope, cursor));
        replica.pending().stream()
            .filter(write -> write.scope().equals(scope) && write.isAccepted())
            .filter(write -> write.acceptedId() <= cursor)
            .forEach(write -> replica.drop(write.number()));
      }
      return true;
    });
    tell(changed);
  }

  private void changed(JsonObject frame) {
    ScopeName scope = scope(frame).orElseThrow();
    Set<EntityKey> changed = new HashSet<>();
    store.write(replica -> {
      for (JsonObject change : objects(frame, "changes")) {
        long id = change.number("sync_id").orElseThrow();
        EntityKey key = SignedItems.key(scope, change);
        KnownEntity before = replica.known(key).orElse(null);
        if (before == null || before.syncId() < id) {
          KnownEntity after = SignedItems.after(key, before, change);
          if (after == null) {
            replica.remove(key);
          } else {
            replica.put(after);
          }
          changed.add(key);
        }
        replica.pending(key).stream()
            .filter(write -> write.isAccepted() && write.acceptedId() <= id)
            .forEach(write -> replica.drop(write.number()));
        replica.place(SignedItems.cursor(scope, id));
      }
      return true;
    });
    tell(changed);
    sendQueued();
  }

  /// A snapshot follows; what came of one before does not count.
  private void refetch(ScopeName scope) {
    awaited.add(scope);
    store.write(replica -> {
      replica.unstage(scope);
      return true;
    });
  }

  /// What may no longer be read goes; what is queued for it will be refused.
  private void left(ScopeName scope) {
    awaited.remove(scope);
    Set<EntityKey> gone = new HashSet<>();
    store.write(replica -> {
      gone.addAll(held(replica, scope));
      replica.pending().stream()
          .filter(write -> write.scope().equals(scope) && write.isAccepted())
          .forEach(write -> replica.drop(write.number())); // its change will not be told any more
      replica.forget(scope);
      return true;
    });
    tell(gone);
  }

  private static Set<EntityKey> held(ReplicaReading replica, ScopeName scope) {
    Set<EntityKey> held = new HashSet<>();
    for (ModelName model : replica.models(scope)) {
      List<KnownEntity> page = replica.known(scope, model, null, HELD_PAGE);
      while (!page.isEmpty()) {
        page.forEach(entity -> held.add(entity.key()));
        page = replica.known(scope, model, page.getLast().key().id(), HELD_PAGE);
      }
    }
    return held;
  }

  private void tell(Set<EntityKey> changed) {
    for (EntityKey key : changed) {
      listeners.forEach(listener -> listener.accept(key));
    }
  }

  // Keys.

  /// Makes another key one of this key's principal.
  CompletionStage<KeyOutcome> link(SecretKey joining) {
    return changeKeys(
        server -> KeyRequests.link(server, settings.key(), joining, threads.clock().millis()));
  }

  /// Lets go of a key, or ends it.
  ///
  /// @param type `unlink` or `revoke`
  CompletionStage<KeyOutcome> letGo(String type, PublicKey key) {
    return changeKeys(server -> KeyRequests.of(type, key));
  }

  private void keysChanged(JsonObject frame) {
    if (!keyRequests.heard(frame)) {
      LOG.debug("an answer to what nobody waits for any more: {}", frame.string("type"));
    }
  }

  private CompletionStage<KeyOutcome> changeKeys(Function<PublicKey, JsonObject> frame) {
    CompletableFuture<KeyOutcome> answer = new CompletableFuture<>();
    ask(() -> {
      PublicKey server = serverKey;
      if (line == null || server == null || keyRequests.isFull()) {
        KeyRequests.giveUp(answer);
      } else {
        keyRequests.asked(answer);
        send(frame.apply(server), counter -> keyRequests.sent(counter, answer));
      }
      return true;
    });
    return answer;
  }

  // Writing.

  CompletionStage<SignedOutcome> write(EntityKey key, Action action, JsonObject data) {
    CompletableFuture<SignedOutcome> answer = new CompletableFuture<>();
    ask(() -> {
      QueuedWrite queued =
          store.write(replica -> {
            if (writes++ % COUNTED_EVERY == 0 && replica.pending().size() >= settings.queueMax()) {
              throw new QueueFull(settings.queueMax());
            }
            return replica.enqueue(fresh(replica, key, action, data));
          });
      answers.put(queued.key().text(), answer);
      tell(Set.of(key));
      sendQueued();
      return true;
    });
    return answer;
  }

  private QueuedWrite fresh(ReplicaReading reading, EntityKey key, Action action, JsonObject data) {
    EntityView view = Overlay.view(key, reading.known(key).orElse(null), reading.pending(key));
    long version = action == Action.INSERT ? 0 : view == null ? 0 : view.version();
    Draft draft = new Draft(key, action, action == Action.DELETE ? null : data, null, version);
    return QueuedWrite.fresh(freshKey(), draft, view == null ? null : view.data());
  }

  private WriteKey freshKey() {
    byte[] bytes = new byte[KEY_BYTES];
    threads.random().nextBytes(bytes);
    return new WriteKey(HexFormat.of().formatHex(bytes));
  }

  /// Sends what may be sent: in order, one write of an entity at a time.
  private void sendQueued() {
    if (line == null || pausing || leaving.size() + underWay.size() > UNDER_WAY_MAX / 2) {
      return;
    }
    Set<EntityKey> busy = new HashSet<>();
    Set<Long> sent = new HashSet<>();
    for (Map<Long, QueuedWrite> some : List.of(leaving, underWay)) {
      some.values()
          .forEach(write -> {
            busy.add(write.entity());
            sent.add(write.number());
          });
    }
    for (QueuedWrite write : store.read(ReplicaReading::pending)) {
      if (sent.size() >= UNDER_WAY_MAX) {
        return;
      }
      boolean waits = write.isAccepted() || sent.contains(write.number());
      if (!waits && busy.add(write.entity())) {
        sent.add(write.number());
        send(write);
      }
    }
  }

  private void send(QueuedWrite write) {
    leaving.put(write.number(), write);
    send(
        JsonObject.EMPTY.with("type", "sync").with("payload", SignedItems.payload(write).json()),
        counter -> {
          if (leaving.remove(write.number()) != null) {
            underWay.put(counter, write);
          }
        });
  }

  /// What the lost line was told is told again by the next one.
  private void forgetUnderWay() {
    leaving.clear();
    underWay.clear();
  }

  private void answered(JsonObject frame) {
    long re = frame.number("re").orElse(0);
    QueuedWrite write = underWay.remove(re);
    if (write == null) {
      if (!keyRequests.heard(frame)
          && re == resumeCounter
          && frame.string("type").filter("error"::equals).isPresent()) {
        later(frame, this::resume);
      }
      return;
    }
    switch (frame.string("type").orElse("")) {
      case "accepted" ->
          accepted(
              write, frame.number("version").orElseThrow(), frame.number("sync_id").orElseThrow());
      case "conflict" -> {
        if (frame.get("message") == null) {
          conflict(write, frame);
        } else {
          staleMessage(write, frame);
        }
      }
      default -> refused(write, frame);
    }
    sendQueued();
  }

  private void accepted(QueuedWrite write, long version, long syncId) {
    EntityKey key = write.entity();
    store.write(replica -> {
      KnownEntity known = replica.known(key).orElse(null);
      if (known != null && known.syncId() >= syncId) {
        replica.drop(write.number());
      } else if (SignedItems.isNext(known, write, version)) {
        KnownEntity after = SignedItems.after(key, known, write, version, syncId);
        if (after == null) {
          replica.remove(key);
        } else {
          replica.put(after);
        }
        replica.drop(write.number());
      } else {
        replica.accept(write.number(), syncId); // what came between is still under way
      }
      return true;
    });
    answer(write.key().text(), new SignedOutcome.Accepted(version, syncId));
  }

  /// The write itself is not stale, a message that its data names with a version is: that one is
  /// the caller's to settle.
  private void staleMessage(QueuedWrite write, JsonObject frame) {
    String message = frame.string("message").orElse("");
    refused(
        write,
        frame
            .with("code", "conflict")
            .with("detail", "the message " + message + " has another version by now"));
  }

  private void conflict(QueuedWrite write, JsonObject frame) {
    EntityKey key = write.entity();
    KnownEntity current =
        frame.get("current") instanceof JsonObject item && item.get("version") != null
            ? SignedItems.known(key.scope(), item)
            : null;
    Conflict conflict =
        SignedItems.conflict(
            write,
            current == null ? null : current.data(),
            current == null ? 0 : current.version());
    Resolution resolution = resolve(conflict);
    SignedOutcome outcome =
        store.write(replica -> {
          if (current != null
              && replica.known(key).filter(k -> k.syncId() >= current.syncId()).isEmpty()) {
            replica.put(current);
          }
          return settled(replica, write, conflict, resolution);
        });
    tell(Set.of(key));
    if (outcome instanceof SignedOutcome.Merged(String next)) {
      CompletableFuture<SignedOutcome> waiting = answers.remove(write.key().text());
      if (waiting != null) {
        answers.put(next, waiting); // who waits for the old one hears of the new one
      }
    } else {
      answer(write.key().text(), outcome);
    }
  }

  /// Takes the write out; what was queued of the entity behind it stays behind what takes its
  /// place.
  private SignedOutcome settled(
      ReplicaTransaction replica, QueuedWrite write, Conflict conflict, Resolution resolution) {
    EntityKey key = write.entity();
    List<QueuedWrite> later =
        replica.pending(key).stream().filter(each -> each.number() > write.number()).toList();
    replica.drop(write.number());
    later.forEach(each -> replica.drop(each.number()));
    JsonObject seen = conflict.theirs();
    long version = conflict.theirVersion();
    SignedOutcome outcome = new SignedOutcome.GivenUp(conflict);
    List<QueuedWrite> queue = new ArrayList<>();
    if (resolution instanceof Resolution.Rewrite(Action action, JsonObject data)) {
      WriteKey again = freshKey();
      queue.add(QueuedWrite.fresh(again, new Draft(key, action, data, null, version), seen));
      outcome = new SignedOutcome.Merged(again.text());
    }
    queue.addAll(later);
    for (QueuedWrite each : queue) {
      Draft draft = each.draft();
      long expected = draft.action() == Action.INSERT && seen == null ? 0 : version;
      replica.enqueue(
          QueuedWrite.fresh(
              each.key(), new Draft(key, draft.action(), draft.data(), null, expected), seen));
      version++;
      JsonObject data = draft.data();
      seen = data == null ? null : seen == null ? data.withoutNulls() : seen.patchedBy(data);
    }
    return outcome;
  }

  /// Fields that only one side changed need nobody; the rest is the application's.
  private Resolution resolve(Conflict conflict) {
    JsonObject merged = conflict.merged();
    boolean bothLive = conflict.mine() != null && conflict.theirs() != null;
    return merged != null && bothLive && conflict.clashes().isEmpty()
        ? conflict.become(merged)
        : settings.conflictRule().resolve(conflict);
  }

  private void refused(QueuedWrite write, JsonObject frame) {
    String code = frame.string("code").orElse("");
    if (TRANSIENT.contains(code)) {
      sendLater(frame);
      return;
    }
    store.write(replica -> {
      replica.drop(write.number());
      return true;
    });
    tell(Set.of(write.entity()));
    answer(
        write.key().text(), new SignedOutcome.Refused(code, frame.string("detail").orElse(null)));
  }

  /// Nothing is sent until the server wants to be asked again; the write that it would not have now
  /// would be sent at once otherwise.
  private void sendLater(JsonObject frame) {
    if (!pausing) {
      pausing = true;
      later(
          frame,
          () -> {
            pausing = false;
            sendQueued();
          });
    }
  }

  private void later(JsonObject frame, Runnable task) {
    long millis = frame.number("retry_after_ms").orElse(1_000);
    var unused = thread.schedule(() -> run(task), millis, TimeUnit.MILLISECONDS);
  }

  private void answer(String key, SignedOutcome outcome) {
    CompletableFuture<SignedOutcome> waiting = answers.remove(key);
    if (waiting != null) {
      waiting.complete(outcome);
    }
  }

  // The end.

  boolean settle(Duration timeout) {
    CompletableFuture<Boolean> settled = new CompletableFuture<>();
    run(() -> settling.add(settled));
    try {
      return settled.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private boolean isSettled() {
    return line != null
        && resumed
        && awaited.isEmpty()
        && leaving.isEmpty()
        && underWay.isEmpty()
        && store.read(ReplicaReading::pending).isEmpty();
  }

  void close() {
    if (closed.get()) {
      return;
    }
    ask(() -> {
      closed.set(true);
      wanted = false;
      state = "closed";
      SignedConnection open = line;
      Link link = current;
      line = null;
      keyRequests.lost();
      if (open != null && link != null) {
        link.execute(() -> open.close(CloseCode.NORMAL, "closing"));
      }
      return true;
    });
    thread.shutdownNow();
  }
}
