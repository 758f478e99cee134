package dev.anabranch.protocol.nostr.server;

/// Kinds that mean something to the relay itself.
final class Kinds {

  /// A private message (NIP-04).
  static final int PRIVATE_MESSAGE = 4;

  /// A request to delete (NIP-09).
  static final int DELETION = 5;

  /// A repost, and one of any kind (NIP-18).
  static final int REPOST = 6;

  static final int GENERIC_REPOST = 16;

  /// A sealed message: it belongs into a gift wrap and is nobody's business outside (NIP-59).
  static final int SEAL = 13;

  /// A request to vanish (NIP-62).
  static final int VANISH = 62;

  /// A gift wrap, kept and ephemeral (NIP-59).
  static final int GIFT_WRAP = 1059;

  static final int EPHEMERAL_GIFT_WRAP = 21_059;

  /// An authentication (NIP-42).
  static final int AUTHENTICATION = 22_242;

  /// An authentication of one HTTP request (NIP-98).
  static final int HTTP_AUTHENTICATION = 27_235;

  private Kinds() {}

  /// Whether only its parties may see an event of a kind.
  static boolean isPrivate(int kind) {
    return switch (kind) {
      case PRIVATE_MESSAGE, SEAL, GIFT_WRAP, EPHEMERAL_GIFT_WRAP -> true;
      default -> false;
    };
  }
}
