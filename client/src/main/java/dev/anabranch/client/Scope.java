package dev.anabranch.client;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.ReadableJson;
import dev.anabranch.client.session.Notice;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// One scope as this device has it: read, write and watch it, with or without a line to the server.
///
/// Reading is local and shows this device's own writes at once. Writing returns when the write is
/// on this device's disk; everything after that happens by itself. Safe to use from many threads.
///
/// Models go by their canonical names. A server may take another spelling (an alias, such as
/// `message` for `Message`), but tells what was written under the canonical one: an entity that was
/// put as `message` is found as that until the server has it, and from then on as `Message`. This
/// device does not know the aliases.
public final class Scope {

  /// The model of documents.
  public static final String DOCUMENT = "document";

  private final Anabranch client;
  private final ScopeName name;

  Scope(Anabranch client, ScopeName name) {
    this.client = Objects.requireNonNull(client);
    this.name = Objects.requireNonNull(name);
  }

  /// Its name, `<class>:<id>`.
  public ScopeName name() {
    return name;
  }

  /// How far its copy is.
  public ClientStatus.Progress progress() {
    return client.progress(name);
  }

  /// The id of the last change that this copy covers; 0 = nothing was fetched yet.
  public long syncId() {
    return client.syncId(name);
  }

  /// Waits until this copy covers a change: to see here what another device was told is applied.
  ///
  /// @param syncId as an applied write's outcome names it
  /// @return false when that was not so in time
  /// @throws InterruptedException when this thread is to stop
  public boolean awaitSyncId(long syncId, Duration atMost) throws InterruptedException {
    return client.await(session -> session.reached(name) >= syncId, atMost);
  }

  // Read.

  /// An entity as this device sees it.
  public Optional<EntityView> get(String model, String id) {
    return client.view(key(model, id));
  }

  /// All living entities of a model, by id.
  public List<EntityView> list(String model) {
    return client.views(name, new ModelName(model));
  }

  /// The models of which something is there, by name.
  public List<String> models() {
    return client.models(name).stream().map(ModelName::text).toList();
  }

  /// A document of this scope, open for reading and editing; made with its first edit. The same one
  /// again until it is closed.
  public OpenDocument document(String document) {
    return client.document(key(DOCUMENT, document));
  }

  // Write.

  /// Creates an entity, or lays these fields over it if it lives.
  public PendingWrite put(String model, String id, JsonObject fields) {
    return write(Draft.put(key(model, id), fields));
  }

  /// Creates an entity only if it does not live; else it is a conflict.
  public PendingWrite create(String model, String id, JsonObject fields) {
    return write(Draft.put(key(model, id), fields).expecting(0));
  }

  /// Changes these fields, whatever the others are by now; null removes a field.
  public PendingWrite patch(String model, String id, JsonObject changed) {
    return write(Draft.patch(key(model, id), changed));
  }

  /// Changes these fields only if nobody else changed the entity since it was seen; else it is a
  /// conflict.
  public PendingWrite patch(EntityView seen, JsonObject changed) {
    return write(Draft.patch(seen.key(), changed).expecting(seen));
  }

  /// Deletes an entity, whatever it is by now.
  public PendingWrite delete(String model, String id) {
    return write(Draft.delete(key(model, id)));
  }

  /// Deletes an entity only if nobody else changed it since it was seen; else it is a conflict.
  public PendingWrite delete(EntityView seen) {
    return write(Draft.delete(seen.key()).expecting(seen));
  }

  /// Writes what a draft says.
  ///
  /// @throws QueueFull when the device holds as many unconfirmed writes as it may
  /// @throws dev.anabranch.client.replica.ReplicaFailure when it cannot be put on disk
  public PendingWrite write(Draft draft) {
    return write(List.of(draft)).getFirst();
  }

  /// Writes what several drafts say, in order: all of them are queued, or none; the server answers
  /// each on its own.
  ///
  /// @throws QueueFull when the device has no room for all
  /// @throws dev.anabranch.client.replica.ReplicaFailure when they cannot be put on disk
  public List<PendingWrite> write(List<Draft> drafts) {
    for (Draft draft : drafts) {
      if (!draft.entity().scope().equals(name)) {
        throw new IllegalArgumentException(draft.entity() + " is not in " + name);
      }
    }
    return client.write(drafts);
  }

  /// The name of an entity here.
  public EntityKey key(String model, String id) {
    return new EntityKey(name, new ModelName(model), new EntityId(id));
  }

  // Watch.

  /// Tells what looks different, by whoever's hand; on the thread of the client's listeners.
  public Registration onChange(Consumer<EntityChange> listener) {
    return client.onNotice(notice -> {
      if (notice instanceof Notice.EntityChanged change && change.key().scope().equals(name)) {
        listener.accept(new EntityChange(change.key(), change.before(), change.after()));
      }
    });
  }

  /// Tells what looks different among the entities of one model.
  public Registration onChange(String model, Consumer<EntityChange> listener) {
    ModelName only = new ModelName(model);
    return onChange(change -> {
      if (change.key().model().equals(only)) {
        listener.accept(change);
      }
    });
  }

  /// Tells when one entity looks different.
  public Registration onChange(String model, String id, Consumer<EntityChange> listener) {
    EntityKey only = key(model, id);
    return onChange(change -> {
      if (change.key().equals(only)) {
        listener.accept(change);
      }
    });
  }

  // Presence.

  /// Says something of this device to whoever follows the scope, until it says otherwise or is gone
  /// for a minute.
  public void present(JsonObject value) {
    present("", value);
  }

  /// Says something of this device about a topic, such as the document it edits.
  public void present(String topic, JsonObject value) {
    if (value.text().length() > Present.VALUE_CHARS_MAX) {
      throw new IllegalArgumentException(
          "presence is at most " + Present.VALUE_CHARS_MAX + " characters of JSON");
    }
    ReadableJson.check("what is said in " + name, value);
    checkTopic(topic);
    client.tell(session -> session.present(name, topic, value, Present.TTL_MILLIS_MAX));
  }

  /// This device has nothing to say any more.
  public void absent() {
    absent("");
  }

  /// This device has nothing to say about a topic any more.
  public void absent(String topic) {
    checkTopic(topic);
    client.tell(session -> session.present(name, topic, null, Present.TTL_MILLIS_MAX));
  }

  private static void checkTopic(String topic) {
    if (topic.length() > Present.TOPIC_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a topic is at most " + Present.TOPIC_CHARS_MAX + " characters");
    }
    ReadableJson.check("a topic", JsonObject.EMPTY.with("topic", topic));
  }

  /// Who else is there, and what they say.
  public List<Notice.Neighbour> neighbours() {
    return client.neighbours(name);
  }

  /// Tells when somebody else comes, says something or goes; with everybody who is there then.
  public Registration onPresence(Consumer<List<Notice.Neighbour>> listener) {
    return client.onNotice(notice -> {
      if (notice instanceof Notice.PresenceChanged change && change.scope().equals(name)) {
        listener.accept(change.present());
      }
    });
  }

  /// Tells what is said once in the scope, such as an ephemeral event of Nostr (topic `nostr`). It
  /// is never kept: a listener that is slow, or comes later, misses it.
  public Registration onSaid(Consumer<Notice.Neighbour> listener) {
    return client.onNotice(notice -> {
      if (notice instanceof Notice.Said said && said.scope().equals(name)) {
        listener.accept(said.said());
      }
    });
  }

  @Override
  public String toString() {
    return name.text();
  }
}
