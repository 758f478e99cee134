package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Consent;
import dev.anabranch.kernel.model.Model;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may write what, by the grants as the commit sees them (K8).
final class Admission {

  private Admission() {}

  /// Whether the signed original is the right to write: in the signer's own scope no grant is
  /// asked.
  static boolean isVouched(Caller caller, Model model, ScopeName scope) {
    return model.marking() != null
        && caller.authority().own().contains(scope)
        && caller.authority().ceilingIn(scope).covers(model.writer());
  }

  /// Why the caller may not write entities of a model in a scope.
  static Optional<Fault> denies(Ledger ledger, Caller caller, Model model, ScopeName scope) {
    if (isVouched(caller, model, scope)) {
      return Optional.empty();
    }
    Right held = Authorizer.rightOf(caller, scope, ledger::entity);
    return held.covers(model.writer())
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.FORBIDDEN,
                caller.principal()
                    + " has the right "
                    + held.word()
                    + " in "
                    + scope
                    + "; this write needs "
                    + model.writer().word()));
  }

  /// Whether a caller without the right gets it by writing: the first writer of an unknown scope
  /// becomes its admin, and so does a principal in a scope of its own that never granted it
  /// anything.
  static boolean founds(Ledger ledger, Caller caller, Model model, ScopeName scope) {
    return caller.authority().mayCreate()
        && !scope.isPrivate()
        && caller.authority().ceilingIn(scope).covers(model.writer())
        && (ledger.scope(scope).seq() == 0
            || (caller.authority().own().contains(scope)
                && ledger.entity(EntityKey.grant(scope, caller.principal())) == null));
  }

  /// Why the caller may not write just this: what others wrote is erased, and fields of the
  /// server's are written, by the server's owner only.
  static Optional<Fault> denies(Caller caller, Model model, Write write) {
    Set<PrincipalId> erases = write.erases();
    if (erases != null && !mayErase(caller, write, erases)) {
      return Optional.of(
          new Fault(FaultCode.FORBIDDEN, "only the server's owner erases what others wrote"));
    }
    JsonObject data = write.data();
    if (data == null || caller.authority().ownsServer()) {
      return Optional.empty();
    }
    return model.serverOwned().stream()
        .filter(data.fields()::containsKey)
        .findFirst()
        .map(field ->
            new Fault(
                FaultCode.SERVER_OWNED, "the field " + field + " is written by the server only"));
  }

  /// Why the caller may not make this of an entity: fields of the server's stay as they are,
  /// whatever is done to the entity that holds them, unless the server's owner does it (decision
  /// 0110).
  static Optional<Fault> denies(Caller caller, Model model, @Nullable Entity before, Entity after) {
    if (model.serverOwned().isEmpty()
        || before == null
        || before.deleted()
        || caller.authority().ownsServer()) {
      return Optional.empty();
    }
    JsonObject left = after.deleted() ? JsonObject.EMPTY : after.data();
    return model.serverOwned().stream()
        .filter(field -> !Objects.equals(before.data().get(field), left.get(field)))
        .sorted()
        .findFirst()
        .map(field ->
            new Fault(
                FaultCode.SERVER_OWNED,
                "the "
                    + model.name()
                    + " holds the field "
                    + field
                    + ", which is written by the server only, and would lose it"));
  }

  private static boolean mayErase(Caller caller, Write write, Set<PrincipalId> authors) {
    return caller.authority().owns(write.entity().scope())
        || (write.action() == Action.DELETE
            && !authors.isEmpty()
            && authors.stream()
                .allMatch(
                    each -> each.equals(PrincipalId.ERASER) || caller.names().contains(each)));
  }

  /// Why a write that speaks of another entity lacks that entity's consent.
  static Optional<Fault> lacksConsent(Ledger ledger, Caller caller, Consent consent, Write write) {
    if (!consent.isAsked(write)) {
      return Optional.empty();
    }
    boolean given =
        consent
            .of(write)
            .filter(entity ->
                Authorizer.rightOf(caller, entity.scope(), ledger::entity).covers(Right.READ))
            .filter(entity -> consent.isGivenBy(ledger.entity(entity)))
            .isPresent();
    return given
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.FORBIDDEN,
                "the field "
                    + consent.field()
                    + " of a "
                    + write.entity().model()
                    + " must name a "
                    + consent.model()
                    + " that its writer may read and whose "
                    + consent.flag()
                    + " is true"));
  }
}
