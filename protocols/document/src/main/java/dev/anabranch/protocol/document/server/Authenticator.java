package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.link.Peer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Turns what a peer shows into who it is; the server's.
@FunctionalInterface
public interface Authenticator {

  /// Who shows this token. Must not block; the stage may complete on any thread.
  ///
  /// @param token `anb_<id>_<secret>`, as it came; null = none was shown
  /// @param peer the other end of the connection
  CompletionStage<Answer<Caller>> authenticate(@Nullable String token, Peer peer);
}
