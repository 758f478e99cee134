package dev.anabranch.protocol.document.server;

import dev.anabranch.protocol.document.wire.DocumentFault;

/// Hears what the gateway does; the server makes metrics and logs of it. Called on event loops and
/// on the kernel's threads: be quick.
public interface DocumentObserver {

  /// Hears nothing.
  DocumentObserver NONE = new DocumentObserver() {};

  /// Somebody opened a document.
  default void opened() {}

  /// Somebody left a document.
  default void closed() {}

  /// A message or a request came in.
  ///
  /// @param kind the message's type, one of few
  default void received(String kind) {}

  /// Somebody was told no.
  default void refused(DocumentFault fault) {}

  /// Updates were committed as one change.
  ///
  /// @param updates how many
  default void applied(int updates) {}

  /// An update extends what another principal's client wrote.
  default void foreign() {}

  /// A document's state was read from the store.
  ///
  /// @param updates how many updates were merged for it
  default void loaded(int updates) {}

  /// Updates were folded into one state.
  ///
  /// @param updates how many
  default void folded(int updates) {}

  /// States were let go to keep within the budget.
  default void evicted(int documents) {}

  /// Something broke on our side, besides the store (the engine tells that).
  default void failed(Throwable failure) {}
}
