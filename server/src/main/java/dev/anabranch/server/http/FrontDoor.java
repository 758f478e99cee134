package dev.anabranch.server.http;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.Peer;
import dev.anabranch.link.RequestHead;
import dev.anabranch.protocol.nostr.server.RelayInformation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Where every request and every handshake comes in first: who is too fast or may not be here at
/// all is sent off, the server's own paths are answered here, the rest is the gateways'.
public final class FrontDoor implements HttpRouter, LinkAcceptor {

  private final Doorkeeper doorkeeper;
  private final HealthRoutes health;
  private final MetricsRoute metrics;
  private final TokenRoutes tokens;
  private final KeyRoutes keys;
  private final IndexPage index;
  private final Optional<Relay> relay;
  private final HttpRouter requests;
  private final LinkAcceptor links;

  /// What the Nostr relay answers over HTTP, at its own address.
  ///
  /// @param information what it says of itself (NIP-11)
  /// @param management where its administrators' requests go (NIP-86)
  /// @param isManagement whether a request is one of those, by its type
  public record Relay(
      Supplier<HttpAnswer> information, HttpRoute management, Predicate<Headers> isManagement) {}

  /// Says no at the door.
  public interface Doorkeeper {
    /// The answer to somebody who may not come in; empty when they may.
    Optional<HttpAnswer> refusal(Peer peer, Headers headers);

    /// The answer to a web page that may not open a WebSocket; empty when it may, or is none.
    Optional<HttpAnswer> refusalOfPage(Handshake handshake);
  }

  /// The door of a server.
  ///
  /// @param requests the gateways' way in over HTTP
  /// @param links the gateways' way in over WebSocket
  /// @param version the server's, for the index
  /// @param relay the Nostr relay; empty = there is none
  public FrontDoor(
      Doorkeeper doorkeeper,
      HealthRoutes health,
      MetricsRoute metrics,
      TokenRoutes tokens,
      KeyRoutes keys,
      String version,
      Optional<Relay> relay,
      HttpRouter requests,
      LinkAcceptor links) {
    this.doorkeeper = doorkeeper;
    this.health = health;
    this.metrics = metrics;
    this.tokens = tokens;
    this.keys = keys;
    this.index = new IndexPage(version);
    this.relay = relay;
    this.requests = requests;
    this.links = links;
  }

  @Override
  public HttpRoute route(RequestHead head) {
    return doorkeeper
        .refusal(head.peer(), head.headers())
        .map(HttpRoute::answering)
        .orElseGet(() -> inside(head));
  }

  /// At the relay's address every page may ask: what is there is everybody's, or signed (NIP-98),
  /// and nothing that a browser adds by itself counts.
  @Override
  public Optional<HttpAnswer> preflight(RequestHead head) {
    return relay.isPresent() && head.target().segments().isEmpty()
        ? doorkeeper.refusal(head.peer(), head.headers()).or(() -> Optional.of(relayIsOpen()))
        : Optional.empty();
  }

  private static HttpAnswer relayIsOpen() {
    return RelayInformation.open(HttpAnswer.empty(204));
  }

  private HttpRoute inside(RequestHead head) {
    List<String> segments = head.target().segments();
    return switch (segments.isEmpty() ? "" : segments.getFirst()) {
      case "" -> relay.flatMap(it -> managing(it, head)).orElseGet(() -> reading(head));
      case "healthz" -> read(head, health.alive());
      case "readyz" -> read(head, health.ready());
      case "metrics" -> read(head, metrics.route());
      case "admin" ->
          switch (segments.size() > 1 ? segments.get(1) : "") {
            case "tokens" -> tokens.route(head);
            case "keys" -> keys.route(head);
            default -> HttpRoute.answering(Problems.absent("nothing is here; see /"));
          };
      default -> requests.route(head);
    };
  }

  private HttpRoute reading(RequestHead head) {
    return read(head, HttpRoute.withoutBody((request, exchange) -> exchange.answer(root(request))));
  }

  /// The relay's management, and what is asked before it is asked for that.
  private static Optional<HttpRoute> managing(Relay relay, RequestHead head) {
    return switch (head.method()) {
      case "POST" ->
          relay.isManagement().test(head.headers())
              ? Optional.of(relay.management())
              : Optional.empty();
      case "OPTIONS" -> Optional.of(HttpRoute.answering(relayIsOpen()));
      default -> Optional.empty();
    };
  }

  /// The index, or the relay's own document for those who ask for that (NIP-11).
  private HttpAnswer root(HttpRequest request) {
    boolean asksTheRelay =
        request
            .headers()
            .first("Accept")
            .filter(accept -> accept.contains("application/nostr+json"))
            .isPresent();
    return asksTheRelay && relay.isPresent()
        ? relay.get().information().get()
        : index.answer(request);
  }

  private static HttpRoute read(RequestHead head, HttpRoute route) {
    return head.method().equals("GET") ? route : HttpRoute.answering(Problems.wrongMethod("GET"));
  }

  @Override
  public CompletionStage<Admission> admit(Handshake handshake) {
    Optional<HttpAnswer> refusal =
        doorkeeper
            .refusal(handshake.peer(), handshake.headers())
            .or(() -> doorkeeper.refusalOfPage(handshake));
    return refusal.isPresent()
        ? CompletableFuture.completedFuture(Admission.refuse(refusal.get()))
        : links.admit(handshake);
  }
}
