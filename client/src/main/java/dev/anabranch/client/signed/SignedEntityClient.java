package dev.anabranch.client.signed;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.OwnDialer;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.SqliteReplica;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.link.Dialer;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// One Nostr key's chats, settings and training data on this device.
///
/// Reads come from a local copy, writes are shown and queued on disk at once, offline too; they are
/// sent in their order when there is a line, again after a lost one, and never twice. What somebody
/// else changed meanwhile is merged field by field; where both changed one field, the application's
/// [dev.anabranch.client.session.ConflictRule] is asked.
///
/// Safe to use from any thread; listeners are called on one of the client's own.
public final class SignedEntityClient implements AutoCloseable {

  /// The scope of the principal's own entities on this device, whatever the principal is called.
  static final ScopeName SELF = new ScopeName("user:self");

  private final ReplicaStore store;
  private final SignedDevice device;
  private final SecretKey key;
  private final Dialer dialer;
  private final ClientThreads threads;
  private final boolean ownsDialer;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SignedEntityClient(
      SignedClientSettings settings,
      ReplicaStore store,
      Dialer dialer,
      boolean ownsDialer,
      ClientThreads threads) {
    this.store = store;
    this.key = settings.key();
    this.dialer = dialer;
    this.ownsDialer = ownsDialer;
    this.threads = threads;
    this.device = new SignedDevice(settings, store, dialer, threads);
  }

  /// Opens the local copy, or makes one; the line is opened by [#connect].
  ///
  /// @param file the copy's database
  /// @throws dev.anabranch.client.replica.ReplicaFailure when it cannot be had, or is open already
  /// @throws dev.anabranch.transport.TransportFailure when the certificates to trust cannot be used
  public static SignedEntityClient open(SignedClientSettings settings, Path file) {
    ClientThreads threads = ClientThreads.ofTheSystem();
    OwnDialer dialer = OwnDialer.over(settings.trusted()); // first, for the file is locked by then
    ReplicaStore store = dialer.closedUnless(() -> SqliteReplica.open(file, threads.freshDevice()));
    return open(settings, store, dialer, true, threads);
  }

  /// Opens a client over parts of the caller's choice.
  static SignedEntityClient open(
      SignedClientSettings settings,
      ReplicaStore store,
      Dialer dialer,
      boolean ownsDialer,
      ClientThreads threads) {
    return new SignedEntityClient(settings, store, dialer, ownsDialer, threads);
  }

  /// Opens the line, and opens it again whenever it is lost, until the client is closed.
  public void connect() {
    device.connect();
  }

  /// Writes an entity: shown here at once, on disk when this returns, then sent.
  ///
  /// @param id the chat's or entity's id; `settings` for settings
  /// @param data fields: all of a create, the changed ones of an update (`null` removes one); for a
  ///   chat also `messages` and `sharing`, which the server spreads
  /// @return completes when the server has answered; never, when the client is closed before
  public CompletionStage<SignedOutcome> syncEntity(
      EntityKind entity, EntityAction action, String id, JsonObject data) {
    if (entity == EntityKind.MESSAGE) {
      throw new IllegalArgumentException("a message is written with syncMessage");
    }
    return device.write(key(entity, id), draft(action), data);
  }

  /// Writes a message of a chat.
  public CompletionStage<SignedOutcome> syncMessage(
      String chat, EntityAction action, String id, JsonObject data) {
    return device.write(messageKey(chat, id), draft(action), data);
  }

  private static Action draft(EntityAction action) {
    return switch (action) {
      case CREATE -> Action.INSERT;
      case UPDATE -> Action.UPDATE;
      case DELETE -> Action.DELETE;
    };
  }

  /// An entity as it is here: what the server said with this device's own writes on top.
  public Optional<EntityView> entity(EntityKind entity, String id) {
    return read(key(entity, id));
  }

  /// A message of a chat as it is here.
  public Optional<EntityView> message(String chat, String id) {
    return read(messageKey(chat, id));
  }

  /// The messages of a chat as they are here, by id.
  public List<EntityView> messages(String chat) {
    return all(chatScope(chat), new ModelName(EntityKind.MESSAGE.word()));
  }

  /// The principal's training data as it is here, by id.
  public List<EntityView> trainingData() {
    return all(SELF, new ModelName(EntityKind.TRAINING_DATA.word()));
  }

  /// The chats that are known here, by id.
  public List<String> chats() {
    return store.read(reading ->
        reading.cursors().stream()
            .map(cursor -> cursor.scope())
            .filter(scope -> scope.kind().equals("chat"))
            .map(ScopeName::id)
            .toList());
  }

  /// Who may do what in a chat, as the server last said: entities whose id is a principal and whose
  /// field `right` is `read`, `write`, `admin` or `none`.
  public List<EntityView> sharing(String chat) {
    return all(chatScope(chat), new ModelName("sharing"));
  }

  /// Fields of a chat, or of a message in it, that only those can open who may read the chat, as
  /// the server last said, and this key; the server keeps and versions them and cannot read them.
  /// Share the chat first; when who may read it changes, seal and write anew.
  ///
  /// @throws IllegalArgumentException when there are more than [SealedFields#READERS_MAX]
  public JsonObject seal(String chat, JsonObject fields) {
    return SealedFields.seal(fields, key, SealedFields.readers(sharing(chat)), threads.random());
  }

  /// What was sealed to this key: the fields, who sealed them, and whether that is proven.
  public Optional<SealedFields.Opened> unseal(JsonObject data) {
    return SealedFields.unseal(data, key);
  }

  private Optional<EntityView> read(EntityKey key) {
    return store.read(reading ->
        Optional.ofNullable(
            Overlay.view(key, reading.known(key).orElse(null), reading.pending(key))));
  }

  private List<EntityView> all(ScopeName scope, ModelName model) {
    return store.read(reading -> {
      List<EntityView> views = new ArrayList<>();
      for (EntityKey key : keys(reading, scope, model)) {
        EntityView view = Overlay.view(key, reading.known(key).orElse(null), reading.pending(key));
        if (view != null) {
          views.add(view);
        }
      }
      return views;
    });
  }

  private static List<EntityKey> keys(ReplicaReading reading, ScopeName scope, ModelName model) {
    java.util.TreeSet<String> ids = new java.util.TreeSet<>();
    EntityId after = null;
    List<dev.anabranch.client.replica.KnownEntity> page;
    do {
      page = reading.known(scope, model, after, 1_000);
      page.forEach(each -> ids.add(each.key().id().text()));
      after = page.isEmpty() ? null : page.getLast().key().id();
    } while (page.size() == 1_000);
    reading.pending(scope, model).forEach(write -> ids.add(write.entity().id().text()));
    return ids.stream().map(id -> new EntityKey(scope, model, new EntityId(id))).toList();
  }

  /// Makes another key one of this key's principal: what was granted to either counts for both, and
  /// both see the same settings and training data. Asked on an open line only; the line then begins
  /// anew by itself.
  ///
  /// @param joining the other key, which signs that it wants so
  /// @return completes when the server has answered or the line is lost
  public CompletionStage<KeyOutcome> link(SecretKey joining) {
    return device.link(joining);
  }

  /// Gives a linked key back to itself: a principal's first key lets go of any, another one of
  /// itself.
  public CompletionStage<KeyOutcome> unlink(PublicKey key) {
    return device.letGo("unlink", key);
  }

  /// Ends a key for good, under the same rule.
  public CompletionStage<KeyOutcome> revoke(PublicKey key) {
    return device.letGo("revoke", key);
  }

  /// Writes that are not on the server's disk yet, as far as this device knows.
  public int queued() {
    return store.read(reading -> reading.pending().size());
  }

  /// What happens to the line: `connecting`, `open`, `partial`, `waiting`, `refused` or `closed`.
  ///
  /// `partial` is open, but the principal may read more chats than the server follows for one line
  /// (`signed.subscriptions_max`): those that it does not follow are missing here, or stand as they
  /// were. `refused` stays so until [#connect] is called anew; the log says why.
  public String state() {
    return device.state();
  }

  /// Why the line is not open, for people: what kept it from being dialled, or ended the last one.
  /// Empty when it is open, or there is nothing to say.
  public String detail() {
    return device.detail();
  }

  /// Tells of every entity that changes its look here, by whomever, on a thread of the listeners'
  /// own: it may take its time, ask the client anything and wait for the answer. Outcomes come on a
  /// thread of theirs, on which nobody may wait for another outcome.
  ///
  /// @return ends the telling
  public Runnable onChange(Consumer<EntityKey> listener) {
    return device.onChange(listener);
  }

  /// Waits until nothing is queued any more and everything that the principal may read is live, or
  /// the time is over.
  ///
  /// @return whether it is so; false at once when the client is closed
  public boolean settle(java.time.Duration timeout) {
    return device.settle(timeout);
  }

  /// Closes the line and the local copy; what is queued goes on with the next client on the file.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    device.close();
    store.close();
    if (ownsDialer) {
      threads.close(dialer);
    }
  }

  private static ScopeName chatScope(String chat) {
    return new ScopeName("chat:" + chat);
  }

  private static EntityKey messageKey(String chat, String id) {
    return new EntityKey(
        chatScope(chat), new ModelName(EntityKind.MESSAGE.word()), new EntityId(id));
  }

  private static EntityKey key(EntityKind entity, String id) {
    return new EntityKey(
        entity == EntityKind.CHAT ? chatScope(id) : SELF,
        new ModelName(entity.word()),
        new EntityId(id));
  }
}
