package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedMessage.Resume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that one session is told without asking: a [SignedSubscription] for each scope that
/// its principal may read, those that are shared with it later included. Confined to the session's
/// loop.
final class SignedStream {

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private final Caller caller;
  private final Map<ScopeName, SignedSubscription> subscriptions = new HashMap<>();
  private @Nullable Runnable watch;
  private int begun;

  SignedStream(SignedSession.Surroundings here, SignedOutbox outbox, Caller caller) {
    this.here = here;
    this.outbox = outbox;
    this.caller = caller;
  }

  private int scopesMax() {
    return here.policy().limits().subscriptionsMax();
  }

  void resume(Resume resume, long re) {
    cancel();
    int round = ++begun;
    // Watched before it is listed: a grant in between is told by one of the two.
    watch = here.memberships().watch(caller, scope -> outbox.execute(() -> granted(scope, round)));
    outbox.then(
        here.memberships().scopesOf(caller, null, scopesMax() + 1),
        re,
        found -> {
          if (round == begun) {
            follow(found, resume, re);
          }
        },
        () -> {});
  }

  private void follow(List<Membership> found, Resume resume, long re) {
    List<Membership> ours = new ArrayList<>();
    for (Membership each : found) {
      if (isOurs(each.scope()) && ours.size() < scopesMax()) {
        ours.add(each);
      }
    }
    outbox.send(
        ServerFrames.resumed(
            ours.stream().map(Membership::scope).toList(), found.size() <= scopesMax(), re));
    for (Membership each : ours) {
      if (!subscriptions.containsKey(each.scope())) {
        cursorFor(each, resume);
      }
    }
  }

  /// Chats and the principal's own scopes; what else it may read belongs to other ways in.
  private boolean isOurs(ScopeName scope) {
    if (scope.kind().equals("chat")) {
      return true;
    }
    for (PrincipalId name : caller.names()) {
      if (SignedChanges.userScope(name).filter(scope::equals).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /// Where a scope goes on: at its own cursor; else at the common one, unless the scope was shared
  /// after that; else from nothing.
  private void cursorFor(Membership membership, Resume resume) {
    Long own = resume.cursors().get(membership.scope());
    long common = resume.lastSyncId();
    if (own != null) {
      subscribe(membership.scope(), own);
    } else if (common == 0 || membership.id() > common) {
      subscribe(membership.scope(), 0);
    } else {
      int round = begun;
      outbox.then(
          here.kernel().head(caller, membership.scope()),
          null,
          answer -> {
            if (round == begun
                && answer
                    instanceof
                    dev.anabranch.kernel.Answer.Given<dev.anabranch.kernel.store.ScopeHead>(
                        var head)) {
              subscribe(membership.scope(), Math.min(common, head.id()));
            }
          },
          () -> {});
    }
  }

  private void granted(ScopeName scope, int round) {
    if (round == begun && isOurs(scope) && !subscriptions.containsKey(scope)) {
      subscribe(scope, 0);
    }
  }

  private void subscribe(ScopeName scope, long cursor) {
    if (subscriptions.size() >= scopesMax() || subscriptions.containsKey(scope)) {
      return;
    }
    int round = begun;
    SignedSubscription subscription =
        new SignedSubscription(
            here.kernel(),
            outbox,
            caller,
            scope,
            cursor,
            here.policy().limits().page(),
            how -> ended(scope, how, cursor, round));
    subscriptions.put(scope, subscription);
    subscription.begin();
  }

  private void ended(ScopeName scope, SignedSubscription.End how, long cursor, int round) {
    if (round != begun) {
      return;
    }
    subscriptions.remove(scope);
    switch (how) {
      case FORBIDDEN -> outbox.send(ServerFrames.left(scope));
      case RIGHTS_CHANGED -> subscribe(scope, 0);
      case REFETCH -> {
        if (cursor > 0) {
          subscribe(scope, 0);
        }
      }
    }
  }

  void writable() {
    List.copyOf(subscriptions.values()).forEach(SignedSubscription::writable);
  }

  void cancel() {
    begun++;
    if (watch != null) {
      watch.run();
      watch = null;
    }
    subscriptions.values().forEach(SignedSubscription::cancel);
    subscriptions.clear();
  }
}
