package dev.anabranch.kernel.log;

import java.util.Locale;
import java.util.Optional;

/// What a change does to its entity (seed 002, SyncEvent `action`; `merge` is ours, for documents).
public enum Action {
  INSERT,
  UPDATE,
  DELETE,
  MERGE;

  /// The lower-case word on the wire and in SQL.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The action for a lower-case word.
  public static Optional<Action> ofWord(String word) {
    return switch (word) {
      case "insert" -> Optional.of(INSERT);
      case "update" -> Optional.of(UPDATE);
      case "delete" -> Optional.of(DELETE);
      case "merge" -> Optional.of(MERGE);
      default -> Optional.empty();
    };
  }
}
