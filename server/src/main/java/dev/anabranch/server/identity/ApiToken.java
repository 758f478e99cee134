package dev.anabranch.server.identity;

import dev.anabranch.kernel.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A token as its owner holds it: `anb_<id>_<secret>`.
///
/// Lower-case letters and digits only, so that it survives a double click, a URL and a shell.
///
/// @param id 16 of `a`–`z`, `2`–`7`; names the token, not secret
/// @param secret 52 of them: 256 bits and a little
public record ApiToken(String id, String secret) {

  private static final Pattern SHAPE = Pattern.compile("anb_([a-z2-7]{16})_([a-z2-7]{52})");
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

  /// A new token.
  ///
  /// @param random must be unguessable
  public static ApiToken make(RandomGenerator random) {
    return new ApiToken(letters(random, 16), letters(random, 52));
  }

  private static String letters(RandomGenerator random, int count) {
    StringBuilder text = new StringBuilder(count);
    for (int index = 0; index < count; index++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }

  /// The token, when a text is one.
  public static Optional<ApiToken> parse(String text) {
    Matcher matcher = SHAPE.matcher(text.strip());
    return matcher.matches()
        ? Optional.of(new ApiToken(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /// The whole token: to be shown once, to its owner.
  public String text() {
    return "anb_" + id + "_" + secret;
  }

  /// SHA-256 of the secret: all that is kept.
  public Bytes secretHash() {
    return Bytes.of(sha256(secret));
  }

  /// Whether the secret is the one that a hash was made of; takes the same time either way.
  public boolean provesTo(Bytes hash) {
    return MessageDigest.isEqual(sha256(secret), hash.toArray());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }

  /// The id alone: a token is not for logs.
  @Override
  public String toString() {
    return "anb_" + id + "_(hidden)";
  }
}
