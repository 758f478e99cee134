package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.rule.DocumentMerge;
import dev.anabranch.kernel.rule.DocumentRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a document's state is made of: a folded state and the updates since.
///
/// Each change points to the change of the same entity before it; the trail is walked back along
/// these pointers until the folded state, the birth of the document or a reader's own knowledge.
///
/// @param entity the document without its state
/// @param folded where the updates begin; null = at the document's birth, or behind `knownSeq`
/// @param isWhole whether this is everything, so that what the reader knew is of no use any more
/// @param updates bodies of the changes since, in order
public record DocumentTrail(
    Entity entity, @Nullable Folded folded, boolean isWhole, List<Bytes> updates) {

  private static final int ATTEMPTS_MAX = 10;

  /// How much of it one query reads.
  private static final PageLimit PAGE = new PageLimit(1_000, 4 * 1024 * 1024);

  public DocumentTrail {
    updates = List.copyOf(updates);
  }

  /// The trail of a document; empty when it never existed.
  ///
  /// @param knownSeq the reader holds everything up to this change; 0 = nothing
  /// @throws IllegalStateException when the log has a hole (a bug, or a damaged database)
  public static Optional<DocumentTrail> of(Store store, EntityKey key, long knownSeq) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      Optional<Entity> entity = store.entity(key);
      if (entity.isEmpty()) {
        return Optional.empty();
      }
      Optional<DocumentTrail> trail = walk(store, entity.get(), knownSeq);
      if (trail.isPresent()) {
        return trail;
      }
    }
    throw new IllegalStateException("the log of " + key + " has a hole");
  }

  /// Walks back; empty when the floor was raised meanwhile.
  private static Optional<DocumentTrail> walk(Store store, Entity entity, long knownSeq) {
    if (entity.deleted() || entity.seq() <= knownSeq) {
      return Optional.of(new DocumentTrail(entity, null, entity.deleted(), List.of()));
    }
    Folded folded = store.folded(entity.key()).filter(kept -> kept.seq() > knownSeq).orElse(null);
    long from = folded == null ? knownSeq : folded.seq();
    List<Bytes> updates = new ArrayList<>();
    boolean reborn = false;
    for (long seq = entity.seq(); seq > from && !reborn; ) {
      List<Change> page = store.trail(entity.key().scope(), seq, from, PAGE);
      if (page.isEmpty()) {
        return Optional.empty();
      }
      for (Change change : page) {
        if (change.action() == Action.DELETE) {
          folded = null;
          reborn = true;
          break;
        }
        if (change.body() != null) {
          updates.add(change.body());
        }
        seq = change.prior();
      }
    }
    Collections.reverse(updates);
    boolean isWhole = reborn || folded != null || from == 0;
    return Optional.of(new DocumentTrail(entity, folded, isWhole, updates));
  }

  /// How much there is of it.
  public DocumentWeight weight() {
    Bytes base = folded == null ? null : folded.state();
    return new DocumentWeight(
        base == null ? 0 : base.size(),
        updates.size(),
        updates.stream().mapToLong(Bytes::size).sum());
  }

  /// The whole state; null when nothing was ever written into the document, or it is deleted.
  public @Nullable Bytes state(DocumentMerge merge) {
    Bytes base = folded == null ? null : folded.state();
    return updates.isEmpty() ? base : merge.mergeAll(base, updates);
  }

  /// An entity with its state, if it is a document; any other as it is.
  public static Entity whole(Store store, Entity entity, DocumentRule rule) {
    return entity.deleted() || entity.body() != null
        ? entity
        : of(store, entity.key(), 0)
            .map(trail -> DocumentRule.withBody(trail.entity(), trail.state(rule.merge())))
            .orElse(entity);
  }
}
