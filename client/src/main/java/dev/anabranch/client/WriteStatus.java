package dev.anabranch.client;

/// How far a write has come.
public enum WriteStatus {
  /// On this device's disk and in its view.
  QUEUED,
  /// On its way; after a broken line it is sent again under the same key.
  SENT,
  /// On the server's disk.
  APPLIED,
  /// Somebody else wrote in between; it had no effect.
  CONFLICT,
  /// The server's answer was no; it had no effect.
  REFUSED
}
