package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.link.limit.Gcra;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.protocol.signed.wire.CanonicalJson;
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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
/// The way to OPEN is [SignedHandshake]'s. Frames are taken one at a time and in order
/// ([FrameQueue]): decoded here, their signature checked elsewhere, then handled here. What is
/// checked, in this order: that there is a signature, spelling, shape, the rate of frames – also of
/// those of which one of these is wrong –, signature, session id, counter, time, the rate of
/// payloads, rights. All calls come on the link's loop.
final class SignedSession implements SignedSessions.Entered {

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
      SignedObserver observer) {

    SignedLimits limits() {
      return policy.limits();
    }
  }

  /// Where the link leads.
  ///
  /// @param relay the address that challenges name; empty = there is none, and no connect is taken
  /// @param host the `Host` that the client said
  record Dialled(Optional<String> relay, String host) {}

  /// What there is once the session is open.
  ///
  /// @param who who came in
  /// @param desk what they write and fetch
  /// @param stream what they are told
  /// @param keys what they change about their keys
  private record Open(
      SignedHandshake.Admitted who, SignedDesk desk, SignedStream stream, KeyDesk keys) {}

  private final Surroundings here;
  private final SignedCodec codec;
  private final SignedOutbox outbox;
  private final FrameQueue frames;
  private final SignedHandshake handshake;
  private final SessionIds ids;
  private final SessionTimeouts timeouts;
  private final Gcra frameRate;
  private final Gcra payloadRate;
  private @Nullable Open open;
  private long counter;

  SignedSession(Surroundings here, SignedCodec codec, SignedOutbox outbox, Dialled dialled) {
    this.here = here;
    this.codec = codec;
    this.outbox = outbox;
    this.frames = new FrameQueue(outbox, here.seams().signatures(), this::take);
    this.handshake = new SignedHandshake(here, outbox, frames, dialled, this, this::open);
    this.ids = new SessionIds(here, outbox);
    this.timeouts = new SessionTimeouts(here, outbox);
    long now = here.seams().nanos().getAsLong();
    this.frameRate = new Gcra(here.limits().frames(), now);
    this.payloadRate = new Gcra(here.limits().payloads(), now);
  }

  /// Begins: the server's key is fetched, or made, before the first frame is looked at.
  void begin() {
    outbox.onDrained(this::drained);
    timeouts.awaitConnect();
    outbox.then(
        here.serverKey().get(),
        null,
        key -> {
          outbox.signWith(key);
          frames.goOn();
        },
        () -> {});
  }

  private void drained() {
    if (open != null) {
      open.stream().writable();
    }
  }

  /// The link is gone.
  void end() {
    outbox.gone();
    frames.clear();
    timeouts.cancel();
    ids.cancel();
    if (open != null) {
      open.stream().cancel();
    }
    handshake.leave();
  }

  /// Takes one frame.
  void receive(String text) {
    Optional<Refusal> full = here.policy().waitsAnother(frames.size());
    if (full.isPresent()) {
      outbox.refuse(full.get(), codec.counter(text), FULL_MILLIS);
    } else {
      frames.add(text);
    }
  }

  /// It is a frame's turn.
  private void take(String text) {
    switch (codec.fromClient(text)) {
      case Decoded.Bad(Refusal refusal, Long re) -> {
        if (!isTooFast(frameRate, 1, re)) {
          outbox.refuse(refusal, re);
        }
      }
      case Decoded.Good good -> {
        if (!isTooFast(frameRate, 1, re(good.envelope()))) {
          take(good, text);
        }
      }
    }
  }

  private static @Nullable Long re(@Nullable Envelope envelope) {
    return envelope == null ? null : envelope.counter();
  }

  private void take(Decoded.Good good, String text) {
    switch (good.message()) {
      case Connect connect -> handshake.connect(connect, good);
      case InSession message ->
          inSession(message, Objects.requireNonNull(good.envelope()), good, text);
    }
  }

  // Who it is.

  /// Opens the session; one that was read only becomes a whole one, as if it were new.
  private void open(SignedHandshake.Admitted who, @Nullable String answered) {
    if (!who.isStillSo(here.policy())) { // it may have changed while it was asked
      endAsAnother();
      return;
    }
    if (open != null) {
      open.stream().cancel();
    }
    Caller caller = who.caller();
    open =
        new Open(
            who,
            new SignedDesk(here, outbox, caller),
            new SignedStream(here, outbox, caller),
            new KeyDesk(here, outbox, frames, who.account()));
    counter = 0;
    String id = ids.begin();
    long timestamp = here.seams().millis();
    String principal = who.account().principal().text();
    String next = who.readsOnly() ? handshake.challenge() : null;
    outbox.send(secret ->
        CanonicalJson.text(
            ServerFrames.connectAck(secret, id, timestamp, principal, answered, next)));
    timeouts.opened();
    ids.rotateLater();
  }

  /// The key, or one linked to it, changed: what was found out about it no longer holds. From any
  /// thread.
  @Override
  public void keysChanged() {
    outbox.execute(
        () -> outbox.refuse(SignedFault.KEYS_CHANGED, "the keys of this principal changed", null));
  }

  /// Ends the session when its key would come in as somebody else now, or not at all. From any
  /// thread.
  @Override
  public void accessChanged() {
    outbox.execute(() -> {
      if (open != null && !open.who().isStillSo(here.policy())) {
        endAsAnother();
      }
    });
  }

  private void endAsAnother() {
    outbox.refuse(
        SignedFault.UNAUTHENTICATED, "who may come in here has changed; connect anew", null);
  }

  // In the session.

  private void inSession(InSession message, Envelope envelope, Decoded.Good good, String text) {
    Open at = open;
    Long re = envelope.counter();
    if (at == null) {
      outbox.refuse(SignedFault.UNAUTHENTICATED, "connect first", re);
      return;
    }
    Signature signature = Objects.requireNonNull(good.signature());
    JsonObject frame = good.frame();
    frames.check(
        () -> signature.isBy(at.who().signer(), Signing.digestOfFrame(frame)),
        re,
        () -> verified(at, message, envelope, text));
  }

  private void verified(Open at, InSession message, Envelope envelope, String text) {
    long re = envelope.counter();
    if (!ids.isOurs(envelope.sessionId())) {
      outbox.refuse(SignedFault.UNKNOWN_SESSION, "the session id is not this link's", re);
    } else if (re <= counter) {
      outbox.refuse(
          SignedFault.REPLAYED,
          "the counter " + re + " is not greater than " + counter + ", which came before",
          re);
    } else {
      counter = re;
      SignedPolicy.isTimely(
              envelope.timestamp(),
              here.seams().millis(),
              here.limits().skewMillis(),
              SignedFault.STALE)
          .ifPresentOrElse(
              late -> outbox.refuse(late, re),
              () -> {
                timeouts.seen();
                here.observer().received(message.getClass().getSimpleName());
                handle(at, message, re, text);
              });
    }
  }

  private void handle(Open at, InSession message, long re, String text) {
    switch (message) {
      case Sync sync -> write(at, re, () -> sync(at.desk(), sync, re, text));
      case Fetch fetch -> at.desk().fetch(fetch, re);
      case Resume resume -> at.stream().resume(resume, re);
      case Ping ping -> outbox.send(ServerFrames.pong(ping.nonce(), re));
      case Pong ignored -> {}
      case Link link -> write(at, re, () -> at.keys().link(link, re));
      case Unlink unlink -> write(at, re, () -> at.keys().unlink(unlink, re));
      case Revoke revoke -> write(at, re, () -> at.keys().revoke(revoke, re));
    }
  }

  private void write(Open at, long re, Runnable task) {
    if (at.who().readsOnly()) {
      outbox.refuse(
          SignedFault.READ_ONLY,
          "a bare connect opens a session that reads; connect again with the challenge inside",
          re);
    } else {
      task.run();
    }
  }

  private void sync(SignedDesk desk, Sync sync, long re, String text) {
    if (isTooFast(payloadRate, sync.payloads().size(), re)) {
      return;
    }
    Optional<Refusal> full = here.policy().commitsAnother(desk.underWay());
    if (full.isPresent()) {
      outbox.refuse(full.get(), re, FULL_MILLIS);
      return;
    }
    Bytes proof = Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    if (!desk.shares(sync)) {
      desk.commit(sync, re, Sharing.NONE, proof);
      return;
    }
    // The frames behind it must not overtake it.
    frames.await(
        desk.sharing(sync), re, sharing -> desk.commit(sync, re, sharing, proof), () -> {});
  }

  private boolean isTooFast(Gcra rate, int cells, @Nullable Long re) {
    long wait = rate.ask(cells, here.seams().nanos().getAsLong());
    if (wait > 0) {
      outbox.refuse(
          new Refusal(SignedFault.RATE_LIMITED, "this link asks for more than its rate"),
          re,
          TimeUnit.NANOSECONDS.toMillis(wait) + 1);
    }
    return wait > 0;
  }
}
