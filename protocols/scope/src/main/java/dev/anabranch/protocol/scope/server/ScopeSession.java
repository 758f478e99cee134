package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.CommitChain;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Peer;
import dev.anabranch.link.Turns;
import dev.anabranch.link.limit.Gcra;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Auth;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Authenticated;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.FromClient;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Ping;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pong;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Presence;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Push;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Subscribe;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Unsubscribe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client on one link.
///
/// ```
///             token checked: no, and none was shown
///   CHECKING ───────────────────────────────────────▶ STRANGER ──(too late, or anything but
///    ▲   │  ◀─────────────── auth ────────────────────────┘        auth and ping)──▶ ENDED
///    │   │ yes
///    │   ▼                       a token was shown and is no good: from anywhere ──▶ ENDED
///   auth OPEN
/// ```
///
/// While a token is checked, frames wait (bounded) and are then handled in order. In `OPEN` each
/// scope has at most one [ScopeSubscription]. Pushes go to the kernel at once, their answers leave
/// in the order of the pushes. All calls come on the link's thread, one at a time.
final class ScopeSession {
  private enum State {
    CHECKING,
    STRANGER,
    OPEN
  }

  /// Who serves the session, besides its link.
  record Surroundings(
      Kernel kernel,
      ScopePolicy policy,
      Authenticator authenticator,
      ScopeSeams seams,
      ScopeObserver observer,
      WriteRates writes) {}

  /// Who is at the other end, as the link began.
  ///
  /// @param number the connection's number
  /// @param device the device it named; null = none
  record Client(long number, Peer peer, @Nullable DeviceId device) {}

  private final Surroundings here;
  private final Client client;
  private final SessionLink link;
  private final Gcra frames;
  private final Gcra writes;
  // Small at first: there are many sessions, most follow one scope and say nothing.
  private final Deque<FromClient> waiting = new ArrayDeque<>(0);
  private final Map<ScopeName, ScopeSubscription> subscriptions = HashMap.newHashMap(1);
  private final Turns turns = new Turns();
  private final PageTurns pages = new PageTurns();
  private final PushQueue pushes;
  private final PushChains chains;
  private final SessionPresence presence;
  private State state = State.CHECKING;
  private @Nullable Caller caller;
  private @Nullable Cancellable deadline;

  ScopeSession(Surroundings here, Client client, SessionLink link) {
    this.here = here;
    this.client = client;
    this.link = link;
    this.pushes = new PushQueue(link);
    this.chains = new PushChains(here.policy().limits().session().pushesMax());
    this.presence = new SessionPresence(here, client, link);
    long now = here.seams().nanos().getAsLong();
    this.frames = new Gcra(here.policy().limits().session().frames(), now);
    this.writes = new Gcra(here.policy().limits().session().writes(), now);
  }

  /// Begins with the token that came with the handshake; null = none.
  void begin(@Nullable String token) {
    check(token, null);
  }

  /// Takes one message.
  void receive(FromClient message) {
    if (link.ended() || isTooFast(frames, 1, message)) {
      return;
    }
    switch (state) {
      case CHECKING -> await(message);
      case STRANGER -> receiveFromStranger(message);
      case OPEN -> handle(message);
    }
  }

  /// Takes something that is no message.
  void misunderstood(Refusal refusal, @Nullable String scope, @Nullable Ref ref) {
    if (!link.ended() && !isTooFast(frames, 1, null, ref)) {
      link.refuse(new ErrorAnswer(refusal.fault().code(), refusal.detail(), scope, 0, ref));
    }
  }

  /// The outbox has room again.
  void writable() {
    turns.next(subscriptions.values()).forEach(ScopeSubscription::writable);
  }

  /// The link is gone.
  void end() {
    link.gone();
    forgetDeadline();
    waiting.clear();
    pages.close();
    subscriptions.values().forEach(ScopeSubscription::cancel);
    subscriptions.clear();
    if (caller != null) {
      presence.end(caller);
    }
  }

  private void handle(FromClient message) {
    switch (message) {
      case Auth auth -> check(auth.token(), auth);
      case Subscribe subscribe -> follow(subscribe);
      case Unsubscribe unsubscribe -> unfollow(unsubscribe.scope());
      case Push push -> push(push);
      case Presence said -> presence.take(caller(), said);
      case Ping ping -> link.send(new Pong(ping.nonce(), ping.ref()));
    }
  }

  private void receiveFromStranger(FromClient message) {
    if (message instanceof Auth || message instanceof Ping) {
      handle(message);
    } else {
      refuse(new Refusal(ScopeFault.UNAUTHENTICATED, "say auth with a token first"), message);
    }
  }

  private void await(FromClient message) {
    Optional<Refusal> full = here.policy().waitsAnother(waiting.size());
    if (full.isPresent()) {
      link.refuse(
          ErrorAnswer.of(full.get(), scopeOf(message), refOf(message))
              .retryAfter(SessionLink.RETRY_MILLIS));
    } else {
      waiting.add(message);
    }
  }

  // Who speaks.

  /// Asks who shows a token; `asked` is the message that showed it, null at the beginning.
  private void check(@Nullable String token, @Nullable Auth asked) {
    state = State.CHECKING;
    forgetDeadline();
    Ref ref = asked == null ? null : asked.ref();
    link.then(
        here.authenticator().authenticate(token, client.peer()),
        null,
        ref,
        answer -> checked(answer, token, asked),
        () -> settle(caller == null ? State.STRANGER : State.OPEN));
  }

  private void checked(Answer<Caller> answer, @Nullable String token, @Nullable Auth asked) {
    switch (answer) {
      case Answer.Given<Caller>(Caller known) -> open(known, asked);
      case Answer.Refused<Caller>(Fault fault) -> {
        if (token == null) {
          settle(State.STRANGER);
        } else {
          refuse(ScopeChanges.refusal(fault), asked);
        }
      }
    }
  }

  private void open(Caller known, @Nullable Auth asked) {
    if (caller != null && !caller.principal().equals(known.principal())) {
      refuse(
          new Refusal(
              ScopeFault.UNAUTHENTICATED,
              "this connection is " + caller.principal() + "'s; open another one"),
          asked);
      return;
    }
    caller = known;
    if (asked != null) {
      link.send(new Authenticated(known.principal(), asked.ref()));
    }
    settle(State.OPEN);
  }

  private void settle(State next) {
    state = next;
    if (next == State.STRANGER) {
      deadline =
          link.later(
              here.policy().limits().session().authenticationMillis(),
              () -> refuse(new Refusal(ScopeFault.UNAUTHENTICATED, "no token came in time"), null));
    }
    while (state != State.CHECKING && !link.ended() && !waiting.isEmpty()) {
      FromClient message = waiting.remove();
      if (state == State.OPEN) {
        handle(message);
      } else {
        receiveFromStranger(message);
      }
    }
  }

  private void forgetDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  // What is followed.

  private void follow(Subscribe request) {
    unfollow(request.scope());
    Optional<Refusal> full = here.policy().followsAnother(subscriptions.size());
    if (full.isPresent()) {
      refuse(full.get(), request);
      return;
    }
    ScopeSubscription subscription =
        new ScopeSubscription(here, link, caller(), request, pages, this::ended);
    subscriptions.put(request.scope(), subscription);
    subscription.begin();
  }

  private void unfollow(ScopeName scope) {
    ScopeSubscription before = subscriptions.remove(scope);
    if (before != null) {
      before.cancel();
    }
  }

  private void ended(ScopeSubscription subscription) {
    subscriptions.remove(subscription.scope(), subscription);
  }

  // What is written and said.

  private void push(Push push) {
    Optional<Refusal> full = here.policy().pushesAnother(pushes.unanswered());
    if (full.isPresent()) {
      link.refuse(
          ErrorAnswer.of(full.get(), null, push.ref()).retryAfter(SessionLink.RETRY_MILLIS));
      return;
    }
    Ref after = push.after();
    if (after != null && !chains.holds(after)) {
      link.refuse(
          ErrorAnswer.of(followsNothing(after), null, push.ref())
              .retryAfter(SessionLink.RETRY_MILLIS));
      return;
    }
    int asked = push.batch().writes().size();
    if (isTooFast(writes, asked, push)
        || isTooFast(
            here.writes().ask(caller(), asked), "all you send together is", null, push.ref())) {
      return;
    }
    CommitChain.Place inChain = chains.place(push.ref(), after);
    PreparedPush prepared = PreparedPush.of(push.batch(), here.kernel().models(), client.device());
    PushQueue.Place place = pushes.enter(push.ref());
    int answerBytesMax = here.policy().limits().session().answerBytesMax();
    if (prepared.writes().isEmpty()) {
      place.answer(prepared.answer(List.of(), answerBytesMax));
      return;
    }
    link.then(
        here.kernel().commit(new Commit(caller(), prepared.writes(), prepared.atomic(), inChain)),
        null,
        push.ref(),
        outcomes -> place.answer(prepared.answer(outcomes, answerBytesMax)),
        () -> {
          inChain.turnAway();
          place.leave();
        });
  }

  private static Refusal followsNothing(Ref after) {
    return new Refusal(
        ScopeFault.UNAVAILABLE,
        "the push "
            + after
            + " was not taken, or another one follows it; send this again without after, once what"
            + " must be ahead of it is answered");
  }

  private Caller caller() {
    return Objects.requireNonNull(caller, "a session that is open has a caller");
  }

  private void refuse(Refusal refusal, @Nullable FromClient to) {
    link.refuse(
        ErrorAnswer.of(refusal, to == null ? null : scopeOf(to), to == null ? null : refOf(to)));
  }

  private boolean isTooFast(Gcra limit, int cells, FromClient message) {
    return isTooFast(limit, cells, scopeOf(message), refOf(message));
  }

  private boolean isTooFast(Gcra limit, int cells, @Nullable ScopeName scope, @Nullable Ref ref) {
    long wait = limit.ask(cells, here.seams().nanos().getAsLong());
    return isTooFast(wait, "this connection asks for", scope, ref);
  }

  private boolean isTooFast(long wait, String what, @Nullable ScopeName scope, @Nullable Ref ref) {
    if (wait == 0) {
      return false;
    }
    Refusal tooFast = new Refusal(ScopeFault.RATE_LIMITED, what + " more than its rate");
    link.refuse(
        ErrorAnswer.of(tooFast, scope, ref).retryAfter(TimeUnit.NANOSECONDS.toMillis(wait) + 1));
    return true;
  }

  private static @Nullable ScopeName scopeOf(FromClient message) {
    return switch (message) {
      case Subscribe subscribe -> subscribe.scope();
      case Unsubscribe unsubscribe -> unsubscribe.scope();
      case Presence presence -> presence.scope();
      case Auth ignored -> null;
      case Push ignored -> null;
      case Ping ignored -> null;
    };
  }

  private static @Nullable Ref refOf(FromClient message) {
    return switch (message) {
      case Auth auth -> auth.ref();
      case Subscribe subscribe -> subscribe.ref();
      case Unsubscribe unsubscribe -> unsubscribe.ref();
      case Push push -> push.ref();
      case Presence presence -> presence.ref();
      case Ping ping -> ping.ref();
    };
  }
}
