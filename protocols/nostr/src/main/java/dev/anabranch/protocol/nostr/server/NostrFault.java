package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.message.Prefix;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Why a client is told no. On the wire stands the prefix, a colon and a sentence (NIP-01); the
/// code is for figures and `docs/errors.md`.
public enum NostrFault {
  /// The text is no message, or the message breaks a rule of its form.
  MALFORMED(
      Prefix.INVALID,
      "The text is no message, or a message breaks a rule of its form",
      "mend what the sentence names"),
  /// A filter demands what this relay does not know.
  UNSUPPORTED(
      Prefix.UNSUPPORTED, "A filter has a field that this relay does not know", "ask without it"),
  /// The event's id or signature is wrong.
  UNVERIFIED(Prefix.INVALID, "The event's id or signature is wrong", "sign the event anew"),
  /// The event is dated too far ahead or too far back.
  MISDATED(
      Prefix.INVALID,
      "The event or authentication is dated too far from the relay's time",
      "set the clock"),
  /// The event has expired (NIP-40).
  EXPIRED(Prefix.INVALID, "The event has expired (NIP-40)", "nothing; it is over"),
  /// The event is of a kind that is never published, such as an authentication.
  UNPUBLISHABLE(
      Prefix.INVALID,
      "The kind is never published, such as an authentication",
      "send it where it belongs"),
  /// Less proof of work than asked for (NIP-13).
  TOO_LITTLE_WORK(
      Prefix.POW, "Less proof of work than asked for (NIP-13)", "mine the event and sign it anew"),
  /// A newer event is there, or this one was deleted.
  SUPERSEDED(
      Prefix.BLOCKED,
      "A newer event is there, or this one was deleted",
      "nothing; read the newer one"),
  /// The author, kind or address is not wanted here.
  UNWANTED(Prefix.BLOCKED, "The author, kind or event is not taken here", "publish it elsewhere"),
  /// More than there may be of subscriptions, records or space.
  TOO_MANY(
      Prefix.BLOCKED,
      "More subscriptions, keys, records or kept events than there may be",
      "close or delete some, or ask for less"),
  /// Faster than allowed.
  RATE_LIMITED(Prefix.RATE_LIMITED, "Faster than allowed", "slow down and send again"),
  /// Only for those who say who they are (NIP-42).
  AUTH_REQUIRED(
      Prefix.AUTH_REQUIRED,
      "Only for those who say who they are (NIP-42)",
      "authenticate and send again"),
  /// Not for the one who asks.
  RESTRICTED(
      Prefix.RESTRICTED,
      "Not for the keys that authenticated",
      "authenticate another key, or ask the operator"),
  /// An ephemeral event that nobody listened to.
  UNHEARD(Prefix.MUTE, "Nobody listened to the ephemeral event", "nothing; or send it again later"),
  /// A reconciliation that is not open, or no longer.
  FORGOTTEN(
      Prefix.CLOSED, "The reconciliation is not open, or no longer (NIP-77)", "open it again"),
  /// The database is away; try again.
  UNAVAILABLE(
      Prefix.ERROR,
      "The database or the write policy is away, or too much waits",
      "try again in a moment"),
  /// Something broke on our side.
  INTERNAL(Prefix.ERROR, "Something broke on our side", "try again; the server's log says more");

  private final Prefix prefix;
  private final String sentence;
  private final String remedy;

  NostrFault(Prefix prefix, String sentence, String remedy) {
    this.prefix = prefix;
    this.sentence = sentence;
    this.remedy = remedy;
  }

  /// The fault that a code names; empty when none has it.
  public static Optional<NostrFault> ofCode(String code) {
    return Arrays.stream(values()).filter(fault -> fault.code().equals(code)).findFirst();
  }

  /// What it means, without a full stop.
  public String sentence() {
    return sentence;
  }

  /// What to do, without a full stop.
  public String remedy() {
    return remedy;
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
