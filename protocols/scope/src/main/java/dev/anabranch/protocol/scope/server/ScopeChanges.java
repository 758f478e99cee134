package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Scope sync's words ↔ the kernel's; pure.
public final class ScopeChanges {
  private ScopeChanges() {}

  /// A change as scope sync shows it.
  ///
  /// @param models know how changes settle
  public static SyncEvent event(Change change, Models models) {
    DeviceId device = change.cause().device();
    return new SyncEvent(
        change.id(),
        change.seq(),
        change.scope(),
        change.entity().model(),
        change.entity().id(),
        isGone(change, models) ? Action.DELETE : change.action(),
        change.data(),
        change.body(),
        change.version(),
        change.author(),
        device.isAssigned() ? null : device,
        change.key(),
        change.at(),
        change.erased());
  }

  /// Whether nothing is left of a change and nothing stands on it: such a blanked one is shown as
  /// the deletion it came to. Under the other rules what others wrote later lies over it, and a
  /// deletion would take that along (docs/decisions/0096).
  private static boolean isGone(Change change, Models models) {
    return change.erased() && models.of(change.entity().model()).rule() instanceof NewestRule;
  }

  /// Changes as scope sync shows them.
  public static List<SyncEvent> events(List<Change> changes, Models models) {
    return changes.stream().map(change -> event(change, models)).toList();
  }

  /// An entity as scope sync shows it; a tombstone too.
  public static SyncRecord item(Entity entity) {
    EntityKey key = entity.key();
    return entity.deleted()
        ? SyncRecord.deleted(key.id(), key.scope(), entity.version(), entity.id())
        : new SyncRecord(
            key.id(),
            key.scope(),
            entity.version(),
            entity.id(),
            entity.createdAt(),
            entity.updatedAt(),
            entity.data(),
            entity.body(),
            false);
  }

  /// The kernel's no in our words.
  public static Refusal refusal(Fault fault) {
    return new Refusal(ScopeFault.of(fault.code()), fault.detail());
  }

  /// A pushed write as the kernel takes it.
  ///
  /// @param models knows the canonical names
  /// @param connection the device that the connection named; null = none
  public static Decoded<Write> write(PushWrite push, Models models, @Nullable DeviceId connection) {
    Optional<ModelName> model = models.canonical(push.model().text());
    if (model.isEmpty()) {
      return bad(new Refusal(ScopeFault.INVALID, "not a model: " + push.model()));
    }
    JsonObject data = push.data() == null ? null : withoutNames(push.data(), push);
    Optional<Refusal> unfit = data == null ? Optional.empty() : ScopePolicy.permitsFields(data);
    if (unfit.isPresent()) {
      return bad(unfit.get());
    }
    return new Decoded.Good<>(
        new Write(
            push.key(),
            new EntityKey(push.scope(), model.get(), push.id()),
            push.action(),
            data,
            push.body(),
            push.version(),
            claim(push, connection),
            0,
            null));
  }

  private static <T> Decoded<T> bad(Refusal refusal) {
    return new Decoded.Bad<>(refusal, null, null);
  }

  /// Fields that only repeat how the write is addressed are not the entity's own.
  private static JsonObject withoutNames(JsonObject data, PushWrite push) {
    JsonObject own = data;
    if (data.string("id").filter(push.id().text()::equals).isPresent()) {
      own = own.without("id");
    }
    if (data.string("scope").filter(push.scope().text()::equals).isPresent()) {
      own = own.without("scope");
    }
    return own;
  }

  private static @Nullable CausalClaim claim(PushWrite push, @Nullable DeviceId connection) {
    DeviceId device = push.device() == null ? connection : push.device();
    return device == null ? null : new CausalClaim(device, push.n(), push.base());
  }

  /// What a write came to, in our words.
  public static PushOutcome outcome(@Nullable WriteKey key, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Duplicate(Outcome first) -> new PushOutcome(key, true, result(first));
      case Outcome.Applied ignored -> PushOutcome.first(key, result(outcome));
      case Outcome.Conflict ignored -> PushOutcome.first(key, result(outcome));
      case Outcome.Refused ignored -> PushOutcome.first(key, result(outcome));
    };
  }

  private static PushOutcome.Result result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied applied ->
          new PushOutcome.Applied(applied.id(), applied.seq(), applied.version());
      case Outcome.Conflict(Entity current) ->
          PushOutcome.Conflict.with(current == null ? null : item(current));
      case Outcome.Refused(Fault fault) -> PushOutcome.Refused.of(refusal(fault));
      case Outcome.Duplicate(Outcome first) -> result(Objects.requireNonNull(first));
    };
  }
}
