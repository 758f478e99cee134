package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.CanonicalJson;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody who saw, holds back, repeats or makes up frames of signed entities comes to.
@Timeout(60)
class SignedAttacksTest {

  private static final SecretKey ANN = SignedPeer.key(1);
  private static final SecretKey MALLORY = SignedPeer.key(666);

  private final Served served = Served.open();

  @AfterEach
  void close() {
    served.close();
  }

  private static JsonObject ping() {
    return JsonObject.EMPTY.with("type", "ping").with("nonce", "n");
  }

  /// Says a text as it is and hears the fault.
  private static void refused(SignedPeer peer, String text, String code) {
    peer.socket().say(text);
    JsonObject error = peer.hear("\"type\":\"error\"");
    assertThat(error.string("code")).as("%s", error).contains(code);
  }

  @Test
  void aCapturedConnectOpensNothingOnAnotherLink() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    String captured = ann.signed(ann.connect().with("challenge", ann.challenge()));
    ann.socket().say(captured);
    ann.hear("\"type\":\"connect_ack\"");

    SignedPeer fresh = SignedPeer.silent(served, MALLORY);
    refused(fresh, captured, "wrong_challenge");
    assertThat(fresh.socket().ended()).isEqualTo(4401);
    SignedPeer challenged = SignedPeer.silent(served, MALLORY);
    challenged.challenge();
    refused(challenged, captured, "wrong_challenge");
    assertThat(challenged.socket().ended()).isEqualTo(4401);
  }

  @Test
  void aConnectIsGoodOnceOnItsOwnLinkToo() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    String captured = ann.signed(ann.connect().with("challenge", ann.challenge()));
    ann.socket().say(captured);
    ann.hear("\"type\":\"connect_ack\"");
    refused(ann, captured, "wrong_challenge");
    assertThat(ann.socket().ended()).isEqualTo(4401);
  }

  @Test
  void aConnectThatWasSignedForAnotherServerOpensNothing() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    JsonObject elsewhere =
        ann.connect().with("challenge", ann.challenge()).with("relay", "wss://evil.example/sync");
    refused(ann, ann.signed(elsewhere), "wrong_challenge");
    assertThat(ann.socket().ended()).isEqualTo(4401);
  }

  @Test
  void withoutLeaveABareConnectIsOnlyAnsweredWithAChallenge() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    ann.challenge();
    refused(ann, ann.signed(ann.inSession(ping()).with("session_id", "x")), "unauthenticated");
    assertThat(ann.socket().ended()).isEqualTo(4401);
  }

  @Test
  void aConnectSignedByAnotherKeyEndsTheLink() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    String forged = SignedPeer.signedBy(MALLORY, ann.connect().with("challenge", ann.challenge()));
    refused(ann, forged, "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
  }

  @Test
  void aConnectOfAnotherTimeOpensNothing() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    JsonObject old =
        ann.connect()
            .with("challenge", ann.challenge())
            .with("timestamp", SignedPeer.now() - 3_600_000);
    refused(ann, ann.signed(old), "stale_connect");
    assertThat(ann.socket().ended()).isEqualTo(4401);
  }

  @Test
  void aFrameSignedByAnotherKeyEndsTheLinkAndWritesNothing() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    JsonObject sync =
        SignedPeer.json(
            "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"create\",\"id\":"
                + "\"c1\",\"data\":{}}}");
    refused(ann, SignedPeer.signedBy(MALLORY, ann.inSession(sync)), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
    assertThat(served.get("/api/chat/c1?scope=chat:c1").statusCode()).isEqualTo(404);
  }

  @Test
  void aFrameThatWasChangedOnTheWayEndsTheLink() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String frame = ann.signed(ann.inSession(ping()));
    refused(ann, frame.replace("\"nonce\":\"n\"", "\"nonce\":\"m\""), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
  }

  private static JsonObject chat() {
    return SignedPeer.json(
        "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"create\",\"id\":"
            + "\"c1\",\"data\":{}}}");
  }

  @Test
  void aFrameWithoutASignatureEndsTheLinkAndWritesNothing() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    refused(ann, CanonicalJson.text(ann.inSession(chat())), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
    SignedPeer again = SignedPeer.connected(served, ANN);
    refused(again, "{\"type\": \"nothing\"}", "bad_signature");
    assertThat(again.socket().ended()).isEqualTo(4403);
    assertThat(served.get("/api/chat/c1?scope=chat:c1").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"\"", "\"00\"", "null", "1", "[]", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""})
  void aFrameWithWhatIsNoSignatureEndsTheLink(String signature) {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String frame = CanonicalJson.text(ann.inSession(ping()).with("signature", "-"));
    refused(ann, frame.replace("\"-\"", signature), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
    assertThat(SignedPeer.connected(served, ANN).ask(ping()).string("type")).contains("pong");
  }

  @Test
  void aSignatureInCapitalsEndsTheLink() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    JsonObject frame = ann.inSession(ping());
    String signature = ANN.sign(Signing.digestOfFrame(frame)).hex().toUpperCase(Locale.ROOT);
    refused(ann, CanonicalJson.text(frame.with("signature", signature)), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
  }

  @Test
  void onlyTheBareConnectMayGoWithoutASignature() {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    JsonObject challenged = ann.connect().with("challenge", ann.challenge());
    refused(ann, CanonicalJson.text(challenged), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
    SignedPeer early = SignedPeer.silent(served, ANN);
    early.challenge();
    refused(early, CanonicalJson.text(early.inSession(ping())), "bad_signature");
    assertThat(early.socket().ended()).isEqualTo(4403);
    SignedPeer wrong = SignedPeer.silent(served, ANN);
    refused(wrong, CanonicalJson.text(wrong.connect().with("signature", "00")), "bad_signature");
    assertThat(wrong.socket().ended()).isEqualTo(4403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no JSON", "[]", "{\"type\":\"ping\",\"type\":\"ping\"}", "deep"})
  void whatIsNoFrameAtAllLeavesTheLinkOpen(String text) {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String deep = "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";
    refused(ann, text.equals("deep") ? deep : text, "malformed");
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\""})
  void aBareConnectLeavesItsSignatureOutOrHasOne(String signature) {
    SignedPeer ann = SignedPeer.silent(served, ANN);
    String connect = CanonicalJson.text(ann.connect().with("signature", "-"));
    refused(ann, connect.replace("\"-\"", signature), "bad_signature");
    assertThat(ann.socket().ended()).isEqualTo(4403);
  }

  @Test
  void aCounterThatWasUsedStandsForNoOtherFrameEither() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    ann.ask(ping());
    JsonObject other = ann.inSession(chat()).with("counter", ann.counter() - 1);
    refused(ann, ann.signed(other), "replayed");
    assertThat(served.get("/api/chat/c1?scope=chat:c1").statusCode()).isEqualTo(404);
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @Test
  void aFrameThatComesTwiceIsTakenOnce() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String frame = ann.signed(ann.inSession(ping()));
    ann.socket().say(frame);
    ann.hear("\"type\":\"pong\"");
    refused(ann, frame, "replayed");
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @Test
  void framesThatChangedPlacesAreRefused() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String first = ann.signed(ann.inSession(ping()));
    String second = ann.signed(ann.inSession(ping()));
    ann.socket().say(second);
    ann.hear("\"type\":\"pong\"");
    refused(ann, first, "replayed");
  }

  @Test
  void theSessionIdOfAnotherIsOfNoUse() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    SignedPeer mallory = SignedPeer.connected(served, MALLORY);
    String own = mallory.signed(mallory.inSession(ping()).with("session_id", ann.session()));
    refused(mallory, own, "unknown_session");
    assertThat(mallory.socket().ended()).isEqualTo(4401);
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @Test
  void aFrameOfAnotherLinkOfTheSameKeyIsOfNoUse() {
    SignedPeer phone = SignedPeer.connected(served, ANN);
    SignedPeer laptop = SignedPeer.connected(served, ANN);
    refused(laptop, phone.signed(phone.inSession(ping())), "unknown_session");
    assertThat(laptop.socket().ended()).isEqualTo(4401);
  }

  @Test
  void aFrameOfAnotherTimeIsRefused() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    JsonObject old = ann.inSession(ping()).with("timestamp", SignedPeer.now() - 600_000);
    refused(ann, ann.signed(old), "stale");
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @Test
  void aFrameThatIsSpelledOtherwiseIsRefusedEvenWithAGoodSignature() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String canonical = ann.signed(ann.inSession(ping()));
    refused(ann, canonical.replace("\":", "\": "), "non_canonical");
    JsonObject frame = SignedPeer.json(canonical);
    String otherOrder = frame.without("nonce").with("nonce", "n").text();
    refused(ann, otherOrder, "non_canonical");
    refused(ann, canonical.replace("\"ping\"", "\"p\\u0069ng\""), "non_canonical");
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.0 | non_canonical",
        "1e2 | non_canonical",
        "9007199254740993 | non_canonical",
        "100000000000000000000000000000 | non_canonical",
        "1e400 | malformed",
        "123456789012345678901234567890123456789012345678901234567890 | malformed",
      })
  void numbersThatASignatureWouldReadOtherwiseAreRefused(String number, String code) {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String frame =
        ann.signed(ann.inSession(ping()).with("x", new JsonNumber("7777777")))
            .replace("7777777", number);
    refused(ann, frame, code);
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @Test
  void aNameThatStandsTwiceIsRefused() {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    String frame = ann.signed(ann.inSession(ping()));
    refused(ann, frame.replace("{\"counter\"", "{\"counter\":1,\"counter\""), "malformed");
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"nothing\"} | unknown_type",
        "{\"type\":\"fetch\",\"entity\":\"chat\"} | invalid",
        "{\"type\":\"fetch\",\"entity\":\"payment\",\"id\":\"1\"} | invalid",
        "{\"type\":\"sync\"} | invalid",
        "{\"type\":\"sync\",\"payloads\":[]} | invalid",
        "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"update\",\"id\":\"c\",\"data\":{}}}"
            + " | invalid",
        "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"create\",\"data\":{\"syncId\":1}}}"
            + " | invalid",
        "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"create\",\"data\":{\"__proto__\":1}}}"
            + " | invalid",
        "{\"type\":\"sync\",\"payload\":{\"entity\":\"chat\",\"action\":\"create\",\"data\":{\"sharing\":{\"friends\":[]}}}}"
            + " | invalid",
        "{\"type\":\"resume\",\"cursors\":{\"nowhere\":1}} | invalid",
        "{\"type\":\"unlink\",\"key\":\"npub1nothing\"} | invalid",
      })
  void whatDoesNotFitIsRefusedByNameAndTheSessionGoesOn(String frame, String code) {
    SignedPeer ann = SignedPeer.connected(served, ANN);
    assertThat(ann.ask(frame).string("code")).contains(code);
    assertThat(ann.ask(ping()).string("type")).contains("pong");
  }

  @Test
  void whoIsTooFastIsToldWhenToComeBack() {
    try (Served slow =
        Served.open(Map.of("signed.frames_per_second", "1", "signed.frames_burst", "3"))) {
      SignedPeer ann = SignedPeer.connected(slow, ANN);
      ann.ask(ping());
      JsonObject refused = ann.ask(ping());
      assertThat(refused.string("code")).contains("rate_limited");
      assertThat(refused.number("retry_after_ms")).isPresent();
    }
  }

  @Test
  void aKeyHasOnlySoManySessions() {
    try (Served narrow = Served.open(Map.of("signed.sessions_per_key_max", "1"))) {
      SignedPeer.connected(narrow, ANN);
      SignedPeer second = SignedPeer.silent(narrow, ANN);
      second.socket().say(second.signed(second.connect().with("challenge", second.challenge())));
      second.hear("\"code\":\"too_many_sessions\"");
      assertThat(second.socket().ended()).isEqualTo(4429);
      SignedPeer.connected(narrow, MALLORY);
    }
  }
}
