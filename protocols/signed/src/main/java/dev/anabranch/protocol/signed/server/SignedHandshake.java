package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.protocol.signed.wire.Decoded;
import dev.anabranch.protocol.signed.wire.Refusal;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import dev.anabranch.protocol.signed.wire.SignedMessage.Connect;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a client comes in on one link, from its first `connect` to a key that is let in.
///
/// ```
///   connect ──challenge──▶ connect with it ──▶ key proven ──▶ entered ──▶ admitted
///   connect, bare, where it is allowed ───────────▲
/// ```
///
/// A link is one key's, and one key's frames are signed by one key: who came in to read only comes
/// in once more as the same, or not at all. Confined to the session's loop.
final class SignedHandshake {

  /// Who came in.
  ///
  /// @param account the key whose session it is
  /// @param entry as what it came in
  /// @param signer the key that signs the session's frames
  /// @param readsOnly whether it came with a bare connect
  record Admitted(
      Accounts.Account account, SignedAccess.Entry entry, PublicKey signer, boolean readsOnly) {

    Caller caller() {
      return Entrance.caller(account, entry, readsOnly);
    }

    /// Whether the key would come in the same way now.
    boolean isStillSo(SignedPolicy policy) {
      return policy.entryOf(account) == entry;
    }
  }

  /// What is done for who came in.
  @FunctionalInterface
  interface Opening {
    /// @param answered the challenge; null = none, a bare connect
    void open(Admitted who, @Nullable String answered);
  }

  /// A key that was proven.
  ///
  /// @param key whose session it is to be
  /// @param signer the key that signs its frames
  /// @param answered the challenge; null = none, a bare connect
  private record Proven(PublicKey key, PublicKey signer, @Nullable String answered) {}

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private final FrameQueue frames;
  private final SignedSession.Dialled dialled;
  private final SignedSessions.Entered session;
  private final Opening opening;
  private final Challenge challenge;
  private @Nullable PublicKey entered;
  private @Nullable Admitted admitted;

  /// @param session what is told when the key, or who may come in, changes
  SignedHandshake(
      SignedSession.Surroundings here,
      SignedOutbox outbox,
      FrameQueue frames,
      SignedSession.Dialled dialled,
      SignedSessions.Entered session,
      Opening opening) {
    this.here = here;
    this.outbox = outbox;
    this.frames = frames;
    this.dialled = dialled;
    this.session = session;
    this.opening = opening;
    this.challenge = new Challenge(here.seams());
  }

  /// A challenge by which a read-only session becomes a whole one.
  String challenge() {
    return challenge.give();
  }

  void connect(Connect connect, Decoded.Good good) {
    dialled
        .relay()
        .ifPresentOrElse(
            relay -> connect(connect, good, relay),
            () ->
                outbox.refuse(
                    SignedFault.UNKNOWN_ADDRESS,
                    "the server is told no address of its own, so only names of its own machine"
                        + " count, and Host says "
                        + dialled.host()
                        + "; set [signed] url or [nostr] url to what clients dial",
                    null));
  }

  private void connect(Connect connect, Decoded.Good good, String relay) {
    String answered = connect.challenge();
    if (admitted != null && !connect.key().equals(admitted.signer())) {
      refuseAnotherKey();
    } else if (answered != null) {
      answer(connect, answered, good, relay);
    } else if (!here.limits().allowsUnchallengedConnect() || good.signature() == null) {
      outbox.send(ServerFrames.challenge(challenge.give(), relay, outbox.server()));
    } else {
      connectBare(connect, good.frame(), good.signature());
    }
  }

  private void refuseAnotherKey() {
    outbox.refuse(
        SignedFault.UNAUTHENTICATED, "this link is another key's; open another one", null);
  }

  // With the challenge.

  private void answer(Connect connect, String answered, Decoded.Good good, String relay) {
    boolean isGood = challenge.take(answered);
    Signature signature = Objects.requireNonNull(good.signature(), "the codec asks for it");
    if (!isGood) {
      outbox.refuse(
          SignedFault.WRONG_CHALLENGE,
          "the challenge was not given on this link, or not in the last minute, or was used before",
          null);
      return;
    }
    refuses(connect, answered, relay)
        .ifPresentOrElse(
            refusal -> outbox.refuse(refusal, null),
            () -> prove(connect, answered, good.frame(), signature));
  }

  /// Why a connect is not for this link, as far as can be seen without its signatures.
  private Optional<Refusal> refuses(Connect connect, String answered, String relay) {
    String elsewhere = connect.relay();
    if (elsewhere != null && !elsewhere.equals(relay)) {
      return Optional.of(
          new Refusal(
              SignedFault.WRONG_CHALLENGE,
              "the connect was signed for " + elsewhere + "; this is " + relay));
    }
    Event proof = connect.proof();
    return proof == null
        ? Optional.empty()
        : SignedProof.refuses(
            proof, connect, answered, relay, here.seams().millis(), here.limits().skewMillis());
  }

  private void prove(Connect connect, String answered, JsonObject frame, Signature signature) {
    Event proof = connect.proof();
    PublicKey key = proof == null ? connect.key() : proof.author();
    frames.check(
        () ->
            signature.isBy(connect.key(), Signing.digestOfFrame(frame))
                && (proof == null || Verification.of(proof) instanceof Verification.Verified),
        null,
        () ->
            late(connect, here.limits().skewMillis())
                .ifPresentOrElse(
                    refusal -> outbox.refuse(refusal, null),
                    () -> enter(new Proven(key, connect.key(), answered))));
  }

  private Optional<Refusal> late(Connect connect, long skewMillis) {
    return SignedPolicy.isTimely(
        connect.timestamp(), here.seams().millis(), skewMillis, SignedFault.STALE_CONNECT);
  }

  // Without one.

  /// The seed's connect, which anybody who saw it could send again.
  private void connectBare(Connect connect, JsonObject frame, Signature signature) {
    JsonObject signed = JsonObject.EMPTY;
    for (String name : List.of("pubkey", "timestamp")) { // as they were spelled
      signed = signed.with(name, Objects.requireNonNull(frame.get(name), "the codec asks for it"));
    }
    byte[] digest = Signing.digest(signed);
    long skewMillis = here.limits().bareSkewMillis();
    frames.check(
        () -> signature.isBy(connect.key(), digest),
        null,
        () ->
            late(connect, skewMillis)
                .ifPresentOrElse(
                    refusal -> outbox.refuse(refusal, null), () -> enterOnce(connect, skewMillis)));
  }

  private void enterOnce(Connect connect, long skewMillis) {
    String name = connect.key().hex() + "/" + connect.timestamp();
    long until = connect.timestamp() + skewMillis;
    if (here.sessions().isFresh(name, until, here.seams().millis())) {
      enter(new Proven(connect.key(), connect.key(), null));
    } else {
      outbox.refuse(SignedFault.UNAUTHENTICATED, "this connect was used before", null);
    }
  }

  // Who it is.

  private void enter(Proven proven) {
    PublicKey key = proven.key();
    if (admitted != null && !admitted.account().key().equals(key)) {
      refuseAnotherKey();
      return;
    }
    // Entered before it is asked whose the key is: a change of keys in between ends this session.
    if (admitted == null && !here.sessions().enter(key, session)) {
      outbox.refuse(SignedFault.TOO_MANY_SESSIONS, "too many sessions are open", null);
      return;
    }
    entered = key;
    frames.ask(
        new Entrance(here.kernel(), here.memberships(), here.policy(), here.accounts()).of(key),
        null,
        arrival -> arrived(arrival, proven),
        () -> {
          if (admitted == null) {
            leave();
          }
        });
  }

  private void arrived(Entrance.Arrival arrival, Proven proven) {
    switch (arrival) {
      case Entrance.Arrival.Welcome(Accounts.Account account, SignedAccess.Entry entry) -> {
        String answered = proven.answered();
        Admitted who = new Admitted(account, entry, proven.signer(), answered == null);
        admitted = who;
        opening.open(who, answered);
      }
      case Entrance.Arrival.Barred(Refusal refusal) -> {
        leave();
        outbox.refuse(refusal, null);
        outbox.close(SignedFault.UNAUTHENTICATED.closeCode(), refusal.fault().sentence());
      }
    }
  }

  /// The link is gone, or its key was not let in.
  void leave() {
    PublicKey key = entered;
    if (key != null) {
      entered = null;
      here.sessions().leave(key, session);
    }
  }
}
