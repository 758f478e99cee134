package dev.anabranch.protocol.signed.client;

import dev.anabranch.kernel.json.JsonObject;

/// Hears what the server says; all calls come on the link's loop, one at a time.
public interface SignedListener {

  /// The session is open.
  ///
  /// @param principal whose the key is
  void opened(String principal);

  /// A frame of the session, its signature the server's and its counter the next; answers carry
  /// `re`.
  void heard(JsonObject frame);

  /// The link has ended, or never came to be a session.
  ///
  /// @param code the close code; 4403 when the server's own signature was bad
  /// @param reason a sentence; may be empty
  void closed(int code, String reason);
}
