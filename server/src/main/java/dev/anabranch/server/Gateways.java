package dev.anabranch.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.Peer;
import dev.anabranch.link.RequestHead;
import dev.anabranch.link.door.Gateway;
import dev.anabranch.link.door.SyncDoor;
import dev.anabranch.protocol.document.server.Authenticator;
import dev.anabranch.protocol.document.server.DocumentGateway;
import dev.anabranch.protocol.document.server.DocumentInspection;
import dev.anabranch.protocol.document.server.DocumentRouter;
import dev.anabranch.protocol.document.server.DocumentSeams;
import dev.anabranch.protocol.nostr.server.NostrGateway;
import dev.anabranch.protocol.scope.server.ScopeGateway;
import dev.anabranch.protocol.scope.server.ScopeLimits;
import dev.anabranch.protocol.scope.server.ScopePolicy;
import dev.anabranch.protocol.scope.server.ScopeSeams;
import dev.anabranch.server.configuration.AccessSettings;
import dev.anabranch.server.http.ApiDescription;
import dev.anabranch.server.http.Problems;
import dev.anabranch.server.identity.Gatekeeper;
import dev.anabranch.server.identity.Identified;
import dev.anabranch.server.identity.LinkWatch;
import dev.anabranch.server.identity.OpenSessions;
import dev.anabranch.server.identity.StreamWatch;
import dev.anabranch.server.operations.Metrics;
import dev.anabranch.server.operations.ScopeFigures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The protocols' ways in: scope sync over HTTP, and WebSockets whose first frame says which
/// protocol they speak.
final class Gateways implements HttpRouter, LinkAcceptor {

  /// A link of scope sync is one session.
  private static final long SOLE_SESSION = 0;

  private final Gatekeeper gatekeeper;
  private final ScopeGateway scope;
  private final DocumentGateway documents;
  private final LinkWatch links;
  private final StreamWatch streams;
  private final ApiDescription description =
      new ApiDescription(ScopeGateway.description(), DocumentGateway.description());

  Gateways(
      Optional<NostrGateway> relay,
      Engine kernel,
      EngineThreads seams,
      RandomGenerator random,
      Gatekeeper gatekeeper,
      AccessSettings access,
      OpenSessions sessions,
      Metrics metrics,
      ScopeLimits limits,
      DocumentInspection inspection,
      List<Gateway> others) {
    this.gatekeeper = gatekeeper;
    // The front door has asked for Host and Origin already, and knows the origins that are welcome.
    ScopePolicy policy = new ScopePolicy(limits, false);
    this.scope =
        new ScopeGateway(
            kernel,
            policy,
            (token, peer) -> authenticate(token, peer, SOLE_SESSION, ScopeGateway.ORIGIN),
            new ScopeSeams(seams.clock(), seams.nanos(), random),
            new ScopeFigures(metrics));
    List<Gateway> ways = new ArrayList<>(others);
    ways.add(scope);
    relay.ifPresent(ways::add);
    Duration patience = Duration.ofMillis(limits.session().authenticationMillis());
    SyncDoor door =
        new SyncDoor(ways, handshake -> Optional.empty(), ScopeGateway.unknownProtocol(), patience);
    this.documents =
        new DocumentGateway(
            kernel,
            kernel,
            inspection,
            new DocumentPeers(),
            new DocumentSeams(seams.clock(), seams.nanos(), random),
            patience);
    metrics.gauge(
        "document.loaded", "Documents whose state is in memory", documents.shelf()::count);
    metrics.gauge(
        "document.loaded.bytes",
        "Bytes of these states",
        () -> (int) Math.min(Integer.MAX_VALUE, documents.shelf().bytes()));
    this.links =
        new LinkWatch(
            new PathDoor(
                door,
                relay
                    .<LinkAcceptor>map(
                        nostr -> nostr.orElse(door, page -> !access.refusesPage(page.headers())))
                    .orElse(door),
                documents),
            sessions);
    this.streams =
        new StreamWatch(
            sessions,
            Problems.of(new Fault(FaultCode.UNAUTHENTICATED, "the token no longer counts")));
  }

  private CompletionStage<Answer<Caller>> authenticate(
      @Nullable String token, Peer peer, long session, String origin) {
    CompletionStage<Answer<Identified>> identified =
        token == null
            ? CompletableFuture.completedFuture(gatekeeper.withoutToken())
            : gatekeeper.identify(token);
    return identified.thenApply(answer -> answer.map(who -> caller(who, peer, session, origin)));
  }

  private Caller caller(Identified who, Peer peer, long session, String origin) {
    links.identified(peer, session, who);
    return new Caller(who.principal(), who.authority(), origin);
  }

  @Override
  public HttpRoute route(RequestHead head) {
    if (head.target().segments().equals(List.of("openapi.json"))) {
      return description.route(head);
    }
    if (DocumentRouter.serves(head)) {
      return documents.router().route(head);
    }
    HttpRoute route = scope.router().route(head);
    return mayTakeItsTime(head) ? streams.watching(route) : route;
  }

  private static boolean mayTakeItsTime(RequestHead head) {
    List<String> segments = head.target().segments();
    return head.method().equals("GET") && !segments.isEmpty() && segments.getFirst().equals("sync");
  }

  @Override
  public CompletionStage<Admission> admit(Handshake handshake) {
    return links.admit(handshake);
  }

  /// Who opens documents: several sessions may share a link.
  private final class DocumentPeers implements Authenticator {

    @Override
    public CompletionStage<Answer<Caller>> authenticate(
        @Nullable String token, Peer peer, long session) {
      return Gateways.this.authenticate(token, peer, session, DocumentGateway.ORIGIN);
    }

    @Override
    public void ended(Peer peer, long session) {
      links.ended(peer, session);
    }
  }

  /// Which gateway a WebSocket's path belongs to: a path of one protocol, or the door where the
  /// first frame says.
  private record PathDoor(LinkAcceptor sync, LinkAcceptor root, LinkAcceptor documents)
      implements LinkAcceptor {

    @Override
    public CompletionStage<Admission> admit(Handshake handshake) {
      List<String> segments = handshake.target().segments();
      if (DocumentGateway.serves(handshake)) {
        return documents.admit(handshake);
      }
      if (segments.isEmpty()) {
        return root.admit(handshake);
      }
      return segments.equals(List.of("sync"))
          ? sync.admit(handshake)
          : CompletableFuture.completedFuture(
              Admission.refuse(
                  Problems.absent(
                      "WebSockets are at /, /sync, /documents/{scope}/{name} and /hocuspocus")));
    }
  }
}
