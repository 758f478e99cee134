package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpHandler;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.RequestHead;
import dev.anabranch.link.limit.GcraTable;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Where each of scope sync's requests goes. Every one is let in, authenticated and counted here,
/// before its handler sees it.
public final class ScopeRouter implements HttpRouter {
  private final ScopeSession.Surroundings here;
  private final GcraTable<PrincipalId> requests;
  private final List<Route> routes;

  /// A way in.
  ///
  /// @param method `GET`, `POST`…
  /// @param path its segments; one in braces stands for any
  /// @param bodyBytesMax the longest body
  /// @param tokenInQuery whether `?token=` counts: where a browser cannot set headers
  /// @param handler what it does
  private record Route(
      String method,
      List<String> path,
      int bodyBytesMax,
      boolean tokenInQuery,
      Consumer<ScopeExchange> handler) {

    boolean isAt(List<String> segments) {
      if (segments.size() != path.size()) {
        return false;
      }
      for (int index = 0; index < path.size(); index++) {
        if (!path.get(index).startsWith("{") && !path.get(index).equals(segments.get(index))) {
          return false;
        }
      }
      return true;
    }

    String template() {
      return "/" + String.join("/", path);
    }
  }

  ScopeRouter(ScopeSession.Surroundings here) {
    this.here = here;
    ScopeLimits.Http limits = here.policy().limits().http();
    this.requests = new GcraTable<>(limits.requests(), limits.principalsMax());
    EntityHandler entities = new EntityHandler(here);
    PushHandler pushes = new PushHandler(here);
    Streams streams = new Streams(limits.streamsMax());
    int entityBytes = limits.entity().bytesMax();
    this.routes =
        List.of(
            route("GET /sync/bootstrap", 0, new BootstrapHandler(here)::handle),
            route("GET /sync/delta", 0, new DeltaHandler(here, streams)::handle),
            new Route(
                "GET", List.of("sync", "live"), 0, true, new LiveHandler(here, streams)::handle),
            route("POST /sync/push", limits.push().bytesMax(), pushes::handle),
            route("POST /api/{model}", entityBytes, entities::create),
            route("GET /api/{model}/{id}", 0, entities::read),
            route("PATCH /api/{model}/{id}", entityBytes, entities::update),
            route("DELETE /api/{model}/{id}", entityBytes, entities::delete));
  }

  private static Route route(
      String methodAndPath, int bodyBytesMax, Consumer<ScopeExchange> handler) {
    String[] parts = methodAndPath.split(" /", 2);
    return new Route(parts[0], List.of(parts[1].split("/")), bodyBytesMax, false, handler);
  }

  /// Every route as `GET /sync/delta`, for the description of the interface.
  public List<String> described() {
    return routes.stream().map(route -> route.method() + " " + route.template()).toList();
  }

  @Override
  public HttpRoute route(RequestHead head) {
    return find(head)
        .orElseGet(() ->
            answering(
                new Refusal(ScopeFault.UNKNOWN_ROUTE, "nothing is at " + head.target().path())));
  }

  /// The route of a request, if its path is one of scope sync's.
  public Optional<HttpRoute> find(RequestHead head) {
    List<String> segments = head.target().segments();
    if (segments.equals(List.of("openapi.json"))) {
      return Optional.of(OpenApi.route(head));
    }
    List<Route> there = routes.stream().filter(route -> route.isAt(segments)).toList();
    if (there.isEmpty()) {
      return Optional.empty();
    }
    for (Route route : there) {
      if (route.method().equals(head.method())) {
        return Optional.of(new HttpRoute(route.bodyBytesMax(), serving(route)));
      }
    }
    return Optional.of(notAllowed(head, there));
  }

  private HttpRoute notAllowed(RequestHead head, List<Route> there) {
    here.observer().refused(ScopeFault.METHOD_NOT_ALLOWED);
    String allowed = there.stream().map(Route::method).sorted().collect(Collectors.joining(", "));
    Refusal refusal =
        new Refusal(
            ScopeFault.METHOD_NOT_ALLOWED, head.method() + " means nothing here; use " + allowed);
    return HttpRoute.answering(ScopeExchange.problem(Problem.of(refusal)).with("Allow", allowed));
  }

  private HttpRoute answering(Refusal refusal) {
    here.observer().refused(refusal.fault());
    return HttpRoute.answering(ScopeExchange.problem(Problem.of(refusal)));
  }

  private HttpHandler serving(Route route) {
    return (request, exchange) -> {
      here.observer().received(route.method() + " " + route.template());
      Optional<Refusal> refusal = here.policy().admits(request.headers());
      if (refusal.isPresent()) {
        refuse(exchange, refusal.get());
      } else {
        authenticate(route, request, exchange);
      }
    };
  }

  private void authenticate(Route route, HttpRequest request, Exchange exchange) {
    Optional<String> parameter =
        route.tokenInQuery() ? request.target().parameter("token") : Optional.empty();
    here.authenticator()
        .authenticate(ScopeGateway.tokenOf(request.headers(), parameter), request.peer())
        .whenComplete((answer, failure) -> {
          if (failure != null) {
            refuse(exchange, broken(SessionLink.causeOf(failure)));
          } else {
            switch (answer) {
              case Answer.Given<Caller>(Caller caller) ->
                  serve(route, new ScopeExchange(request, exchange, here, caller));
              case Answer.Refused<Caller>(Fault fault) ->
                  refuse(exchange, ScopeChanges.refusal(fault));
            }
          }
        });
  }

  private void serve(Route route, ScopeExchange exchange) {
    long wait = requests.ask(exchange.caller().principal(), 1, here.seams().nanos().getAsLong());
    if (wait > 0) {
      exchange.answer(tooFast(wait));
      here.observer().refused(ScopeFault.RATE_LIMITED);
    } else {
      exchange.run(() -> route.handler().accept(exchange));
    }
  }

  private Refusal broken(Throwable failure) {
    if (failure instanceof StoreFailure) {
      return new Refusal(
          ScopeFault.UNAVAILABLE, "the server's database is away; try again in a moment");
    }
    here.observer().failed(failure);
    return new Refusal(ScopeFault.INTERNAL, "something broke on our side");
  }

  private void refuse(Exchange exchange, Refusal refusal) {
    here.observer().refused(refusal.fault());
    exchange.answer(ScopeExchange.problem(Problem.of(refusal)));
  }

  static HttpAnswer tooFast(long waitNanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(waitNanos) + 1;
    Refusal refusal =
        new Refusal(ScopeFault.RATE_LIMITED, "this principal asks for more than its rate");
    return ScopeExchange.problem(Problem.of(refusal)).with("Retry-After", Long.toString(seconds));
  }
}
