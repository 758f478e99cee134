package dev.anabranch.client.session;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.PushEntry;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A small server: one log, the rules `versioned` and `document`, one answer for each key.
///
/// What it says to a connection is put in that connection's mailbox; when it is delivered, or lost,
/// is the test's affair. It is written from the protocol's description, not from the real server.
final class ToyServer {

  private static final PushOutcome.Refused FORBIDDEN =
      new PushOutcome.Refused("forbidden", "you may read this scope");

  private final List<SyncEvent> log = new ArrayList<>();
  private final Map<ScopeName, Long> seqs = new HashMap<>();
  private final Map<EntityKey, SyncRecord> entities = new LinkedHashMap<>();
  private final Map<String, PushOutcome.Result> answers = new HashMap<>();
  private final List<Connection> connections = new ArrayList<>();
  private final List<SyncEvent> lost = new ArrayList<>();
  private long ids = 100;
  private long now = 1_000;
  private long refusedUntil;
  private int refused;

  /// The most scopes that one connection may follow.
  int followedMax = Integer.MAX_VALUE;

  /// Documents that nobody may edit.
  final Set<EntityKey> refusedDocuments = new HashSet<>();

  /// Scopes that nobody may write just now.
  final Set<ScopeName> forbidden = new HashSet<>();

  /// One client's side of a link.
  final class Connection {
    private final Consumer<ScopeMessage.ToClient> mailbox;
    private final Map<ScopeName, Long> told = new HashMap<>();
    private final Set<Ref> taken = new HashSet<>();

    private Connection(Consumer<ScopeMessage.ToClient> mailbox) {
      this.mailbox = mailbox;
    }

    /// The link is gone.
    void cut() {
      connections.remove(this);
    }

    void receive(ScopeMessage.FromClient message) {
      switch (message) {
        case ScopeMessage.Subscribe subscribe -> subscribe(subscribe);
        case ScopeMessage.Unsubscribe unsubscribe -> told.remove(unsubscribe.scope());
        case ScopeMessage.Push push -> push(push);
        case ScopeMessage.Ping ping ->
            mailbox.accept(new ScopeMessage.Pong(ping.nonce(), ping.ref()));
        case ScopeMessage.Presence ignored -> {}
        case ScopeMessage.Auth ignored -> {}
      }
    }

    private void subscribe(ScopeMessage.Subscribe subscribe) {
      ScopeName scope = subscribe.scope();
      long cursor = subscribe.lastSyncId();
      told.remove(scope);
      if (told.size() >= followedMax) {
        mailbox.accept(
            new ScopeMessage.ErrorAnswer(
                "too_many_subscriptions", "no room", scope.text(), 0, subscribe.ref()));
        return;
      }
      if (cursor > headId(scope)) {
        mailbox.accept(
            new ScopeMessage.Refetch(scope, RefetchReason.CURSOR_AHEAD, subscribe.ref()));
        return;
      }
      if (lost.stream().anyMatch(event -> event.id() == subscribe.lastSyncId())) {
        mailbox.accept(new ScopeMessage.Refetch(scope, RefetchReason.EPOCH, subscribe.ref()));
        return;
      }
      if (cursor == 0) {
        cursor = headId(scope);
        snapshot(scope, cursor, subscribe.ref());
      }
      told.put(scope, cursor);
      tellNew();
      mailbox.accept(
          new ScopeMessage.Live(scope, Objects.requireNonNull(told.get(scope)), subscribe.ref()));
    }

    private void snapshot(ScopeName scope, long lastId, @Nullable Ref ref) {
      Map<ModelName, List<SyncRecord>> models = new TreeMap<>();
      entities.forEach((key, record) -> {
        if (key.scope().equals(scope) && !record.deleted()) {
          models.computeIfAbsent(key.model(), model -> new ArrayList<>()).add(record);
        }
      });
      models.forEach((model, records) ->
          mailbox.accept(
              new ScopeMessage.Bootstrap(scope, Map.of(model, records), false, lastId, ref)));
      mailbox.accept(new ScopeMessage.Bootstrap(scope, Map.of(), true, lastId, ref));
    }

    private void push(ScopeMessage.Push push) {
      boolean isCutOff = push.after() != null && !taken.contains(push.after());
      if (isCutOff) {
        mailbox.accept(
            new ScopeMessage.ErrorAnswer("unavailable", "what it follows", null, 90, push.ref()));
        return;
      }
      if (now < refusedUntil || refused > 0) {
        refused = Math.max(0, refused - 1);
        mailbox.accept(
            new ScopeMessage.ErrorAnswer("rate_limited", "too much", null, 100, push.ref()));
        return;
      }
      List<PushOutcome> outcomes = new ArrayList<>();
      for (PushEntry entry : push.batch().writes()) {
        outcomes.add(commit((PushWrite) entry));
      }
      if (outcomes.stream().noneMatch(one -> one.result().equals(FORBIDDEN))) {
        taken.add(Objects.requireNonNull(push.ref()));
      }
      connections.forEach(Connection::tellNew);
      mailbox.accept(new ScopeMessage.Pushed(outcomes, push.ref()));
    }

    private void tellNew() {
      told.replaceAll((scope, cursor) -> {
        List<SyncEvent> fresh = after(scope, cursor);
        if (!fresh.isEmpty()) {
          mailbox.accept(new ScopeMessage.Sync(scope, fresh));
        }
        return fresh.isEmpty() ? cursor : fresh.getLast().id();
      });
    }
  }

  /// Turns away so many of the next pushes, and what follows them.
  void turnAway(int pushes) {
    refused = pushes;
  }

  /// Turns away every push until then.
  void turnAwayUntil(long millis) {
    refusedUntil = millis;
  }

  /// Turns away the next push, or all for a while.
  void turnAway(RandomGenerator random) {
    if (random.nextBoolean()) {
      turnAway(1);
    } else {
      turnAwayUntil(now + random.nextInt(100));
    }
  }

  /// Turns away no push.
  void takeAll() {
    refused = 0;
    refusedUntil = 0;
  }

  Connection connect(Consumer<ScopeMessage.ToClient> mailbox) {
    Connection connection = new Connection(mailbox);
    connections.add(connection);
    return connection;
  }

  void clock(long nowMillis) {
    now = nowMillis;
  }

  /// An older backup is put in place: the last changes never were, and every link ends.
  void loseTheLast(int count) {
    int kept = Math.max(0, log.size() - count);
    List<SyncEvent> all = List.copyOf(log);
    lost.addAll(all.subList(kept, all.size()));
    log.clear();
    entities.clear();
    seqs.clear();
    answers.clear();
    all.subList(0, kept).forEach(this::again);
    List.copyOf(connections).forEach(Connection::cut);
  }

  private void again(SyncEvent event) {
    EntityKey key = new EntityKey(event.scope(), event.model(), event.modelId());
    SyncRecord current = entities.get(key);
    Bytes update = event.body();
    Bytes state = current == null ? null : current.body();
    Bytes body =
        update == null || state == null ? update : DocumentBytes.merged(List.of(state, update));
    entities.put(key, record(event, current, body));
    seqs.put(event.scope(), event.seq());
    log.add(event);
    answers.put(
        event.scope() + " " + event.key(),
        new PushOutcome.Applied(event.id(), event.seq(), event.version()));
  }

  private static SyncRecord record(
      SyncEvent event, @Nullable SyncRecord current, @Nullable Bytes body) {
    if (event.action() == Action.DELETE) {
      return SyncRecord.deleted(event.modelId(), event.scope(), event.version(), event.id());
    }
    JsonObject before = current == null ? JsonObject.EMPTY : current.fields();
    JsonObject data = event.data();
    return new SyncRecord(
        event.modelId(),
        event.scope(),
        event.version(),
        event.id(),
        current == null || current.deleted() ? event.createdAt() : current.createdAt(),
        event.createdAt(),
        data == null ? before : before.patchedBy(data),
        body,
        false);
  }

  /// Every subscription of a scope is told to start over.
  void refetch(ScopeName scope) {
    for (Connection connection : connections) {
      if (connection.told.remove(scope) != null) {
        connection.mailbox.accept(
            new ScopeMessage.Refetch(scope, RefetchReason.CURSOR_BEHIND_RETENTION, null));
      }
    }
  }

  List<SyncEvent> log() {
    return log;
  }

  /// Whether a write has an answer, for ever.
  boolean answered(ScopeName scope, WriteKey key) {
    return answers.containsKey(scope + " " + key);
  }

  /// Living entities of a scope and their fields.
  Map<EntityKey, JsonObject> state(ScopeName scope) {
    Map<EntityKey, JsonObject> living = new LinkedHashMap<>();
    entities.forEach((key, record) -> {
      if (key.scope().equals(scope) && !record.deleted()) {
        living.put(key, record.fields());
      }
    });
    return living;
  }

  private long headId(ScopeName scope) {
    List<SyncEvent> all = after(scope, 0);
    return all.isEmpty() ? 0 : all.getLast().id();
  }

  private List<SyncEvent> after(ScopeName scope, long cursor) {
    return log.stream()
        .filter(event -> event.scope().equals(scope) && event.id() > cursor)
        .toList();
  }

  private PushOutcome commit(PushWrite write) {
    PushOutcome.Result first = answers.get(write.scope() + " " + write.key());
    if (first != null) {
      return new PushOutcome(write.key(), true, first);
    }
    if (forbidden.contains(write.scope())) {
      return PushOutcome.first(write.key(), FORBIDDEN);
    }
    PushOutcome.Result result = judge(write);
    answers.put(write.scope() + " " + write.key(), result);
    return PushOutcome.first(write.key(), result);
  }

  private PushOutcome.Result judge(PushWrite write) {
    EntityKey key = new EntityKey(write.scope(), write.model(), write.id());
    SyncRecord current = entities.get(key);
    boolean lives = current != null && !current.deleted();
    long version = current != null && lives ? current.version() : 0;
    if (write.version() != null && write.version() != version) {
      return new PushOutcome.Conflict(current, false);
    }
    if (write.data() != null && write.data().get("forbidden") != null) {
      return new PushOutcome.Refused("schema", "the field forbidden is forbidden");
    }
    if (write.action() == Action.MERGE) {
      return merge(key, current, write);
    }
    if (!lives && write.action() != Action.INSERT) {
      return new PushOutcome.Refused("absent", "there is no " + key.id());
    }
    return apply(key, current, write);
  }

  private PushOutcome.Applied apply(EntityKey key, @Nullable SyncRecord current, PushWrite write) {
    boolean lives = current != null && !current.deleted();
    Action action = write.action() == Action.INSERT && lives ? Action.UPDATE : write.action();
    return append(key, current, action, write.data(), null, write);
  }

  private PushOutcome.Result merge(EntityKey key, @Nullable SyncRecord current, PushWrite write) {
    if (refusedDocuments.contains(key)) {
      return new PushOutcome.Refused("forbidden", "you may read " + key.id());
    }
    Bytes update = Objects.requireNonNull(write.body());
    Bytes state = current == null ? null : current.body();
    Bytes merged = state == null ? update : DocumentBytes.merged(List.of(state, update));
    return append(key, current, Action.MERGE, null, merged, write);
  }

  private PushOutcome.Applied append(
      EntityKey key,
      @Nullable SyncRecord current,
      Action action,
      @Nullable JsonObject data,
      @Nullable Bytes body,
      PushWrite write) {
    ids += 3;
    long seq = seqs.merge(key.scope(), 1L, Long::sum);
    long version = current == null ? 1 : current.version() + 1;
    SyncEvent event =
        new SyncEvent(
            ids,
            seq,
            key.scope(),
            key.model(),
            key.id(),
            action,
            data,
            write.body(),
            version,
            new PrincipalId("toy"),
            write.device(),
            write.key(),
            now,
            false);
    entities.put(key, record(event, current, body));
    log.add(event);
    return new PushOutcome.Applied(ids, seq, version);
  }

  /// Somebody else edits a document, over some other way in.
  void merge(EntityKey key, Bytes update) {
    commit(
        new PushWrite(
            new WriteKey("other-" + ids),
            key.scope(),
            key.model(),
            key.id(),
            Action.MERGE,
            null,
            update,
            null,
            null,
            null,
            null));
    connections.forEach(Connection::tellNew);
  }

  /// A document as it is here; null = it is not.
  @Nullable Bytes document(EntityKey key) {
    SyncRecord record = entities.get(key);
    return record == null ? null : record.body();
  }

  /// Somebody else writes, over some other way in.
  void write(EntityKey key, Action action, @Nullable JsonObject data) {
    commit(
        PushWrite.of(
            new WriteKey("other-" + ids), key.scope(), key.model(), key.id(), action, data));
    connections.forEach(Connection::tellNew);
  }

  static EntityKey key(ScopeName scope, String id) {
    return new EntityKey(scope, new ModelName("Note"), new EntityId(id));
  }
}
