package dev.anabranch.protocol.signed.wire;

import java.util.Locale;
import java.util.Optional;

/// What is to happen, or has happened, to an entity (seed 000, `payload.action`).
public enum EntityAction {
  CREATE,
  UPDATE,
  DELETE;

  /// The word on the wire.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The action for a word.
  public static Optional<EntityAction> ofWord(String word) {
    return switch (word) {
      case "create" -> Optional.of(CREATE);
      case "update" -> Optional.of(UPDATE);
      case "delete" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
