package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.SignedFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Says yes, or why not; pure.
///
/// @param limits the numbers
/// @param address what the server calls itself in challenges
/// @param access who may come in now; it may change
public record SignedPolicy(
    SignedLimits limits, SignedAddress address, Supplier<SignedAccess> access) {

  /// The scopes of chats.
  static final String CHATS = "chat:";

  public SignedPolicy {
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(access, "access");
  }

  /// What a key's session may do at most: own and found chats, and the scopes of its own names;
  /// whatever the grants say there.
  ///
  /// @param founds whether they may found chats, and their own scope
  static Authority authorityOf(Set<PrincipalId> names, boolean readsOnly, boolean founds) {
    List<ScopePattern> scopes = new ArrayList<>();
    scopes.add(new ScopePattern(CHATS + "*"));
    for (PrincipalId name : names) {
      SignedChanges.userScope(name).ifPresent(own -> scopes.add(new ScopePattern(own.text())));
    }
    return new Authority(scopes, readsOnly ? Right.READ : Right.ADMIN, founds && !readsOnly, false);
  }

  /// As what somebody comes in now.
  SignedAccess.Entry entryOf(Accounts.Account account) {
    return access.get().of(account);
  }

  /// Whether a frame's time is near enough to ours.
  static Optional<Refusal> isTimely(
      long timestamp, long nowMillis, long skewMillis, SignedFault fault) {
    return Math.abs(nowMillis - timestamp) <= skewMillis && timestamp >= 0
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                fault,
                "the timestamp "
                    + timestamp
                    + " is more than "
                    + skewMillis
                    + " ms from the server's "
                    + nowMillis
                    + " (milliseconds since 1970)"));
  }

  /// Whether one more frame may wait for its turn.
  Optional<Refusal> waitsAnother(int waiting) {
    return waiting < limits.waitingMax()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                SignedFault.RATE_LIMITED,
                waiting + " frames wait for their turn; at most " + limits.waitingMax()));
  }

  /// Whether one more sync may go to the kernel.
  Optional<Refusal> commitsAnother(int underWay) {
    return underWay < limits.commitsMax()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                SignedFault.RATE_LIMITED,
                underWay + " writes wait for an answer; at most " + limits.commitsMax()));
  }
}
