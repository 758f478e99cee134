package dev.anabranch.nostr.message;

import java.util.Arrays;
import java.util.Optional;

/// The first word of a relay's reason, which programs act on (NIP-01, 42, 43, 77).
public enum Prefix {
  /// The event is there already; said with `true`.
  DUPLICATE("duplicate"),
  /// Too little proof of work.
  POW("pow"),
  /// The author, the address or the event is not wanted.
  BLOCKED("blocked"),
  /// Too much at once; later.
  RATE_LIMITED("rate-limited"),
  /// The message or event is not well formed, or not signed by its author.
  INVALID("invalid"),
  /// Authenticated, and still not allowed.
  RESTRICTED("restricted"),
  /// An ephemeral event that nobody was listening to.
  MUTE("mute"),
  /// The relay could not.
  ERROR("error"),
  /// Whoever asks must authenticate first (NIP-42).
  AUTH_REQUIRED("auth-required"),
  /// Something that this relay does not do.
  UNSUPPORTED("unsupported"),
  /// Something worth knowing, said with `true` (NIP-43).
  INFO("info"),
  /// A reconciliation that the relay no longer keeps (NIP-77).
  CLOSED("closed");

  private final String word;

  Prefix(String word) {
    this.word = word;
  }

  /// As it stands on the wire, without the colon.
  public String word() {
    return word;
  }

  /// A reason: the word, a colon, a sentence for people.
  public String reason(String detail) {
    return word + ": " + detail;
  }

  /// The word that a reason begins with, if we know it.
  public static Optional<Prefix> of(String reason) {
    int colon = reason.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : Arrays.stream(values())
            .filter(prefix -> prefix.word.equals(reason.substring(0, colon)))
            .findFirst();
  }
}
