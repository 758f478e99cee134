package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.link.Peer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Turns what a peer shows into who it is; the server's.
public interface Authenticator {

  /// The session of a request, which is over with its answer.
  long REQUEST = 0;

  /// Who shows this token. Must not block; the stage may complete on any thread.
  ///
  /// @param token `anb_<id>_<secret>`, as it came; null = none was shown
  /// @param peer the other end of the connection
  /// @param session which of the connection's sessions stands on the token from now on; [#REQUEST]
  ///   = none does
  CompletionStage<Answer<Caller>> authenticate(@Nullable String token, Peer peer, long session);

  /// A session is over and stands on no token any more, though its connection may go on.
  void ended(Peer peer, long session);
}
