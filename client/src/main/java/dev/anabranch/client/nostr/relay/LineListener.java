package dev.anabranch.client.nostr.relay;

/// Hears what a line says that belongs to no request; called on the line's loop.
public interface LineListener {

  /// The line has ended, by either side or the network; called once.
  default void closed(int code, String reason) {}

  /// The relay says something for people.
  default void notice(String text) {}

  /// Something came that was dropped: malformed, not signed by its author, not asked for.
  default void dropped(String why) {}

  /// The relay does not take a key for the reason it gives.
  default void notAuthenticated(String reason) {}
}
