package dev.anabranch.link;

import java.util.concurrent.CompletionStage;

/// Decides who may open a link, by path, headers, `Origin` and subprotocol.
///
/// Called on an event loop, so it must not block; the stage may be completed later and from any
/// thread. A stage that fails refuses with 500.
@FunctionalInterface
public interface LinkAcceptor {
  CompletionStage<Admission> admit(Handshake handshake);
}
