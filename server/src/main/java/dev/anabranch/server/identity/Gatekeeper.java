package dev.anabranch.server.identity;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Target;
import dev.anabranch.server.configuration.AccessSettings;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Tells who is asking, from what a request shows.
///
/// A token that is shown always counts, on an open server too: so rights can be tried at home.
/// Without one, an open server takes the asker for `local` and the other kind wants to see one.
public final class Gatekeeper {

  private static final Fault NO_TOKEN =
      new Fault(
          FaultCode.UNAUTHENTICATED,
          "show a token: Authorization: Bearer anb_…, or {\"type\":\"auth\",\"token\":…} on a"
              + " WebSocket");

  private final AccessSettings.Mode mode;
  private final TokenCheck tokens;

  /// The gatekeeper of a server.
  public Gatekeeper(AccessSettings.Mode mode, TokenCheck tokens) {
    this.mode = mode;
    this.tokens = tokens;
  }

  /// Who sends a request: `Authorization: Bearer`, or `?token=` for those that cannot set headers.
  ///
  /// Fails with a StoreFailure when the database is away.
  public CompletionStage<Answer<Identified>> identify(Headers headers, Target target) {
    Optional<String> authorization = headers.first("Authorization");
    if (authorization.isPresent()) {
      return bearer(authorization.get());
    }
    return target
        .parameter("token")
        .map(this::identify)
        .orElseGet(() -> CompletableFuture.completedFuture(withoutToken()));
  }

  private CompletionStage<Answer<Identified>> bearer(String authorization) {
    if (!authorization.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
      return CompletableFuture.completedFuture(
          new Answer.Refused<>(
              new Fault(
                  FaultCode.UNAUTHENTICATED, "Authorization must be Bearer, then the token")));
    }
    return identify(authorization.substring("bearer ".length()));
  }

  /// Who shows a token.
  public CompletionStage<Answer<Identified>> identify(String token) {
    return tokens.check(token);
  }

  /// Who somebody is that shows nothing.
  public Answer<Identified> withoutToken() {
    return switch (mode) {
      case OPEN -> new Answer.Given<>(Identified.LOCAL);
      case TOKEN -> new Answer.Refused<>(NO_TOKEN);
    };
  }
}
