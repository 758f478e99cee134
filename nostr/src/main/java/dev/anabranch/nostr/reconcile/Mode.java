package dev.anabranch.nostr.reconcile;

/// What a range of a message carries.
final class Mode {

  /// Nothing: the sender has no interest in it.
  static final int SKIP = 0;

  /// The fingerprint of the sender's ids in it.
  static final int FINGERPRINT = 1;

  /// The sender's ids in it.
  static final int ID_LIST = 2;

  private Mode() {}
}
