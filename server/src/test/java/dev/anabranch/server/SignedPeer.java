package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.protocol.signed.wire.CanonicalJson;
import dev.anabranch.protocol.signed.wire.Signing;
import java.time.InstantSource;
import java.util.SplittableRandom;

/// A client of signed entities as a test plays it: one key, one socket.
final class SignedPeer {

  private static final JsonDecoder JSON = new JsonDecoder(JsonLimits.PUSH);

  private final SecretKey key;
  private final Socket socket;
  private String session = "";
  private PublicKey server = new PublicKey("0".repeat(64));
  private long counter;

  private SignedPeer(Served served, SecretKey key) {
    this.key = key;
    this.socket = Socket.open(served, null);
  }

  static SecretKey key(long seed) {
    return SecretKey.generate(new SplittableRandom(seed));
  }

  /// A socket on which nothing was said.
  static SignedPeer silent(Served served, SecretKey key) {
    return new SignedPeer(served, key);
  }

  /// A socket on which the key is connected.
  static SignedPeer connected(Served served, SecretKey key) {
    SignedPeer peer = new SignedPeer(served, key);
    peer.answer(peer.challenge());
    return peer;
  }

  Socket socket() {
    return socket;
  }

  String session() {
    return session;
  }

  PublicKey server() {
    return server;
  }

  long counter() {
    return counter;
  }

  static long now() {
    return InstantSource.system().millis();
  }

  JsonObject connect() {
    return JsonObject.EMPTY
        .with("type", "connect")
        .with("pubkey", key.publicKey().hex())
        .with("timestamp", now());
  }

  /// Says the seed's connect and hears the challenge.
  String challenge() {
    socket.say(connect().text());
    return hear("\"type\":\"challenge\"").string("challenge").orElseThrow();
  }

  /// Connects with a challenge and checks the server's answer.
  SignedPeer answer(String challenge) {
    socket.say(signed(connect().with("challenge", challenge)));
    JsonObject ack = hear("\"type\":\"connect_ack\"");
    session = ack.string("session_id").orElseThrow();
    server = new PublicKey(ack.string("server_pubkey").orElseThrow());
    JsonObject seeds =
        JsonObject.EMPTY
            .with("session_id", session)
            .with("timestamp", ack.number("timestamp").orElseThrow());
    assertThat(signature(ack, "signature").isBy(server, Signing.digest(seeds))).isTrue();
    assertThat(signature(ack, "frame_signature").isBy(server, Signing.digestOfFrame(ack))).isTrue();
    counter = 0;
    assertThat(ack.string("re_challenge")).contains(challenge);
    return this;
  }

  private static Signature signature(JsonObject frame, String name) {
    return new Signature(frame.string(name).orElseThrow());
  }

  /// Goes on in the session of an acknowledgement that was heard already.
  SignedPeer reading(JsonObject ack) {
    session = ack.string("session_id").orElseThrow();
    server = new PublicKey(ack.string("server_pubkey").orElseThrow());
    return this;
  }

  /// A frame with our signature, spelled canonically.
  String signed(JsonObject frame) {
    return signedBy(key, frame);
  }

  static String signedBy(SecretKey key, JsonObject frame) {
    return CanonicalJson.text(
        frame.with("signature", key.sign(Signing.digestOfFrame(frame)).hex()));
  }

  /// A frame with the next place in the session.
  JsonObject inSession(JsonObject frame) {
    return frame.with("session_id", session).with("counter", ++counter).with("timestamp", now());
  }

  /// Says a frame and hears its answer.
  JsonObject ask(JsonObject frame) {
    socket.say(signed(inSession(frame)));
    return hear("\"re\":" + counter + ",");
  }

  JsonObject ask(String frame) {
    return ask(json(frame));
  }

  /// Says a sync of one payload.
  JsonObject sync(String payload) {
    return ask(JsonObject.EMPTY.with("type", "sync").with("payload", json(payload)));
  }

  /// Waits for a frame that holds a text; its signature is the server's.
  JsonObject hear(String text) {
    JsonObject frame = json(socket.hear(text));
    boolean isAck = frame.string("type").filter("connect_ack"::equals).isPresent();
    if (session.isEmpty() || isAck) {
      return frame;
    }
    assertThat(signature(frame, "signature").isBy(server, Signing.digestOfFrame(frame)))
        .as("the server's signature of %s", frame)
        .isTrue();
    return frame;
  }

  static JsonObject json(String text) {
    if (JSON.decode(text) instanceof Decoded.Value(JsonObject object)) {
      return object;
    }
    throw new AssertionError("not an object: " + text);
  }
}
