package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.message.Prefix;
import java.util.Locale;

/// Why a client is told no. On the wire stands the prefix, a colon and a sentence (NIP-01); the
/// code is for figures and `docs/errors.md`.
public enum NostrFault {
  /// The text is no message, or the message breaks a rule of its form.
  MALFORMED(Prefix.INVALID),
  /// A filter demands what this relay does not know.
  UNSUPPORTED(Prefix.UNSUPPORTED),
  /// The event's id or signature is wrong.
  UNVERIFIED(Prefix.INVALID),
  /// The event is dated too far ahead or too far back.
  MISDATED(Prefix.INVALID),
  /// The event has expired (NIP-40).
  EXPIRED(Prefix.INVALID),
  /// The event is of a kind that is never published, such as an authentication.
  UNPUBLISHABLE(Prefix.INVALID),
  /// Less proof of work than asked for (NIP-13).
  TOO_LITTLE_WORK(Prefix.POW),
  /// A newer event is there, or this one was deleted.
  SUPERSEDED(Prefix.BLOCKED),
  /// The author, kind or address is not wanted here.
  UNWANTED(Prefix.BLOCKED),
  /// More than there may be of subscriptions, records or space.
  TOO_MANY(Prefix.BLOCKED),
  /// Faster than allowed.
  RATE_LIMITED(Prefix.RATE_LIMITED),
  /// Only for those who say who they are (NIP-42).
  AUTH_REQUIRED(Prefix.AUTH_REQUIRED),
  /// Not for the one who asks.
  RESTRICTED(Prefix.RESTRICTED),
  /// An ephemeral event that nobody listened to.
  UNHEARD(Prefix.MUTE),
  /// A reconciliation that is not open, or no longer.
  FORGOTTEN(Prefix.CLOSED),
  /// The database is away; try again.
  UNAVAILABLE(Prefix.ERROR),
  /// Something broke on our side.
  INTERNAL(Prefix.ERROR);

  private final Prefix prefix;

  NostrFault(Prefix prefix) {
    this.prefix = prefix;
  }

  /// The first word on the wire.
  public Prefix prefix() {
    return prefix;
  }

  /// The lower-case word.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What stands on the wire.
  public String reason(String detail) {
    return prefix.reason(detail);
  }
}
