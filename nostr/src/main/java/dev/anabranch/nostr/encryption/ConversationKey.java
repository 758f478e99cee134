package dev.anabranch.nostr.encryption;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// What two keys share for ever: encrypts texts from either to the other (NIP-44, version 2).
///
/// Authenticity is the signature's around it: verify the event before decrypting its content.
public final class ConversationKey {

  /// The longest text that we encrypt or decrypt, in bytes of UTF-8; NIP-44 itself allows 4 GiB.
  public static final int PLAINTEXT_BYTES_MAX = 8 * 1024 * 1024;

  private static final int VERSION = 2;
  private static final int NONCE_BYTES = 32;
  private static final int MAC_BYTES = 32;
  private static final int PAYLOAD_CHARACTERS_MIN = 132;
  private static final int PAYLOAD_BYTES_MIN = 99;

  /// What the longest text becomes, its length in six bytes, in base64.
  private static final int PAYLOAD_CHARACTERS_MAX =
      (1 + NONCE_BYTES + 6 + (int) Padding.paddedBytes(PLAINTEXT_BYTES_MAX) + MAC_BYTES + 2)
          / 3
          * 4;

  private static final byte[] SALT = "nip44-v2".getBytes(StandardCharsets.US_ASCII);

  private final byte[] key;

  private ConversationKey(byte[] key) {
    this.key = key;
  }

  /// The key of one side's secret and the other's public half; the same on both sides.
  ///
  /// @throws MalformedText when the public key is no point of the curve
  public static ConversationKey between(SecretKey mine, PublicKey theirs) {
    return new ConversationKey(Hmac.sha256(SALT, mine.sharedPointWith(theirs)));
  }

  /// The key of its 32 bytes.
  static ConversationKey of(byte[] key) {
    return new ConversationKey(key.clone());
  }

  byte[] bytes() {
    return key.clone();
  }

  /// Encrypts a text of 1 to [#PLAINTEXT_BYTES_MAX] bytes.
  ///
  /// @param random strong, unless it is for a test: a nonce must never be used twice
  public String encrypt(String plaintext, RandomGenerator random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return encrypt(plaintext, nonce);
  }

  String encrypt(String plaintext, byte[] nonce) {
    byte[] text = plaintext.getBytes(StandardCharsets.UTF_8);
    if (text.length == 0 || text.length > PLAINTEXT_BYTES_MAX) {
      throw new IllegalArgumentException("a text of " + text.length + " bytes");
    }
    MessageKeys keys = MessageKeys.of(key, nonce);
    byte[] ciphertext = keys.cipher(Padding.add(text));
    byte[] mac = keys.mac(nonce, ciphertext);
    ByteBuffer payload = ByteBuffer.allocate(1 + NONCE_BYTES + ciphertext.length + MAC_BYTES);
    payload.put((byte) VERSION).put(nonce).put(ciphertext).put(mac);
    return Base64.getEncoder().encodeToString(payload.array());
  }

  /// The text of a payload, or why there is none.
  public Parsed<String> decrypt(String payload) {
    return Parsed.of(() -> open(decoded(payload)));
  }

  private static byte[] decoded(String payload) {
    if (payload.startsWith("#")) {
      throw new MalformedText("a version of encryption that is not supported yet");
    }
    if (payload.length() < PAYLOAD_CHARACTERS_MIN || payload.length() > PAYLOAD_CHARACTERS_MAX) {
      throw new MalformedText("a payload of " + payload.length() + " characters");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(payload);
      if (bytes.length < PAYLOAD_BYTES_MIN || payload.length() % 4 != 0) {
        throw new MalformedText("a payload of " + bytes.length + " bytes");
      }
      return bytes;
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedText("the payload is not in base64");
    }
  }

  private String open(byte[] payload) {
    if (payload[0] != VERSION) {
      throw new MalformedText("version " + payload[0] + " of encryption is not supported");
    }
    byte[] nonce = Arrays.copyOfRange(payload, 1, 1 + NONCE_BYTES);
    byte[] ciphertext = Arrays.copyOfRange(payload, 1 + NONCE_BYTES, payload.length - MAC_BYTES);
    byte[] mac = Arrays.copyOfRange(payload, payload.length - MAC_BYTES, payload.length);
    MessageKeys keys = MessageKeys.of(key, nonce);
    if (!MessageDigest.isEqual(mac, keys.mac(nonce, ciphertext))) {
      throw new MalformedText("the payload was made with another key, or changed");
    }
    return text(Padding.remove(keys.cipher(ciphertext)));
  }

  private static String text(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new MalformedText("the text is not UTF-8");
    }
  }

  /// Never says what it is.
  @Override
  public String toString() {
    return "conversation key";
  }
}
