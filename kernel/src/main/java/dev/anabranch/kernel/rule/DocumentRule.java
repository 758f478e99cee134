package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Write;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rule `document`: concurrent updates of a CRDT document are merged; no update is ever stale,
/// unless its writer says which version it is for.
///
/// A keystroke must not cost the whole document. The sequencer therefore keeps the entity without
/// its state ([#advance]): the updates stand in the log, and `kernel.store.DocumentTrail` puts the
/// state together from the last folded one and the updates since (decision 0040).
public final class DocumentRule implements MergeRule {

  private final DocumentMerge merge;

  /// The rule over one kind of CRDT.
  public DocumentRule(DocumentMerge merge) {
    this.merge = Objects.requireNonNull(merge);
  }

  @Override
  public String word() {
    return "document";
  }

  @Override
  public Verdict judge(@Nullable Entity current, Write write, Stamp stamp) {
    return switch (write.action()) {
      case MERGE -> isStale(current, write) ? new Verdict.Conflict() : update(write);
      case DELETE -> delete(current, write);
      case INSERT, UPDATE ->
          Verdict.refuse(
              FaultCode.UNSUITABLE,
              "a document is changed by merge with a body, not by " + write.action().word());
    };
  }

  private static boolean isStale(@Nullable Entity current, Write write) {
    Long expected = write.expectedVersion();
    return expected != null && expected != Folds.livingVersion(current);
  }

  private static Verdict delete(@Nullable Entity current, Write write) {
    if (isStale(current, write)) {
      return new Verdict.Conflict();
    }
    return current == null || current.deleted()
        ? VersionedRule.absent(write)
        : new Verdict.Accept(Action.DELETE, null, null);
  }

  private Verdict update(Write write) {
    Bytes body = write.body();
    if (body == null) {
      return Verdict.refuse(FaultCode.INVALID, "a merge needs a body");
    }
    Optional<Verdict> wrong = merge.check(body).map(Verdict.Refuse::new);
    return wrong.orElseGet(() -> new Verdict.Accept(Action.MERGE, null, body));
  }

  /// The CRDT beneath.
  public DocumentMerge merge() {
    return merge;
  }

  @Override
  public Entity advance(@Nullable Entity current, Change change) {
    return change.action() == Action.DELETE
        ? Folds.tombstone(current, change)
        : Folds.living(current, change, JsonObject.EMPTY, null);
  }

  @Override
  public boolean isSame(Entity folded, Entity found) {
    return isSameState(folded.body(), found.body())
        && withBody(folded, null).equals(withBody(found, null));
  }

  private boolean isSameState(@Nullable Bytes one, @Nullable Bytes other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return merge.isSame(one, other);
  }

  /// An entity with this state.
  public static Entity withBody(Entity entity, @Nullable Bytes body) {
    return new Entity(
        entity.key(),
        entity.version(),
        entity.data(),
        body,
        entity.ruleState(),
        entity.deleted(),
        entity.createdAt(),
        entity.updatedAt(),
        entity.id(),
        entity.seq());
  }

  @Override
  public Entity fold(@Nullable Entity current, Change change) {
    if (change.action() == Action.DELETE) {
      return Folds.tombstone(current, change);
    }
    Bytes state = current == null || current.deleted() ? null : current.body();
    Bytes update = change.body();
    return Folds.living(
        current, change, JsonObject.EMPTY, update == null ? state : merge.merge(state, update));
  }
}
