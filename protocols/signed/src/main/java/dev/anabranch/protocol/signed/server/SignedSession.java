package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.limit.Gcra;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.signed.wire.Decoded;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedCodec;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Connect;
import dev.anabranch.protocol.signed.wire.SignedMessage.Envelope;
import dev.anabranch.protocol.signed.wire.SignedMessage.Fetch;
import dev.anabranch.protocol.signed.wire.SignedMessage.InSession;
import dev.anabranch.protocol.signed.wire.SignedMessage.Link;
import dev.anabranch.protocol.signed.wire.SignedMessage.Ping;
import dev.anabranch.protocol.signed.wire.SignedMessage.Pong;
import dev.anabranch.protocol.signed.wire.SignedMessage.Resume;
import dev.anabranch.protocol.signed.wire.SignedMessage.Revoke;
import dev.anabranch.protocol.signed.wire.SignedMessage.Sync;
import dev.anabranch.protocol.signed.wire.SignedMessage.Unlink;
import dev.anabranch.protocol.signed.wire.Signing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client on one link.
///
/// ```
///          connect without challenge                connect with the challenge
///   NEW ──────────────────────────▶ NEW, challenged ──────────────────────────▶ OPEN
///    │      (the seed's bare connect, where it is allowed)                        ▲
///    └────────────────────────────────────▶ OPEN, read only ──connect, challenged─┘
///              a bad signature, a challenge or session id of another, too late,
///                     silence, a key that no longer counts: ENDED
/// ```
///
/// Frames are taken one at a time and in order: decoded here, their signature checked elsewhere,
/// then handled here. What is checked, in this order: spelling, shape, the rate of frames – also of
/// those whose spelling or shape is wrong –, signature, session id, counter, time, the rate of
/// payloads, rights. All calls come on the link's loop.
final class SignedSession implements SignedSessions.Entered {

  private static final long CHALLENGE_MILLIS = 60_000;
  private static final int CHALLENGE_BYTES = 32;

  /// When to try again what found no room: about as long as a slow commit takes.
  private static final long FULL_MILLIS = 1_000;

  /// Who serves the session, besides its link.
  record Surroundings(
      Kernel kernel,
      Memberships memberships,
      SignedPolicy policy,
      Accounts accounts,
      ServerKey serverKey,
      SignedSessions sessions,
      SignedSeams seams,
      SignedObserver observer) {}

  /// Where the link leads.
  ///
  /// @param relay the address that challenges name; empty = there is none, and no connect is taken
  /// @param host the `Host` that the client said
  record Dialled(Optional<String> relay, String host) {}

  private final Surroundings here;
  private final SignedCodec codec;
  private final SignedOutbox outbox;
  private final Dialled dialled;
  private final Gcra frames;
  private final Gcra payloads;
  private final Deque<String> waiting = new ArrayDeque<>();
  private boolean busy = true;
  private @Nullable SecretKey server;
  private @Nullable String challenge;
  private long challengeUntil;
  private @Nullable PublicKey entered;
  private Accounts.@Nullable Account account;
  private SignedAccess.Entry entry = SignedAccess.Entry.GUEST;
  private @Nullable PublicKey signer;
  private boolean readsOnly;
  private @Nullable String sessionId;
  private @Nullable String previousId;
  private long previousUntil;
  private long counter;
  private long lastSeen;
  private boolean pinged;
  private @Nullable Cancellable timer;
  private @Nullable Cancellable rotation;
  private @Nullable SignedDesk desk;
  private @Nullable SignedStream stream;

  SignedSession(Surroundings here, SignedCodec codec, SignedOutbox outbox, Dialled dialled) {
    this.here = here;
    this.codec = codec;
    this.outbox = outbox;
    this.dialled = dialled;
    long now = here.seams().nanos().getAsLong();
    this.frames = new Gcra(limits().frames(), now);
    this.payloads = new Gcra(limits().payloads(), now);
  }

  private SignedLimits limits() {
    return here.policy().limits();
  }

  /// Begins: the server's key is fetched, or made, before the first frame is looked at.
  void begin() {
    outbox.onDrained(this::drained);
    timer =
        outbox.later(
            limits().handshakeMillis(),
            () -> refuse(SignedFault.UNAUTHENTICATED, "no connect came in time", null));
    outbox.then(
        here.serverKey().get(),
        null,
        key -> {
          server = key;
          outbox.signWith(key);
          done();
        },
        () -> {});
  }

  /// Takes one frame.
  void receive(String text) {
    Optional<Refusal> full = here.policy().waitsAnother(waiting.size());
    if (full.isPresent()) {
      outbox.refuse(full.get(), codec.counter(text), FULL_MILLIS);
      return;
    }
    waiting.add(text);
    next();
  }

  private void drained() {
    if (stream != null) {
      stream.writable();
    }
  }

  /// The link is gone.
  void end() {
    outbox.gone();
    waiting.clear();
    forget(timer);
    forget(rotation);
    if (stream != null) {
      stream.cancel();
    }
    leave();
  }

  private static void forget(@Nullable Cancellable task) {
    if (task != null) {
      task.cancel();
    }
  }

  /// The frame under way is dealt with.
  private void done() {
    busy = false;
    next();
  }

  private void next() {
    while (!busy && !outbox.ended() && !waiting.isEmpty()) {
      take(waiting.remove());
    }
  }

  private void take(String text) {
    switch (codec.fromClient(text)) {
      case Decoded.Bad(Refusal refusal, Long re) -> {
        if (!isTooFast(frames, 1, re)) {
          outbox.refuse(refusal, re);
        }
      }
      case Decoded.Good good -> {
        if (isTooFast(frames, 1, re(good.envelope()))) {
          return;
        }
        switch (good.message()) {
          case Connect connect -> connect(connect, good);
          case InSession message ->
              inSession(message, Objects.requireNonNull(good.envelope()), good, text);
        }
      }
    }
  }

  private static @Nullable Long re(@Nullable Envelope envelope) {
    return envelope == null ? null : envelope.counter();
  }

  /// Checks a signature elsewhere, then goes on here; a bad one ends the session.
  private void check(BooleanSupplier signature, @Nullable Long re, Runnable next) {
    busy = true;
    CompletionStage<Boolean> checked =
        CompletableFuture.supplyAsync(signature::getAsBoolean, here.seams().signatures());
    outbox.then(
        checked,
        re,
        good -> {
          busy = false;
          if (good) {
            next.run();
          } else {
            refuse(
                SignedFault.BAD_SIGNATURE,
                "the signature is not the key's over SHA-256 of the canonical frame without it",
                re);
          }
          next();
        },
        this::done);
  }

  // Connecting.

  private void connect(Connect connect, Decoded.Good good) {
    dialled
        .relay()
        .ifPresentOrElse(
            relay -> connect(connect, good, relay),
            () ->
                refuse(
                    SignedFault.UNKNOWN_ADDRESS,
                    "the server is told no address of its own, so only names of its own machine"
                        + " count, and Host says "
                        + dialled.host()
                        + "; set [signed] url or [nostr] url to what clients dial",
                    null));
  }

  private void connect(Connect connect, Decoded.Good good, String relay) {
    String answered = connect.challenge();
    if (account != null && !connect.key().equals(signer)) {
      refuse(SignedFault.UNAUTHENTICATED, "this link is another key's; open another one", null);
    } else if (answered != null) {
      answer(connect, answered, good, relay);
    } else if (!limits().allowsUnchallengedConnect() || good.signature() == null) {
      outbox.send(ServerFrames.challenge(freshChallenge(), relay, serverKey().publicKey()));
    } else {
      connectBare(connect, good.frame(), good.signature());
    }
  }

  private SecretKey serverKey() {
    return Objects.requireNonNull(server, "no frame is taken before the key is there");
  }

  private String freshChallenge() {
    challenge = random();
    challengeUntil = now() + CHALLENGE_MILLIS;
    return challenge;
  }

  private String random() {
    byte[] bytes = new byte[CHALLENGE_BYTES];
    here.seams().random().nextBytes(bytes);
    return Hex.of(bytes);
  }

  private void answer(Connect connect, String answered, Decoded.Good good, String relay) {
    boolean ours = answered.equals(challenge) && now() < challengeUntil;
    challenge = null; // good once, whatever comes of it
    Signature signature = good.signature();
    String elsewhere = connect.relay();
    if (!ours || signature == null) {
      refuse(
          SignedFault.WRONG_CHALLENGE,
          "the challenge was not given on this link, or not in the last minute, or was used before",
          null);
    } else if (elsewhere != null && !elsewhere.equals(relay)) {
      refuse(
          SignedFault.WRONG_CHALLENGE,
          "the connect was signed for " + elsewhere + "; this is " + relay,
          null);
    } else {
      Event proof = connect.proof();
      Optional<Refusal> unproven =
          proof == null
              ? Optional.empty()
              : SignedProof.refuses(proof, connect, answered, relay, now(), limits().skewMillis());
      if (unproven.isPresent()) {
        outbox.refuse(unproven.get(), null);
        return;
      }
      JsonObject frame = good.frame();
      check(
          () ->
              signature.isBy(connect.key(), Signing.digestOfFrame(frame))
                  && (proof == null || Verification.of(proof) instanceof Verification.Verified),
          null,
          () ->
              timely(connect.timestamp(), limits().skewMillis(), SignedFault.STALE_CONNECT, null)
                  .ifPresent(ok ->
                      admit(
                          proof == null ? connect.key() : proof.author(),
                          connect.key(),
                          answered,
                          false)));
    }
  }

  /// The seed's connect, which anybody who saw it could send again.
  private void connectBare(Connect connect, JsonObject frame, Signature signature) {
    JsonObject signed = JsonObject.EMPTY;
    for (String name : List.of("pubkey", "timestamp")) { // as they were spelled
      signed = signed.with(name, Objects.requireNonNull(frame.get(name), "the codec asks for it"));
    }
    byte[] digest = Signing.digest(signed);
    check(
        () -> signature.isBy(connect.key(), digest),
        null,
        () -> {
          long skew = limits().bareSkewMillis();
          Optional<Boolean> timely =
              timely(connect.timestamp(), skew, SignedFault.STALE_CONNECT, null);
          String name = connect.key().hex() + "/" + connect.timestamp();
          if (timely.isPresent()
              && !here.sessions().isFresh(name, connect.timestamp() + skew, now())) {
            refuse(SignedFault.UNAUTHENTICATED, "this connect was used before", null);
          } else if (timely.isPresent()) {
            admit(connect.key(), connect.key(), null, true);
          }
        });
  }

  private Optional<Boolean> timely(
      long timestamp, long skewMillis, SignedFault fault, @Nullable Long re) {
    Optional<Refusal> late = SignedPolicy.isTimely(timestamp, now(), skewMillis, fault);
    late.ifPresent(refusal -> outbox.refuse(refusal, re));
    return late.isPresent() ? Optional.empty() : Optional.of(true);
  }

  /// @param key whose session it is
  /// @param by the key that signs its frames
  private void admit(PublicKey key, PublicKey by, @Nullable String answered, boolean bare) {
    if (account != null && !account.key().equals(key)) {
      refuse(SignedFault.UNAUTHENTICATED, "this link is another key's; open another one", null);
      return;
    }
    // Entered before it is asked whose the key is: a change of keys in between ends this session.
    if (account == null && !here.sessions().enter(key, this)) {
      refuse(SignedFault.TOO_MANY_SESSIONS, "too many sessions are open", null);
      return;
    }
    entered = key;
    ask(
        new Entrance(here.kernel(), here.memberships(), here.policy(), here.accounts()).of(key),
        null,
        arrival -> {
          switch (arrival) {
            case Entrance.Arrival.Welcome welcome -> {
              signer = by;
              open(welcome, answered, bare);
            }
            case Entrance.Arrival.Barred(Refusal refusal) -> {
              leave();
              outbox.refuse(refusal, null);
              outbox.close(SignedFault.UNAUTHENTICATED.closeCode(), refusal.fault().sentence());
            }
          }
        },
        () -> {
          if (account == null) {
            leave();
          }
        });
  }

  private void leave() {
    PublicKey key = entered;
    if (key != null) {
      entered = null;
      here.sessions().leave(key, this);
    }
  }

  private void open(Entrance.Arrival.Welcome welcome, @Nullable String answered, boolean bare) {
    Accounts.Account known = welcome.account();
    account = known;
    entry = welcome.entry();
    readsOnly = bare;
    if (isNoLongerWho()) { // it may have changed while it was asked
      return;
    }
    Caller caller = Entrance.caller(known, entry, bare);
    desk = new SignedDesk(here, outbox, caller);
    if (stream != null) {
      stream.cancel();
    }
    stream = new SignedStream(here, outbox, caller);
    String id = random();
    long timestamp = now();
    String next = bare ? freshChallenge() : null;
    sessionId = id;
    previousId = null;
    counter = 0;
    outbox.session(id);
    String principal = known.principal().text();
    outbox.send(secret ->
        dev.anabranch.protocol.signed.wire.CanonicalJson.text(
            ServerFrames.connectAck(secret, id, timestamp, principal, answered, next)));
    seen();
    forget(timer);
    watchIdle(limits().idleMillis() / 2);
    rotateLater();
  }

  private void seen() {
    lastSeen = now();
    pinged = false;
  }

  private void watchIdle(long millis) {
    timer =
        outbox.later(
            Math.max(1, millis),
            () -> {
              long silent = now() - lastSeen;
              if (silent >= limits().idleMillis()) {
                refuse(SignedFault.IDLE, "nothing came for " + silent + " ms", null);
                return;
              }
              if (silent >= limits().idleMillis() / 2 && !pinged) {
                pinged = true;
                outbox.send(ServerFrames.ping(random()));
              }
              long due = pinged ? limits().idleMillis() : limits().idleMillis() / 2;
              watchIdle(due - silent);
            });
  }

  private void rotateLater() {
    forget(rotation);
    rotation = outbox.later(limits().rotateMillis(), this::rotate);
  }

  private void rotate() {
    String before = Objects.requireNonNull(sessionId);
    previousId = before;
    previousUntil = now() + limits().previousMillis();
    sessionId = random();
    outbox.session(sessionId);
    outbox.send(ServerFrames.sessionRotated(before, limits().previousMillis()));
    rotateLater();
  }

  /// The key, or one linked to it, changed: what was found out about it no longer holds. From any
  /// thread.
  @Override
  public void keysChanged() {
    outbox.execute(
        () -> refuse(SignedFault.KEYS_CHANGED, "the keys of this principal changed", null));
  }

  @Override
  public void accessChanged() {
    outbox.execute(this::isNoLongerWho);
  }

  /// Ends the session when its key would come in as somebody else now, or not at all.
  private boolean isNoLongerWho() {
    boolean changed = account != null && here.policy().entryOf(account) != entry;
    if (changed) {
      refuse(SignedFault.UNAUTHENTICATED, "who may come in here has changed; connect anew", null);
    }
    return changed;
  }

  // In the session.

  private void inSession(InSession message, Envelope envelope, Decoded.Good good, String text) {
    Accounts.Account known = account;
    Signature signature = Objects.requireNonNull(good.signature());
    Long re = envelope.counter();
    if (known == null) {
      refuse(SignedFault.UNAUTHENTICATED, "connect first", re);
      return;
    }
    JsonObject frame = good.frame();
    PublicKey by = Objects.requireNonNull(signer);
    check(
        () -> signature.isBy(by, Signing.digestOfFrame(frame)),
        re,
        () -> verified(message, envelope, text));
  }

  private void verified(InSession message, Envelope envelope, String text) {
    long re = envelope.counter();
    if (!isOurs(envelope.sessionId())) {
      refuse(SignedFault.UNKNOWN_SESSION, "the session id is not this link's", re);
    } else if (re <= counter) {
      refuse(
          SignedFault.REPLAYED,
          "the counter " + re + " is not greater than " + counter + ", which came before",
          re);
    } else {
      counter = re;
      if (timely(envelope.timestamp(), limits().skewMillis(), SignedFault.STALE, re).isPresent()) {
        seen();
        here.observer().received(message.getClass().getSimpleName());
        handle(message, re, text);
      }
    }
  }

  private boolean isOurs(String id) {
    return id.equals(sessionId) || (id.equals(previousId) && now() < previousUntil);
  }

  private void handle(InSession message, long re, String text) {
    switch (message) {
      case Sync sync -> sync(sync, re, text);
      case Fetch fetch -> Objects.requireNonNull(desk).fetch(fetch, re);
      case Resume resume -> Objects.requireNonNull(stream).resume(resume, re);
      case Ping ping -> outbox.send(ServerFrames.pong(ping.nonce(), re));
      case Pong ignored -> {}
      case Link link -> link(link, re);
      case Unlink unlink -> changeKeys("unlinked", unlink.key(), re, here.accounts()::unlink);
      case Revoke revoke -> changeKeys("revoked", revoke.key(), re, here.accounts()::revoke);
    }
  }

  private void sync(Sync sync, long re, String text) {
    if (refusesWrites(re) || isTooFast(payloads, sync.payloads().size(), re)) {
      return;
    }
    SignedDesk writing = Objects.requireNonNull(desk);
    Optional<Refusal> full = here.policy().commitsAnother(writing.underWay());
    if (full.isPresent()) {
      outbox.refuse(full.get(), re, FULL_MILLIS);
      return;
    }
    Bytes proof = Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    if (!writing.shares(sync)) {
      writing.commit(sync, re, Sharing.NONE, proof);
      return;
    }
    busy = true; // the frames behind it must not overtake it
    outbox.then(
        writing.sharing(sync),
        re,
        sharing -> {
          writing.commit(sync, re, sharing, proof);
          done();
        },
        this::done);
  }

  private boolean refusesWrites(long re) {
    if (readsOnly) {
      refuse(
          SignedFault.READ_ONLY,
          "a bare connect opens a session that reads; connect again with the challenge inside",
          re);
    }
    return readsOnly;
  }

  // Keys.

  private void link(Link link, long re) {
    Accounts.Account known = Objects.requireNonNull(account);
    var statement = link.statement();
    boolean ours = statement.server().equals(serverKey().publicKey());
    boolean involved = known.key().equals(statement.keep()) || known.key().equals(statement.join());
    if (refusesWrites(re)) {
      return;
    }
    if (!ours || !involved || statement.keep().equals(statement.join())) {
      refuse(
          SignedFault.INVALID,
          "the statement must name this server and two keys, one of them this session's",
          re);
      return;
    }
    byte[] digest = Signing.digest(statement.json());
    check(
        () ->
            link.keepSignature().isBy(statement.keep(), digest)
                && link.joinSignature().isBy(statement.join(), digest),
        re,
        () ->
            timely(statement.timestamp(), limits().skewMillis(), SignedFault.STALE, re)
                .ifPresent(ok ->
                    ask(
                        here.accounts().link(statement),
                        re,
                        changed -> changedKeys("linked", statement.join(), re, changed))));
  }

  /// How a key is changed.
  @FunctionalInterface
  private interface Change {
    CompletionStage<Answer<Accounts.Changed>> of(Accounts.Account by, PublicKey key);
  }

  private void changeKeys(String told, PublicKey key, long re, Change change) {
    if (!refusesWrites(re)) {
      ask(
          change.of(Objects.requireNonNull(account), key),
          re,
          changed -> changedKeys(told, key, re, changed));
    }
  }

  private void changedKeys(String told, PublicKey key, long re, Accounts.Changed changed) {
    outbox.send(ServerFrames.keys(told, key, changed.principal().text(), re));
    changed.ended().forEach(here.sessions()::end);
  }

  // Small things.

  private <T> void ask(CompletionStage<Answer<T>> stage, @Nullable Long re, Consumer<T> next) {
    ask(stage, re, next, () -> {});
  }

  /// Goes on with an answer; frames behind it wait.
  ///
  /// @param without run before a no, or when nothing could be asked
  private <T> void ask(
      CompletionStage<Answer<T>> stage, @Nullable Long re, Consumer<T> next, Runnable without) {
    busy = true;
    outbox.then(
        stage,
        re,
        answer -> {
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) -> {
              without.run();
              Refusal refusal = SignedChanges.refusal(fault);
              boolean revoked = refusal.fault() == SignedFault.UNAUTHENTICATED;
              outbox.refuse(
                  revoked ? new Refusal(SignedFault.KEY_REVOKED, fault.detail()) : refusal,
                  re,
                  SignedChanges.retryMillis(fault));
            }
          }
          done();
        },
        () -> {
          without.run();
          done();
        });
  }

  private long now() {
    return here.seams().clock().millis();
  }

  private void refuse(SignedFault fault, String detail, @Nullable Long re) {
    outbox.refuse(new Refusal(fault, detail), re);
  }

  private boolean isTooFast(Gcra limit, int cells, @Nullable Long re) {
    long wait = limit.ask(cells, here.seams().nanos().getAsLong());
    if (wait > 0) {
      outbox.refuse(
          new Refusal(SignedFault.RATE_LIMITED, "this link asks for more than its rate"),
          re,
          TimeUnit.NANOSECONDS.toMillis(wait) + 1);
    }
    return wait > 0;
  }
}
