package dev.anabranch.link;

import java.util.concurrent.CompletionStage;

/// Opens links to servers.
@FunctionalInterface
public interface Dialer {
  /// Dials; the session's handler is opened before the stage completes.
  ///
  /// @return fails with a [LinkFailure] when there is no connection, or the server refuses
  CompletionStage<Link> dial(Dial dial, LinkSession session);
}
