package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Turns;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Resume;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything that one session is told without asking: a [SignedSubscription] for each scope that
/// its principal may read, those that are shared with it later included.
///
/// A few of them begin at a time, and none while the outbox is full: a session with many large
/// chats holds no more than a few pages (K11). Those that found the store away begin again later,
/// where they stopped. What finds no room is said once after each `resume`, and counted each time.
/// Confined to the session's loop.
final class SignedStream {

  private static final PageLimit ONE = new PageLimit(1, 1);
  private static final ScopeName ANY = new ScopeName("chat:any");
  private static final int BEGINNING_MAX = 4;
  private static final long RETRY_MILLIS_MIN = 1_000;
  private static final long RETRY_MILLIS_MAX = 30_000;

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private final Caller caller;
  private final Map<ScopeName, SignedSubscription> subscriptions = new HashMap<>();
  private final Turns turns = new Turns();
  private final Deque<ScopeName> waiting = new ArrayDeque<>();
  private final Set<ScopeName> beginning = new HashSet<>();
  private final ReadScopes readable;

  /// Scopes that may be readable or not, and up to where the client has them.
  private final Map<ScopeName, Long> unlisted = new LinkedHashMap<>();

  private @Nullable Runnable watch;
  private @Nullable Cancellable retry;
  private long retryMillis = RETRY_MILLIS_MIN;
  private final Set<ScopeName> early = new LinkedHashSet<>();
  private boolean looking;
  private boolean isComplete = true;
  private boolean hasBegun;
  private int begun;

  SignedStream(SignedSession.Surroundings here, SignedOutbox outbox, Caller caller) {
    this.here = here;
    this.outbox = outbox;
    this.caller = caller;
    this.readable = new ReadScopes(here.kernel(), here.memberships());
  }

  private int scopesMax() {
    return here.limits().subscriptionsMax();
  }

  void resume(Resume resume, long re) {
    cancel();
    int round = ++begun;
    // Watched before it is listed: a grant in between is told by one of the two.
    watch = here.memberships().watch(caller, scope -> outbox.execute(() -> granted(scope, round)));
    outbox.then(
        readable.of(caller, scopesMax() + 1),
        re,
        found -> {
          if (round == begun) {
            follow(found, resume, re);
          }
        },
        () -> {});
  }

  private void follow(List<Membership> found, Resume resume, long re) {
    if (found.size() > scopesMax()) {
      isComplete = false;
      here.observer().refused(SignedFault.TOO_MANY_SUBSCRIPTIONS);
    }
    List<Membership> ours = found.stream().limit(scopesMax()).toList();
    outbox.send(
        ServerFrames.resumed(ours.stream().map(Membership::scope).toList(), isComplete, re));
    if (resume.lastSyncId() == 0) {
      begin(ours, resume);
    } else {
      beginAfterCommon(ours, resume);
    }
  }

  /// Whether a restore took a cursor's history back is so in all scopes alike. It is said before
  /// anything else, for nobody knows what the client holds: the scopes may be gone with the
  /// history.
  private void beginAfterCommon(List<Membership> ours, Resume resume) {
    int round = begun;
    outbox.then(
        here.kernel().read(OwnScope.SERVER, ANY, resume.lastSyncId(), ONE),
        null,
        answer -> {
          if (round == begun) {
            if (answer instanceof Answer.Given<Reading>(Reading.Refetch(RefetchReason reason))
                && reason == RefetchReason.EPOCH) {
              beginAnew(ours, resume, reason.word());
            } else {
              begin(ours, resume);
            }
          }
        },
        () -> {
          if (round == begun) {
            beginAnew(ours, resume, SignedFault.UNAVAILABLE.code());
          }
        });
  }

  private void beginAnew(List<Membership> ours, Resume resume, String reason) {
    outbox.send(ServerFrames.refetchUnnamed(reason));
    begin(ours, new Resume(0, resume.cursors()));
  }

  private void begin(List<Membership> ours, Resume resume) {
    hasBegun = true;
    for (Membership each : ours) {
      if (!subscriptions.containsKey(each.scope())) {
        cursorFor(each, resume);
      }
    }
    early.forEach(scope -> granted(scope, begun));
    early.clear();
    Set<ScopeName> listed = ours.stream().map(Membership::scope).collect(Collectors.toSet());
    resume
        .cursors()
        .forEach((scope, cursor) -> {
          if (Entrance.isOurs(caller, scope) && !listed.contains(scope)) {
            unlisted.put(scope, cursor);
          }
        });
    lookNext();
  }

  /// Looks, one by one, at scopes that were not listed: one that the client holds something of, and
  /// whose right was taken away while it was gone, is left as any other; one that may be read is
  /// followed if there is room.
  private void lookNext() {
    if (retry != null || looking || unlisted.isEmpty() || !outbox.writable()) {
      return;
    }
    int round = begun;
    ScopeName scope = unlisted.keySet().iterator().next();
    long cursor = Objects.requireNonNull(unlisted.remove(scope));
    looking = true;
    outbox.then(
        here.kernel().head(caller, scope),
        null,
        answer -> {
          if (round == begun) {
            looking = false;
            if (isThere(answer)) {
              subscribe(scope, cursor);
            } else if (!subscriptions.containsKey(scope)) {
              outbox.send(ServerFrames.left(scope));
            }
            lookNext();
          }
        },
        () -> {
          if (round == begun) {
            looking = false;
            unlisted.put(scope, cursor);
            holdBack();
          }
        });
  }

  private static boolean isThere(Answer<ScopeHead> answer) {
    return answer instanceof Answer.Given<ScopeHead>(ScopeHead head) && head.seq() > 0;
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
      atHead(membership.scope(), common, begun);
    }
  }

  /// A common cursor beyond a scope's head is of another scope: all of this one is known.
  private void atHead(ScopeName scope, long common, int round) {
    outbox.then(
        here.kernel().head(caller, scope),
        null,
        answer -> {
          if (round == begun) {
            switch (answer) {
              case Answer.Given<ScopeHead>(ScopeHead head) ->
                  subscribe(scope, Math.min(common, head.id()));
              case Answer.Refused<ScopeHead> ignored -> outbox.send(ServerFrames.left(scope));
            }
          }
        },
        () -> {
          if (round == begun) {
            subscribe(scope, 0); // what the client has of it is told once more
          }
        });
  }

  private void granted(ScopeName scope, int round) {
    if (round != begun || !Entrance.isOurs(caller, scope) || subscriptions.containsKey(scope)) {
      return;
    }
    Collection<ScopeName> waits = hasBegun ? unlisted.keySet() : early;
    if (hasBegun && hasRoom(scope)) {
      subscribe(scope, 0);
    } else if (waits.size() >= scopesMax()) {
      noRoom(scope);
    } else if (hasBegun) {
      unlisted.putIfAbsent(scope, 0L); // what was granted, or taken away, is seen by looking
      lookNext();
    } else {
      early.add(scope); // else a refetch of everything would be behind its snapshot
    }
  }

  /// The principal's own scopes, which are as few as its names, have room also when they are
  /// founded behind many chats.
  private boolean hasRoom(ScopeName scope) {
    return subscriptions.size() < scopesMax() || !ReadScopes.isChat(scope);
  }

  /// A scope that the principal may read is not told, and the client hears that there is such a
  /// one; once, for it may be the first of thousands.
  private void noRoom(ScopeName scope) {
    if (!isComplete) {
      here.observer().refused(SignedFault.TOO_MANY_SUBSCRIPTIONS);
      return;
    }
    isComplete = false;
    outbox.refuse(
        new Refusal(
            SignedFault.TOO_MANY_SUBSCRIPTIONS,
            scope + " is not told: this session follows " + scopesMax() + " scopes, the most"),
        null);
  }

  private void subscribe(ScopeName scope, long cursor) {
    if (subscriptions.containsKey(scope)) {
      return;
    }
    if (!hasRoom(scope)) {
      noRoom(scope);
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
            here.limits().page(),
            () -> live(scope),
            how -> ended(scope, how, round));
    subscriptions.put(scope, subscription);
    waiting.add(scope);
    beginNext();
  }

  private void beginNext() {
    while (retry == null
        && beginning.size() < BEGINNING_MAX
        && !waiting.isEmpty()
        && outbox.writable()) {
      ScopeName next = waiting.remove();
      SignedSubscription subscription = subscriptions.get(next);
      if (subscription != null) {
        beginning.add(next);
        subscription.begin();
      }
    }
  }

  private void live(ScopeName scope) {
    retryMillis = RETRY_MILLIS_MIN;
    beginning.remove(scope);
    beginNext();
  }

  private void ended(ScopeName scope, SignedSubscription.End how, int round) {
    if (round != begun) {
      return;
    }
    SignedSubscription before = Objects.requireNonNull(subscriptions.remove(scope));
    beginning.remove(scope);
    switch (how) {
      case FORBIDDEN -> outbox.send(ServerFrames.left(scope));
      case RIGHTS_CHANGED, REFETCH -> subscribe(scope, 0);
      case LOST -> {
        if (before.isMidway()) {
          outbox.send(ServerFrames.refetch(scope, SignedFault.UNAVAILABLE.code()));
        }
        holdBack();
        subscribe(scope, before.cursor());
      }
    }
    beginNext();
  }

  /// The store is away: nothing begins for a while, longer each time until something was live.
  private void holdBack() {
    if (retry == null) {
      retry =
          outbox.later(
              retryMillis,
              () -> {
                retry = null;
                beginNext();
                lookNext();
              });
      retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
    }
  }

  void writable() {
    turns.next(subscriptions.values()).forEach(SignedSubscription::writable);
    beginNext();
    lookNext();
  }

  void cancel() {
    begun++;
    waiting.clear();
    beginning.clear();
    unlisted.clear();
    early.clear();
    hasBegun = false;
    looking = false;
    isComplete = true;
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
    if (watch != null) {
      watch.run();
      watch = null;
    }
    subscriptions.values().forEach(SignedSubscription::cancel);
    subscriptions.clear();
  }
}
