package dev.anabranch.nostr.rule;

/// The kinds whose meaning the rules know.
public final class Kinds {
  /// Who somebody is (NIP-01).
  public static final int METADATA = 0;

  /// A short text (NIP-01).
  public static final int NOTE = 1;

  /// A direct message of old times (NIP-04).
  public static final int ENCRYPTED_MESSAGE = 4;

  /// What the author wants deleted (NIP-09).
  public static final int DELETION = 5;

  /// Somebody's note shown again (NIP-18).
  public static final int REPOST = 6;

  /// A message in a chat, with its `h` tag (NIP-C7, NIP-29).
  public static final int CHAT_MESSAGE = 9;

  /// What a gift wrap holds (NIP-59).
  public static final int SEAL = 13;

  /// A direct message, never outside a gift wrap (NIP-17).
  public static final int DIRECT_MESSAGE = 14;

  /// Somebody's event of any kind shown again (NIP-18).
  public static final int GENERIC_REPOST = 16;

  /// The author wants everything deleted (NIP-62).
  public static final int VANISH = 62;

  /// An encrypted event for one reader (NIP-59).
  public static final int GIFT_WRAP = 1_059;

  /// The relays that somebody uses (NIP-65).
  public static final int RELAY_LIST = 10_002;

  /// Who a client is (NIP-42).
  public static final int CLIENT_AUTHENTICATION = 22_242;

  /// At which relays somebody takes private messages (NIP-17).
  public static final int MESSAGE_RELAYS = 10_050;

  /// Somebody's complaint about an event or its author (NIP-56).
  public static final int REPORT = 1_984;

  /// Somebody became a member of the relay (NIP-43).
  public static final int MEMBER_ADDED = 8_000;

  /// Somebody is no longer a member of the relay (NIP-43).
  public static final int MEMBER_REMOVED = 8_001;

  /// The relay's members (NIP-43).
  public static final int MEMBER_LIST = 13_534;

  /// Somebody wants to join the relay, with an invite code (NIP-43).
  public static final int JOIN_REQUEST = 28_934;

  /// An invite code, made when it is asked for (NIP-43).
  public static final int INVITE = 28_935;

  /// Somebody wants to leave the relay (NIP-43).
  public static final int LEAVE_REQUEST = 28_936;

  /// A gift wrap that is never stored (NIP-59).
  public static final int EPHEMERAL_GIFT_WRAP = 21_059;

  /// Who sends an HTTP request (NIP-98).
  public static final int HTTP_AUTHENTICATION = 27_235;

  /// An application's data (NIP-78).
  public static final int APPLICATION = 30_078;

  private Kinds() {}
}
