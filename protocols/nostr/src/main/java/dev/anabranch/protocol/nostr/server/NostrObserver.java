package dev.anabranch.protocol.nostr.server;

/// Hears what the relay does; figures and log lines are made of it. Called from any thread.
public interface NostrObserver {

  /// A session began.
  void opened();

  /// A session ended.
  void closed();

  /// A message came.
  ///
  /// @param kind its name, such as `Publish`
  void received(String kind);

  /// An event was stored.
  void stored();

  /// Events were sent.
  void delivered(int count);

  /// Somebody was told no.
  void refused(NostrFault fault);

  /// Live events that a slow reader will have to read from the store.
  void fellBehind();

  /// New events that found the feed's queue full, to be read from the store.
  void putOff(int count);

  /// Ephemeral events that a slow reader never gets.
  void dropped();

  /// Something broke on our side.
  void failed(Throwable failure);
}
