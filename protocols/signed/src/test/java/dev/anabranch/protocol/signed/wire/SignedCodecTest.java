package dev.anabranch.protocol.signed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.signed.wire.SignedMessage.Connect;
import dev.anabranch.protocol.signed.wire.SignedMessage.Sync;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Frames that clients send, the golden ones first (`vectors/signed/frames.json`).
class SignedCodecTest {

  private final SignedCodec codec = new SignedCodec(JsonLimits.FRAME);

  @TestFactory
  Stream<DynamicTest> goldenFramesAreUnderstoodAndTheirSignaturesAreGood() {
    return SignedVectors.of("frames.json", "valid").stream()
        .map(vector ->
            DynamicTest.dynamicTest(
                vector.string("name").orElseThrow(),
                () -> {
                  String text = vector.string("text").orElseThrow();
                  PublicKey key = new PublicKey(vector.string("pubkey").orElseThrow());
                  Decoded decoded = codec.fromClient(text);
                  assertThat(decoded).isInstanceOf(Decoded.Good.class);
                  Decoded.Good good = (Decoded.Good) decoded;
                  byte[] digest = Signing.digestOfFrame(good.frame());
                  assertThat(Hex.of(digest)).isEqualTo(vector.string("sha256").orElseThrow());
                  Signature signature = good.signature();
                  assertThat(signature).isNotNull();
                  assertThat(signature != null && signature.isBy(key, digest)).isTrue();
                  assertThat(CanonicalJson.text(good.frame())).isEqualTo(text);
                }));
  }

  @TestFactory
  Stream<DynamicTest> framesThatMustBeRefusedAreRefusedWithTheirCode() {
    return SignedVectors.of("frames.json", "invalid").stream()
        .map(vector ->
            DynamicTest.dynamicTest(
                vector.string("name").orElseThrow(),
                () ->
                    assertThat(codec.fromClient(vector.string("text").orElseThrow()))
                        .isInstanceOfSatisfying(
                            Decoded.Bad.class,
                            bad ->
                                assertThat(bad.refusal().fault().code())
                                    .isEqualTo(vector.string("code").orElseThrow()))));
  }

  @Test
  void theSeedsConnectMayBeSpelledInAnyWay() {
    String npub = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
    Decoded decoded =
        codec.fromClient(
            "{ \"type\": \"connect\", \"pubkey\": \"" + npub + "\", \"timestamp\": 1 }");
    assertThat(decoded).isInstanceOf(Decoded.Good.class);
    assertThat(((Decoded.Good) decoded).message())
        .isEqualTo(
            new Connect(
                new PublicKey("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"),
                1,
                null,
                null,
                null));
    assertThat(codec.opens("{ \"type\": \"connect\" }")).isTrue();
    assertThat(codec.opens("[\"REQ\"]")).isFalse();
    assertThat(codec.opens("{\"type\":\"subscribe\"}")).isFalse();
  }

  @Test
  void aPayloadWithoutAKeyHasItsOwnHashForOne() {
    JsonObject payload =
        SignedVectors.json("{\"action\":\"create\",\"data\":{},\"entity\":\"chat\",\"version\":0}");
    JsonObject frame =
        JsonObject.EMPTY
            .with("counter", 1)
            .with("payload", payload)
            .with("session_id", "s")
            .with("signature", "0".repeat(128))
            .with("timestamp", 1)
            .with("type", "sync");
    Decoded decoded = codec.fromClient(CanonicalJson.text(frame));
    Sync sync = (Sync) ((Decoded.Good) decoded).message();
    assertThat(sync.payloads())
        .extracting(Payload::key)
        .isEqualTo(List.of(Hex.of(Signing.digest(payload))));
  }

  @Test
  void keysAreReadAsHexAndAsNpubAndNothingElse() {
    String hex = "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";
    String npub = "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6";
    assertThat(KeyText.parse(hex)).contains(new PublicKey(hex));
    assertThat(KeyText.parse(npub)).contains(new PublicKey(hex));
    assertThat(KeyText.parse(npub.toUpperCase(java.util.Locale.ROOT))).isPresent();
    assertThat(KeyText.parse(hex.toUpperCase(java.util.Locale.ROOT))).isEmpty();
    assertThat(KeyText.parse(npub.replace("w6", "w7"))).isEmpty();
    assertThat(KeyText.parse("Npub" + npub.substring(4))).isEmpty();
    assertThat(KeyText.parse("")).isEmpty();
  }

  @Test
  void aClientReadsEveryFrameThatTheServerMayBeMadeToSend() {
    String deep = "[".repeat(31) + "]".repeat(31);
    String changed = "{\"type\":\"changed\",\"changes\":[{\"data\":{\"content\":%s}}]}";
    assertThat(SignedCodec.fromServer(changed.formatted(deep))).isNotNull();
    String large = "\"" + "A".repeat(11 * 1024 * 1024) + "\"";
    assertThat(SignedCodec.fromServer(changed.formatted(large))).isNotNull();
    String tooDeep = "[".repeat(41) + "]".repeat(41);
    assertThat(SignedCodec.fromServer("{\"a\":" + tooDeep + "}")).isNull();
  }
}
