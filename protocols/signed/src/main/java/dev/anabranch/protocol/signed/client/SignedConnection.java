package dev.anabranch.protocol.signed.client;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.signed.wire.KeyText;
import dev.anabranch.protocol.signed.wire.SignedCodec;
import dev.anabranch.protocol.signed.wire.Signing;
import java.net.URI;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client's side of one link: answers the challenge, signs what is sent, believes only what the
/// server signed.
///
/// ```
///   link open ──connect──▶ CHALLENGED ──connect, challenge inside──▶ OPEN ──▶ ENDED
///       a challenge for another address, a key that is not the expected one,
///               a bad signature, a counter that does not grow: ENDED, not to be believed
///       what is no frame, or more than is taken: ENDED, broken
/// ```
///
/// Confined to the link's loop.
public final class SignedConnection implements LinkHandler {

  /// The close code for a peer whose signature is bad.
  public static final int BAD_SIGNATURE = 4403;

  private final Link link;
  private final URI dialled;
  private final SecretKey key;
  private final InstantSource clock;
  private final SignedListener listener;
  private @Nullable PublicKey server;
  private @Nullable String session;
  private @Nullable String challenge;
  private long counter;
  private long heard;
  private int ownCode;
  private String lastError = "";

  /// A connection that will introduce itself when its link opens.
  ///
  /// @param dialled the address as the caller dialled it
  /// @param server the server's key; null = whatever it shows
  public SignedConnection(
      Link link,
      URI dialled,
      SecretKey key,
      @Nullable PublicKey server,
      InstantSource clock,
      SignedListener listener) {
    this.link = Objects.requireNonNull(link);
    this.dialled = Objects.requireNonNull(dialled);
    this.key = Objects.requireNonNull(key);
    this.server = server;
    this.clock = Objects.requireNonNull(clock);
    this.listener = Objects.requireNonNull(listener);
  }

  /// The server's key; empty before it showed one.
  public Optional<PublicKey> serverKey() {
    return Optional.ofNullable(server);
  }

  /// Signs a frame and sends it, if the session is open.
  ///
  /// @return the frame's counter, which the answer carries as `re`; 0 = there is no session
  public long send(JsonObject frame) {
    String id = session;
    if (id == null || ownCode != 0) {
      return 0;
    }
    say(frame.with("session_id", id).with("counter", ++counter).with("timestamp", clock.millis()));
    return counter;
  }

  private void say(JsonObject frame) {
    String signature = key.sign(Signing.digestOfFrame(frame)).hex();
    link.outbox().send(Frame.text(SignedCodec.signed(frame, Signing.SIGNATURE, signature)));
    link.outbox().flush();
  }

  private JsonObject connect() {
    return JsonObject.EMPTY
        .with("type", "connect")
        .with("pubkey", key.publicKey().hex())
        .with("timestamp", clock.millis());
  }

  @Override
  public void opened() {
    // without a signature: it could be sent again, and proves nothing that the next one does not
    link.outbox().send(Frame.text(connect().text()));
    link.outbox().flush();
  }

  @Override
  public void text(String message) {
    JsonObject frame = SignedCodec.fromServer(message);
    if (ownCode != 0) {
      return;
    }
    if (frame == null) {
      breakOff("the server says what is no frame, or one that is too large or too deep");
      return;
    }
    switch (frame.string("type").orElse("")) {
      case "challenge" -> challenged(frame);
      case "connect_ack" -> acknowledged(frame);
      default -> said(frame);
    }
  }

  private void challenged(JsonObject frame) {
    if (session != null || !isServers(frame, Signing.SIGNATURE)) {
      hangUp("the challenge is not the server's");
      return;
    }
    challenge = frame.string("challenge").orElse("");
    String relay = dialled.toString();
    String named = frame.string("relay").orElse("");
    if (!samePlace(named)) {
      hangUp("the challenge is for " + named + "; dialled was " + relay);
      return;
    }
    say(connect().with("challenge", challenge).with("relay", named));
  }

  /// Whether a server that calls itself so is the one that was dialled.
  private boolean samePlace(String named) {
    try {
      URI uri = URI.create(named);
      return dialled.getRawAuthority().equalsIgnoreCase(uri.getRawAuthority());
    } catch (IllegalArgumentException noAddress) {
      return false;
    }
  }

  private void acknowledged(JsonObject frame) {
    boolean ours = frame.string("re_challenge").filter(each -> each.equals(challenge)).isPresent();
    if (!ours || session != null || !isServers(frame, Signing.FRAME_SIGNATURE)) {
      hangUp("the acknowledgement is not the server's answer to our challenge");
      return;
    }
    session = frame.string("session_id").orElse("");
    listener.opened(frame.string("principal").orElse(""));
  }

  private void said(JsonObject frame) {
    if (server == null) { // not to be believed, but it may say why the link ends
      lastError = frame.string("detail").orElse(lastError);
      return;
    }
    if (!isServers(frame, Signing.SIGNATURE)) {
      hangUp("the server's signature is bad");
      return;
    }
    if (session != null) {
      long next = frame.number("counter").orElse(0);
      if (next <= heard) {
        hangUp("the server's counter " + next + " came before");
        return;
      }
      heard = next;
    }
    switch (frame.string("type").orElse("")) {
      case "session_rotated" -> session = frame.string("session_id").orElse("");
      case "ping" -> {
        long unused =
            send(
                JsonObject.EMPTY
                    .with("type", "pong")
                    .with("nonce", frame.string("nonce").orElse("-")));
        assert unused >= 0;
      }
      default -> {
        lastError = frame.string("code").orElse(lastError);
        listener.heard(frame);
      }
    }
  }

  /// Whether the server signed a frame; its first frame says which key it has.
  private boolean isServers(JsonObject frame, String name) {
    Optional<String> signature = frame.string(name).filter(text -> Hex.isLower(text, 128));
    Optional<PublicKey> shown = frame.string("server_pubkey").flatMap(KeyText::parse);
    PublicKey expected = server == null ? shown.orElse(null) : server;
    if (signature.isEmpty()
        || expected == null
        || shown.filter(k -> !k.equals(expected)).isPresent()) {
      return false;
    }
    boolean good = new Signature(signature.get()).isBy(expected, Signing.digestOfFrame(frame));
    if (good) {
      server = expected;
    }
    return good;
  }

  private void hangUp(String why) {
    end(BAD_SIGNATURE, why);
  }

  /// What cannot be read says nothing of who said it: another link may do better.
  private void breakOff(String why) {
    end(CloseCode.PROTOCOL_ERROR, why);
  }

  private void end(int code, String why) {
    ownCode = code;
    lastError = why;
    link.close(code, why);
  }

  /// Ends the link.
  public void close(int code, String reason) {
    ownCode = code;
    link.close(code, reason);
  }

  @Override
  public void binary(byte[] message) {
    breakOff("the server sent a binary frame");
  }

  @Override
  public void closed(int code, String reason) {
    session = null;
    listener.closed(ownCode == 0 ? code : ownCode, reason.isEmpty() ? lastError : reason);
  }
}
