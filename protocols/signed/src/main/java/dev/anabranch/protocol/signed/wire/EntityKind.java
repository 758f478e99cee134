package dev.anabranch.protocol.signed.wire;

import java.util.Locale;
import java.util.Optional;

/// What a payload is about (seed 000, `payload.entity`); `message` and `sharing` are ours.
public enum EntityKind {
  /// A chat; its messages and its sharing travel inside it or by themselves.
  CHAT,
  /// The principal's settings.
  SETTINGS,
  /// A contribution to training.
  TRAINING_DATA,
  /// One message of a chat.
  MESSAGE;

  /// The word on the wire.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The kind for a word.
  public static Optional<EntityKind> ofWord(String word) {
    return switch (word) {
      case "chat" -> Optional.of(CHAT);
      case "settings" -> Optional.of(SETTINGS);
      case "training_data" -> Optional.of(TRAINING_DATA);
      case "message" -> Optional.of(MESSAGE);
      default -> Optional.empty();
    };
  }
}
