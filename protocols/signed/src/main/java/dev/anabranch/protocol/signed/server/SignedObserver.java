package dev.anabranch.protocol.signed.server;

import dev.anabranch.protocol.signed.wire.SignedFault;

/// Hears what the gateway does; the server makes metrics and logs of it. Called on event loops: be
/// quick.
public interface SignedObserver {

  /// Hears nothing.
  SignedObserver NONE = new SignedObserver() {};

  /// A link began.
  default void opened() {}

  /// A link ended.
  default void closed() {}

  /// A frame came in whose signature is good.
  ///
  /// @param kind the message's type, one of few
  default void received(String kind) {}

  /// Somebody was told no.
  default void refused(SignedFault fault) {}

  /// Something broke on our side, besides the store; the peer was told `internal`.
  default void failed(Throwable failure) {}
}
