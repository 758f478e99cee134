package dev.anabranch.nostr.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.TestJson;
import dev.anabranch.nostr.Vectors;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The published vectors of NIP-44, whose file it names by its hash.
class PublishedVectorsTest {

  private static final String HASH =
      "269ed0f69e4c192512cc779e78c555090cebc7c785b609e338a62afc3ce25040";

  private final byte[] file = Vectors.bytes("nip44.json");
  private final Object vectors = TestJson.field(TestJson.read(new JsonReader(file)), "v2");

  private List<Object> valid(String group) {
    return vectors("valid", group);
  }

  private List<Object> invalid(String group) {
    return vectors("invalid", group);
  }

  private List<Object> vectors(String... names) {
    List<Object> found = TestJson.list(vectors, names);
    assertThat(found).isNotEmpty();
    return found;
  }

  @Test
  void areThoseThatNip44Names() {
    assertThat(Hex.of(Digest.sha256(file))).isEqualTo(HASH);
  }

  @Test
  void giveTheKeysOfConversations() {
    valid("get_conversation_key").forEach(PublishedVectorsTest::hasConversationKey);
  }

  @Test
  void giveTheKeysOfMessages() {
    messageKeys(TestJson.field(TestJson.field(vectors, "valid"), "get_message_keys"));
  }

  @Test
  void giveTheLengthsOfPaddedTexts() {
    valid("calc_padded_len").forEach(PublishedVectorsTest::isPadded);
  }

  @Test
  void areEncryptedAndDecryptedByBothSides() {
    valid("encrypt_decrypt").forEach(PublishedVectorsTest::goesBothWays);
  }

  @Test
  void areEncryptedAndDecryptedHoweverLong() {
    valid("encrypt_decrypt_long_msg").forEach(PublishedVectorsTest::comesBack);
  }

  @Test
  void giveNoKeyForWhatIsNoKey() {
    invalid("get_conversation_key").forEach(PublishedVectorsTest::hasNoKey);
  }

  @Test
  void areRefusedWhereTheyAreDamaged() {
    invalid("decrypt").forEach(PublishedVectorsTest::isRefused);
  }

  /// What was too long when the file was made, NIP-44 allows since, with a prefix of six bytes.
  @Test
  void areNotEncryptedWhereTheTextHasALengthThatNobodyMayEncrypt() {
    ConversationKey key = ConversationKey.of(new byte[32]);
    for (Object length : invalid("encrypt_msg_lengths")) {
      String text = "a".repeat(Math.toIntExact((Long) length));
      if (text.isEmpty() || text.length() > ConversationKey.PLAINTEXT_BYTES_MAX) {
        assertThatThrownBy(() -> key.encrypt(text, new byte[32]))
            .isInstanceOf(IllegalArgumentException.class);
      } else {
        assertThat(text).hasSizeGreaterThan(65_535);
        assertThat(key.decrypt(key.encrypt(text, new byte[32])))
            .isEqualTo(new Parsed.Value<>(text));
      }
    }
  }

  /// The lengths that earlier files listed, in bytes; all of it begins with the right version.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 10, 20, 32, 48, 64, 98})
  void areRefusedWhereThePayloadIsTooShortToBeOne(int length) {
    byte[] payload = new byte[length];
    Arrays.fill(payload, 0, Math.min(length, 1), (byte) 2);

    assertThat(
            ConversationKey.of(new byte[32]).decrypt(Base64.getEncoder().encodeToString(payload)))
        .isInstanceOf(Parsed.Malformed.class);
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

  private static void comesBack(Object vector) {
    ConversationKey key = ConversationKey.of(Hex.bytes(TestJson.text(vector, "conversation_key")));
    String text =
        TestJson.text(vector, "pattern")
            .repeat(Math.toIntExact((Long) TestJson.field(vector, "repeat")));
    String payload = key.encrypt(text, Hex.bytes(TestJson.text(vector, "nonce")));

    assertThat(hash(text)).isEqualTo(TestJson.text(vector, "plaintext_sha256"));
    assertThat(hash(payload)).isEqualTo(TestJson.text(vector, "payload_sha256"));
    assertThat(key.decrypt(payload)).isEqualTo(new Parsed.Value<>(text));
  }

  private static String hash(String text) {
    return Hex.of(Digest.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void hasNoKey(Object vector) {
    assertThatThrownBy(() -> between(vector, "pub2")).isInstanceOf(MalformedText.class);
  }

  private static void isRefused(Object vector) {
    ConversationKey key = ConversationKey.of(Hex.bytes(TestJson.text(vector, "conversation_key")));

    assertThat(key.decrypt(TestJson.text(vector, "payload"))).isInstanceOf(Parsed.Malformed.class);
  }
}
