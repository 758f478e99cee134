package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.key.SecretKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Makes and reads invite codes (NIP-43): a time and a random name, with the relay's seal. Nothing
/// is kept of a code before it is used.
final class Invites {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int NAME_BYTES = 8;
  private static final int SEAL_DIGITS = 32;
  private static final Pattern CODE =
      Pattern.compile("(?<name>(?<until>[0-9]{1,12})-[0-9a-f]{16})-(?<seal>[0-9a-f]{32})");

  private final SecretKeySpec key;
  private final RandomGenerator random;

  /// Codes of a relay.
  ///
  /// @param self the relay's own key
  Invites(SecretKey self, RandomGenerator random) {
    byte[] secret = self.secretBytes();
    this.key =
        new SecretKeySpec(mac(new SecretKeySpec(secret, ALGORITHM), "anabranch invite"), ALGORITHM);
    this.random = random;
  }

  /// What a code came to.
  ///
  /// @param name what the code is remembered by; empty when it is none of ours
  /// @param untilSeconds the last second in which it is good
  record Read(String name, long untilSeconds) {

    boolean isOurs() {
      return !name.isEmpty();
    }
  }

  /// A new code.
  ///
  /// @param untilSeconds the last second in which it is good
  String code(long untilSeconds) {
    byte[] bytes = new byte[NAME_BYTES];
    random.nextBytes(bytes);
    String name = untilSeconds + "-" + HexFormat.of().formatHex(bytes);
    return name + "-" + seal(name);
  }

  /// Reads a code.
  Read read(String code) {
    Matcher parts = CODE.matcher(code);
    boolean isOurs =
        parts.matches()
            && MessageDigest.isEqual(
                seal(parts.group("name")).getBytes(StandardCharsets.US_ASCII),
                parts.group("seal").getBytes(StandardCharsets.US_ASCII));
    return isOurs
        ? new Read(parts.group("name"), Long.parseLong(parts.group("until")))
        : new Read("", 0);
  }

  private String seal(String name) {
    return HexFormat.of().formatHex(mac(key, name)).substring(0, SEAL_DIGITS);
  }

  private static byte[] mac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError("every JDK has HmacSHA256", impossible);
    }
  }
}
