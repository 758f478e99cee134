package dev.anabranch.protocol.scope.server;

import dev.anabranch.protocol.scope.wire.ScopeFault;

/// Hears what the gateway does; the server makes metrics and logs of it. Called on event loops and
/// on the kernel's threads: be quick.
public interface ScopeObserver {

  /// Hears nothing.
  ScopeObserver NONE = new ScopeObserver() {};

  /// A WebSocket session began.
  default void opened() {}

  /// A WebSocket session ended.
  default void closed() {}

  /// A frame or a request came in.
  ///
  /// @param kind the message's type or the request's route, one of few
  default void received(String kind) {}

  /// Somebody was told no.
  default void refused(ScopeFault fault) {}

  /// A bootstrap began: over HTTP or WebSocket.
  default void bootstrapped() {}

  /// An unchanged scope was answered with 304.
  default void unchanged() {}

  /// Something broke on our side, besides the store (the engine tells that); the peer was told
  /// `internal`.
  default void failed(Throwable failure) {}
}
