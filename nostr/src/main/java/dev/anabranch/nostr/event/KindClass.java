package dev.anabranch.nostr.event;

/// What becomes of an event of a kind when another of its kind comes (NIP-01).
public enum KindClass {
  /// Every event is kept.
  REGULAR,
  /// The newest for each author and kind is kept.
  REPLACEABLE,
  /// Shown to those who listen and never kept.
  EPHEMERAL,
  /// The newest for each author, kind and `d` tag is kept.
  ADDRESSABLE;

  /// The greatest kind.
  public static final int KIND_MAX = 65_535;

  /// The class of a kind; kinds that NIP-01 leaves open are regular.
  public static KindClass of(int kind) {
    if (kind == 0 || kind == 3 || (kind >= 10_000 && kind < 20_000)) {
      return REPLACEABLE;
    }
    if (kind >= 20_000 && kind < 30_000) {
      return EPHEMERAL;
    }
    return kind >= 30_000 && kind < 40_000 ? ADDRESSABLE : REGULAR;
  }

  /// Whether only the newest is kept.
  public boolean keepsNewest() {
    return this == REPLACEABLE || this == ADDRESSABLE;
  }
}
