package dev.anabranch.server.http;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpHandler;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.server.identity.Gatekeeper;
import dev.anabranch.server.identity.Identified;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Routes that are the operator's alone.
public final class OperatorRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(OperatorRoutes.class);

  private final Gatekeeper gatekeeper;
  private final Executor readers;

  /// Routes for whoever the gatekeeper knows as the operator.
  ///
  /// @param readers where the work is done
  public OperatorRoutes(Gatekeeper gatekeeper, Executor readers) {
    this.gatekeeper = gatekeeper;
    this.readers = readers;
  }

  /// A route that does some work for the operator and for nobody else.
  ///
  /// @param bodyBytesMax the longest request
  /// @param work may ask the database
  HttpRoute route(int bodyBytesMax, Function<HttpRequest, HttpAnswer> work) {
    HttpHandler handler =
        (request, exchange) ->
            gatekeeper
                .identify(request.headers(), request.target())
                .thenApplyAsync(who -> allowed(who, request, work), readers)
                .whenComplete((answer, failure) ->
                    exchange.answer(failure == null ? answer : failed(failure)));
    return new HttpRoute(bodyBytesMax, handler);
  }

  private static HttpAnswer allowed(
      Answer<Identified> who, HttpRequest request, Function<HttpRequest, HttpAnswer> work) {
    return switch (who) {
      case Answer.Refused<Identified>(Fault fault) -> Problems.of(fault);
      case Answer.Given<Identified>(Identified asker) ->
          asker.authority().ownsServer()
              ? work.apply(request)
              : Problems.forbidden("this is the operator's; the token does not own the server");
    };
  }

  private static HttpAnswer failed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof StoreFailure) {
      return Problems.unavailable("the server's database is away; try again in a moment");
    }
    LOG.error("a route of the operator's broke", cause);
    return Problems.of(ScopeFault.INTERNAL, "the server broke; its log says how");
  }
}
