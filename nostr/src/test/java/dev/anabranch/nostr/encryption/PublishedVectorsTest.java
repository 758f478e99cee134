package dev.anabranch.nostr.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.TestJson;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.testkit.RealInput;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The file of vectors that NIP-44 names by its hash, where it stands beside the project. Without
/// it [ConversationKeyTest] has what NIP-44 prints.
class PublishedVectorsTest {

  @Test
  void everyPublishedVectorHolds() throws IOException {
    byte[] text = Files.readAllBytes(RealInput.file("vectors/nip44.json"));
    Object vectors = TestJson.field(TestJson.read(new JsonReader(text)), "v2");
    Object valid = TestJson.field(vectors, "valid");
    Object invalid = TestJson.field(vectors, "invalid");

    TestJson.list(valid, "get_conversation_key").forEach(PublishedVectorsTest::hasConversationKey);
    messageKeys(TestJson.field(valid, "get_message_keys"));
    TestJson.list(valid, "calc_padded_len").forEach(PublishedVectorsTest::isPadded);
    TestJson.list(valid, "encrypt_decrypt").forEach(PublishedVectorsTest::goesBothWays);
    TestJson.list(valid, "encrypt_decrypt_long_msg").forEach(PublishedVectorsTest::comesBack);
    TestJson.list(invalid, "get_conversation_key").forEach(PublishedVectorsTest::hasNoKey);
    TestJson.list(invalid, "decrypt").forEach(PublishedVectorsTest::isRefused);
  }

  private static void hasConversationKey(Object vector) {
    assertThat(Hex.of(between(vector, "pub2").bytes()))
        .isEqualTo(TestJson.text(vector, "conversation_key"));
  }

  private static ConversationKey between(Object vector, String key) {
    return ConversationKey.between(
        SecretKey.parse(TestJson.text(vector, "sec1")),
        PublicKey.parse(TestJson.text(vector, key)));
  }

  private static void messageKeys(Object group) {
    byte[] key = Hex.bytes(TestJson.text(group, "conversation_key"));
    for (Object vector : TestJson.list(group, "keys")) {
      MessageKeys keys = MessageKeys.of(key, Hex.bytes(TestJson.text(vector, "nonce")));

      assertThat(Hex.of(keys.cipherKey())).isEqualTo(TestJson.text(vector, "chacha_key"));
      assertThat(Hex.of(keys.cipherNonce())).isEqualTo(TestJson.text(vector, "chacha_nonce"));
      assertThat(Hex.of(keys.macKey())).isEqualTo(TestJson.text(vector, "hmac_key"));
    }
  }

  @SuppressWarnings("unchecked")
  private static void isPadded(Object vector) {
    List<Object> lengths = (List<Object>) vector;

    assertThat(Padding.paddedBytes((Long) lengths.get(0))).isEqualTo(lengths.get(1));
  }

  private static void goesBothWays(Object vector) {
    SecretKey one = SecretKey.parse(TestJson.text(vector, "sec1"));
    SecretKey two = SecretKey.parse(TestJson.text(vector, "sec2"));
    ConversationKey key = ConversationKey.between(one, two.publicKey());
    String text = TestJson.text(vector, "plaintext");
    String payload = TestJson.text(vector, "payload");

    assertThat(Hex.of(key.bytes())).isEqualTo(TestJson.text(vector, "conversation_key"));
    assertThat(key.encrypt(text, Hex.bytes(TestJson.text(vector, "nonce")))).isEqualTo(payload);
    assertThat(ConversationKey.between(two, one.publicKey()).decrypt(payload))
        .isEqualTo(new Parsed.Value<>(text));
  }

  /// Longer than the file's authors allowed then; NIP-44 has allowed it since, with a long prefix.
  private static void comesBack(Object vector) {
    ConversationKey key = ConversationKey.of(Hex.bytes(TestJson.text(vector, "conversation_key")));
    String text =
        TestJson.text(vector, "letter")
            .repeat(Math.toIntExact((Long) TestJson.field(vector, "repeat")));
    String payload = key.encrypt(text, Hex.bytes(TestJson.text(vector, "nonce")));

    assertThat(key.decrypt(payload)).isEqualTo(new Parsed.Value<>(text));
  }

  private static void hasNoKey(Object vector) {
    assertThatThrownBy(() -> between(vector, "pub2")).isInstanceOf(MalformedText.class);
  }

  private static void isRefused(Object vector) {
    ConversationKey key = ConversationKey.of(Hex.bytes(TestJson.text(vector, "conversation_key")));

    assertThat(key.decrypt(TestJson.text(vector, "payload"))).isInstanceOf(Parsed.Malformed.class);
  }
}
