package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A key that signs nothing but events lets another key speak for it on one link.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
class SignedProofTest {

  private static final SecretKey ANN = SignedPeer.key(1);
  private static final SecretKey SESSION = SignedPeer.key(2);

  private Served served;
  private SignedPeer peer;
  private String challenge;
  private String relay;

  @BeforeEach
  void open() {
    served = Served.open();
    peer = SignedPeer.silent(served, SESSION);
    peer.socket().say(peer.connect().text());
    JsonObject asked = peer.hear("\"type\":\"challenge\"");
    challenge = asked.string("challenge").orElseThrow();
    relay = asked.string("relay").orElseThrow();
  }

  @AfterEach
  void close() {
    peer.socket().leave();
    served.close();
  }

  private Event proof(int kind, String saidChallenge, String saidRelay, SecretKey key) {
    return new UnsignedEvent(
            ANN.publicKey(),
            System.currentTimeMillis() / 1000,
            kind,
            List.of(
                Tag.of("challenge", saidChallenge),
                Tag.of("relay", saidRelay),
                Tag.of("key", key.publicKey().hex())),
            "")
        .sign(ANN);
  }

  private void answer(JsonObject proof) {
    peer.socket()
        .say(peer.signed(peer.connect().with("challenge", challenge).with("proof", proof)));
  }

  private void answer(Event proof) {
    answer(SignedPeer.json(proof.json()));
  }

  private void refuses(Event proof, String code) {
    answer(proof);
    assertThat(peer.hear("\"type\":\"error\"").string("code")).contains(code);
  }

  @Test
  void theSessionIsTheSignersAndTheOtherKeySignsItsFrames() {
    answer(proof(22_242, challenge, relay, SESSION));
    JsonObject ack = peer.hear("\"type\":\"connect_ack\"");
    assertThat(ack.string("principal")).contains(ANN.publicKey().hex());
    peer.reading(ack);
    JsonObject accepted =
        peer.sync(
            "{\"entity\":\"chat\",\"action\":\"create\",\"id\":\"c\",\"version\":0,\"data\":{}}");
    assertThat(accepted.string("type")).contains("accepted");
    assertThat(served.get("/api/grant/" + ANN.publicKey() + "?scope=chat:c").body())
        .contains("\"admin\"");
    assertThat(served.get("/api/grant/" + SESSION.publicKey() + "?scope=chat:c").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aProofForAnotherChallengeIsRefused() {
    refuses(proof(22_242, "0".repeat(64), relay, SESSION), "wrong_challenge");
  }

  @Test
  void aProofForAnotherServerIsRefused() {
    refuses(proof(22_242, challenge, "wss://elsewhere.example/", SESSION), "wrong_challenge");
  }

  @Test
  void aProofForAnotherKeyIsRefused() {
    refuses(proof(22_242, challenge, relay, SignedPeer.key(3)), "unauthenticated");
  }

  @Test
  void anEventOfAnotherKindIsNoProof() {
    refuses(proof(1, challenge, relay, SESSION), "unauthenticated");
  }

  @Test
  void aProofThatItsAuthorDidNotSignEndsTheLink() {
    Event proof = proof(22_242, challenge, relay, SESSION);
    answer(
        SignedPeer.json(proof.json()).with("sig", proof(1, "x", "y", SESSION).signature().hex()));
    assertThat(peer.socket().ended()).isEqualTo(4403);
  }
}
