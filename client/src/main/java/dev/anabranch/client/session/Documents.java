package dev.anabranch.client.session;

import dev.anabranch.client.replica.DocumentUpdate;
import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What this device has of its documents.
///
/// A document is what the snapshot held (the known entity's body), the updates that came since, and
/// the pending merges on top; it is made whole only for whoever opens it. The updates are kept one
/// by one and folded into one when there are [#KEPT_MAX], so that a keystroke costs its own bytes
/// and not the document's.
///
/// What is in an opened document cannot be taken out of it again. Where that is needed (it was
/// deleted; an edit was refused) its *edition* rises: whoever has it open throws it away and opens
/// it anew. An edit wins over a delete that did not know it: then the document is made again,
/// whole.
final class Documents {

  /// The most updates of one document that are kept apart.
  static final int KEPT_MAX = 200;

  private final Step step;
  private final PendingWrites pending;
  private final RandomGenerator random;
  private final Map<EntityKey, Long> editions = new HashMap<>();
  private final Set<EntityKey> changed = new LinkedHashSet<>();

  Documents(Step step, PendingWrites pending, RandomGenerator random) {
    this.step = step;
    this.pending = pending;
    this.random = random;
  }

  /// Somebody opens a document, from now on told what changes it.
  OpenedState open(EntityKey document) {
    long edition = editions.computeIfAbsent(document, key -> 0L);
    List<Bytes> updates = new ArrayList<>(known(document));
    unconfirmed(document).forEach(write -> updates.add(body(write)));
    List<DocumentUpdate> kept = step.replica().updates(document, 0);
    return new OpenedState(edition, updates, kept.isEmpty() ? 0 : kept.getLast().number());
  }

  /// Nobody has it open any more.
  void close(EntityKey document) {
    editions.remove(document);
  }

  /// Of which edition an opened document must be to be edited; -1 = it is not open.
  long edition(EntityKey document) {
    return editions.getOrDefault(document, -1L);
  }

  /// A change is about to be known.
  ///
  /// @param before the entity before it; null = it did not live
  /// @return what is to be written because of it
  List<Draft> changing(SyncEvent event, @Nullable KnownEntity before) {
    EntityKey key = Fold.entity(event);
    return switch (event.action()) {
      case MERGE -> {
        merge(key, event.body(), before);
        yield List.of();
      }
      case DELETE -> isDocument(key) ? replace(key, null, givenUp(key)) : List.of();
      case INSERT, UPDATE -> List.of();
    };
  }

  private void merge(EntityKey key, @Nullable Bytes update, @Nullable KnownEntity before) {
    if (before != null && before.body() != null && step.replica().updates(key, 0).isEmpty()) {
      keep(key, before.body());
    }
    if (update != null) {
      keep(key, update);
    }
  }

  private void keep(EntityKey key, Bytes update) {
    if (!DocumentBytes.isUpdate(update)) {
      step.tell(new Notice.Trouble("an update of " + key + " cannot be read, and is left out"));
      return;
    }
    if (step.replica().keep(key, update) > KEPT_MAX) {
      step.replica().keepOnly(key, DocumentBytes.settled(kept(key), random));
    }
    changed.add(key);
  }

  private boolean isDocument(EntityKey key) {
    return !step.replica().updates(key, 0).isEmpty() || !unconfirmed(key).isEmpty();
  }

  /// What was there is gone: for everybody, or until this device's edits have made it again.
  ///
  /// @return the document as it is to be made again
  private Optional<Bytes> givenUp(EntityKey key) {
    List<QueuedWrite> edits = unconfirmed(key);
    if (edits.isEmpty()) {
      raise(key);
      return Optional.empty();
    }
    changed.add(key);
    List<Bytes> whole = new ArrayList<>(known(key));
    edits.forEach(write -> whole.add(body(write)));
    return Optional.of(DocumentBytes.merged(whole));
  }

  /// Puts what the server has in the place of what this device knew. What the server must be told
  /// again goes in as many writes as it takes; if something in it is too large for one by itself –
  /// an embedded file – it stays on this device.
  ///
  /// @return what is to be written, in order
  private List<Draft> replace(EntityKey key, @Nullable Bytes theirs, Optional<Bytes> again) {
    List<Bytes> parts =
        again.map(update -> DocumentBytes.parts(update, Draft.BODY_BYTES_MAX)).orElse(List.of());
    Optional<Bytes> tooLarge =
        parts.stream().filter(part -> part.size() > Draft.BODY_BYTES_MAX).findFirst();
    if (tooLarge.isPresent()) {
      step.tell(
          new Notice.Trouble(
              key
                  + " holds something of "
                  + tooLarge.get().size()
                  + " bytes, too large to be sent again; the document stays on this device alone:"
                  + " copy it by hand"));
    }
    boolean stays = tooLarge.isPresent() && again.isPresent();
    step.replica().keepOnly(key, stays ? together(theirs, again.get()) : theirs);
    return stays ? List.of() : parts.stream().map(part -> Draft.merge(key, part)).toList();
  }

  private static Bytes together(@Nullable Bytes theirs, Bytes ours) {
    return theirs != null && DocumentBytes.isUpdate(theirs)
        ? DocumentBytes.merged(List.of(theirs, ours))
        : ours;
  }

  /// A snapshot is about to replace what is known of a scope.
  ///
  /// @param forgot whether the server has lost what it once told: then nothing was deleted
  /// @return what is to be written because of it: what the server once told and has lost
  List<Draft> adopting(ScopeName scope, boolean forgot) {
    Set<EntityKey> held = new LinkedHashSet<>(step.replica().documents(scope));
    editions.keySet().stream().filter(key -> key.scope().equals(scope)).forEach(held::add);
    List<Draft> drafts = new ArrayList<>();
    for (EntityKey key : held) {
      KnownEntity after = step.replica().staged(key).orElse(null);
      Bytes theirs = after == null ? null : after.body();
      drafts.addAll(replace(key, theirs, adopting(key, after, forgot)));
      step.learn(key, after);
      changed.add(key);
    }
    return drafts;
  }

  private Optional<Bytes> adopting(EntityKey key, @Nullable KnownEntity after, boolean forgot) {
    step.touch(key);
    KnownEntity before = step.known(key);
    if (before == null) {
      return Optional.empty();
    }
    boolean same = after != null && before.createdAt() == after.createdAt();
    return forgot || same ? whatIsLost(key, after == null ? null : after.body()) : givenUp(key);
  }

  private Optional<Bytes> whatIsLost(EntityKey key, @Nullable Bytes theirs) {
    List<Bytes> known = known(key);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    Bytes ours = DocumentBytes.merged(known);
    return theirs != null && DocumentBytes.isUpdate(theirs)
        ? DocumentBytes.lacking(theirs, ours, random)
        : Optional.of(ours);
  }

  /// An edit was refused: what was built on it is not the document.
  void refused(EntityKey document) {
    raise(document);
  }

  /// The scope's copy is dropped.
  void forget(ScopeName scope) {
    editions.keySet().stream().filter(key -> key.scope().equals(scope)).forEach(changed::add);
    editions.replaceAll((key, edition) -> key.scope().equals(scope) ? edition + 1 : edition);
  }

  private void raise(EntityKey key) {
    editions.computeIfPresent(key, (same, edition) -> edition + 1);
    changed.add(key);
  }

  /// Tells whoever has a document open that there is more of it.
  void tellChanges() {
    for (EntityKey key : changed) {
      if (editions.containsKey(key)) {
        step.tell(new Notice.DocumentChanged(key, edition(key)));
      }
    }
    changed.clear();
  }

  private List<Bytes> known(EntityKey key) {
    List<Bytes> kept = kept(key);
    KnownEntity known = step.known(key);
    Bytes snapshot = known == null ? null : known.body();
    return kept.isEmpty() && snapshot != null && DocumentBytes.isUpdate(snapshot)
        ? List.of(snapshot)
        : kept;
  }

  private List<Bytes> kept(EntityKey key) {
    return step.replica().updates(key, 0).stream().map(DocumentUpdate::update).toList();
  }

  private List<QueuedWrite> unconfirmed(EntityKey key) {
    return pending.of(key).stream()
        .filter(write -> write.draft().action() == Action.MERGE && !write.decided())
        .toList();
  }

  private static Bytes body(QueuedWrite write) {
    Bytes body = write.draft().body();
    if (body == null) {
      throw new IllegalStateException("a merge without a body: " + write);
    }
    return body;
  }
}
