package dev.anabranch.protocol.document.wire;

import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.protocol.AwarenessUpdate;

/// Everything that is said about one document on a connection.
public sealed interface DocumentMessage {

  /// What a client says.
  sealed interface FromClient extends DocumentMessage {}

  /// What the server says.
  sealed interface ToClient extends DocumentMessage {}

  /// "This far am I": asks for what the sender lacks (sync step 1).
  ///
  /// @param known what the sender holds
  record Question(StateVector known) implements FromClient, ToClient {}

  /// "Here is what you lack" (sync step 2).
  ///
  /// @param update everything that the question did not name, and all deletions
  record Reply(UpdateV1 update) implements FromClient, ToClient {}

  /// "This changed just now" (sync update).
  ///
  /// @param update may lack predecessors; it then waits for them
  record Changed(UpdateV1 update) implements FromClient, ToClient {}

  /// What clients say of themselves: cursors, names, colours.
  ///
  /// @param said one word a client; null = it has gone
  record Aware(AwarenessUpdate said) implements FromClient, ToClient {}

  /// Asks for what all clients last said of themselves.
  record WhoIsThere() implements FromClient {}

  /// Shows a token (Hocuspocus).
  ///
  /// @param token `anb_<id>_<secret>`; empty = none
  record Authenticate(String token) implements FromClient {}

  /// Leaves the document, while the connection stays for others (Hocuspocus).
  record Leave() implements FromClient {}

  /// A word of the application's own (Hocuspocus); this server has nobody who listens to it.
  ///
  /// @param payload any text
  record Stateless(String payload) implements FromClient, ToClient {}

  /// The answer is no.
  ///
  /// @param reason `code: sentence`
  record Denied(String reason) implements ToClient {}

  /// The token counts (Hocuspocus).
  ///
  /// @param readOnly whether updates will be refused
  record Authenticated(boolean readOnly) implements ToClient {}

  /// What an update came to (Hocuspocus' SyncStatus): one for each, in order.
  ///
  /// @param applied whether it is on disk; false = it was refused
  record Settled(boolean applied) implements ToClient {}

  /// The document is closed on this connection (Hocuspocus).
  ///
  /// @param reason why
  record Closed(String reason) implements ToClient {}
}
