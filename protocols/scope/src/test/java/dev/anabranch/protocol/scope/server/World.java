package dev.anabranch.protocol.scope.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.AppendRule;
import dev.anabranch.kernel.rule.CausalRule;
import dev.anabranch.kernel.rule.CausalStrategy;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.GreatestRule;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.Peer;
import dev.anabranch.link.RequestHead;
import dev.anabranch.link.Target;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SetUnionMerge;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A gateway over an engine in memory, all on one thread that the test turns.
final class World {
  static final ScopeName SCOPE = new ScopeName("org:1");
  static final ModelName EVENT = new ModelName("Event");
  static final ModelName MESSAGE = new ModelName("Message");

  final Turns turns = new Turns();
  final MemoryStore store = MemoryStore.fresh();
  final Engine engine;
  final SwitchedKernel kernel;
  final ScopeGateway gateway;
  final List<ScopeFault> told = new ArrayList<>();
  final List<Throwable> failures = new ArrayList<>();
  private int keys;

  private World(ScopePolicy policy, Authenticator authenticator) {
    EngineThreads threads =
        new EngineThreads(turns, Runnable::run, turns, turns::after, turns, turns::nanos);
    this.engine =
        new Engine(() -> store, MODELS, threads, EngineLimits.DEFAULT, EngineObserver.NONE);
    this.kernel = new SwitchedKernel(engine);
    this.gateway =
        new ScopeGateway(
            kernel,
            policy,
            authenticator,
            new ScopeSeams(turns, turns::nanos, new Random(7)),
            new ScopeObserver() {
              @Override
              public void refused(ScopeFault fault) {
                told.add(fault);
              }

              @Override
              public void failed(Throwable failure) {
                failures.add(failure);
              }
            });
  }

  /// Everybody is `local` and may do everything.
  static World open() {
    return open(ScopeLimits.DEFAULT);
  }

  static World open(ScopeLimits limits) {
    return new World(new ScopePolicy(limits, true), (token, peer) -> given(LOCAL));
  }

  /// A token is a principal's name; `ann` and `bob` are known, and only `ann` may found scopes.
  static World guarded() {
    return guarded(ScopeLimits.DEFAULT);
  }

  static World guarded(ScopeLimits limits) {
    return new World(new ScopePolicy(limits, false), (token, peer) -> known(token));
  }

  /// As guarded, but checking a token takes until the stage is completed.
  static World guardedBy(Authenticator authenticator) {
    return new World(new ScopePolicy(ScopeLimits.DEFAULT, false), authenticator);
  }

  static final Caller LOCAL = new Caller(new PrincipalId("local"), Authority.OWNER, "scope");
  static final Caller ANN =
      new Caller(
          new PrincipalId("ann"),
          new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false),
          "scope");
  static final Caller BOB = new Caller(new PrincipalId("bob"), Authority.GRANTED, "scope");

  static CompletionStage<Answer<Caller>> known(@Nullable String token) {
    return switch (token) {
      case "ann" -> given(ANN);
      case "bob" -> given(BOB);
      case null -> refused("no token was shown");
      default -> refused("the token does not count");
    };
  }

  private static CompletionStage<Answer<Caller>> given(Caller caller) {
    return CompletableFuture.completedFuture(new Answer.Given<>(caller));
  }

  private static CompletionStage<Answer<Caller>> refused(String why) {
    return CompletableFuture.completedFuture(
        new Answer.Refused<>(new Fault(FaultCode.UNAUTHENTICATED, why)));
  }

  /// A client that has just connected.
  TestLink connect(String... headers) {
    return connectTo("/sync", headers);
  }

  TestLink connectTo(String target, String... headers) {
    TestLink link = new TestLink(turns, peer());
    Handshake handshake =
        new Handshake(peer(), Target.parse(target), Headers.of(headers), List.of());
    link.serveBy(gateway.open(link, handshake));
    return link;
  }

  /// The handler that a door gives to a link.
  LinkHandler at(LinkAcceptor door, TestLink link) {
    Handshake handshake =
        new Handshake(peer(), Target.parse("/sync"), Headers.of("Host", "localhost"), List.of());
    List<LinkHandler> handlers = new ArrayList<>();
    door.admit(handshake)
        .thenAccept(admission -> {
          if (admission instanceof Admission.Accepted accepted) {
            handlers.add(accepted.session().open(link));
          }
        });
    return handlers.getFirst();
  }

  /// Sends a request; what comes back is held against the description of the interface.
  TestExchange ask(String method, String target, @Nullable String body, String... headers) {
    TestExchange exchange = begin(method, target, body, headers);
    if (exchange.status() != 0 && (exchange.finished() || exchange.aborted())) {
      check(method, target, exchange);
    }
    return exchange;
  }

  /// Sends a request; what comes back is the test's to look at.
  TestExchange begin(String method, String target, @Nullable String body, String... headers) {
    TestExchange exchange = new TestExchange(turns);
    List<String> fields = new ArrayList<>(List.of(headers));
    if (body != null && !fields.contains("Content-Type")) {
      fields.addAll(List.of("Content-Type", "application/json"));
    }
    if (!fields.contains("Host")) {
      fields.addAll(List.of("Host", "localhost:8400"));
    }
    fields.removeIf(String::isEmpty);
    RequestHead head = new RequestHead(peer(), method, Target.parse(target), Headers.of(fields));
    byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    HttpRoute route = gateway.router().route(head);
    if (bytes.length > route.bodyBytesMax()) {
      throw new AssertionError("the transport refuses a body of " + bytes.length + " bytes");
    }
    route.handler().handle(new HttpRequest(head, bytes), exchange);
    turns.settle();
    return exchange;
  }

  static void check(String method, String target, TestExchange exchange) {
    String path = target.split("\\?", 2)[0];
    boolean unknown =
        exchange.status() == 405
            || (exchange.status() == 404 && exchange.code().equals("unknown_route"));
    List<String> violations =
        unknown
            ? Description.OF_SCOPE_SYNC.violations("Problem", exchange.text())
            : Description.OF_SCOPE_SYNC.violations(method, path, exchange);
    if (!violations.isEmpty()) {
      throw new AssertionError(method + " " + target + ": " + violations);
    }
  }

  TestExchange get(String target, String... headers) {
    return ask("GET", target, null, headers);
  }

  TestExchange post(String target, String body, String... headers) {
    return ask("POST", target, body, headers);
  }

  TestExchange patch(String target, String body, String... headers) {
    return ask("PATCH", target, body, headers);
  }

  TestExchange remove(String target, String... headers) {
    return ask("DELETE", target, null, headers);
  }

  static Peer peer() {
    return new Peer(InetAddress.getLoopbackAddress(), 50_000, false);
  }

  /// Somebody inserts or changes a message.
  Outcome put(String id, String content) {
    return commit(
        LOCAL, Write.insert(key(), message(id), JsonObject.EMPTY.with("content", content)));
  }

  Outcome delete(String id) {
    return commit(LOCAL, Write.delete(key(), message(id)));
  }

  /// An admin gives or takes a right.
  Outcome grant(String principal, String right) {
    return commit(
        LOCAL,
        Write.insert(
            key(),
            EntityKey.grant(SCOPE, new PrincipalId(principal)),
            JsonObject.EMPTY.with("right", right)));
  }

  Outcome commit(Caller caller, Write write) {
    List<Outcome> outcomes = new ArrayList<>();
    engine.commit(Commit.of(caller, write)).thenAccept(outcomes::addAll);
    turns.settle();
    return outcomes.getFirst();
  }

  WriteKey key() {
    return new WriteKey("world-" + ++keys);
  }

  static EntityKey message(String id) {
    return new EntityKey(SCOPE, MESSAGE, new EntityId(id));
  }

  /// Drops the log up to a seq.
  void retainAfter(long seq) {
    engine.raiseFloor(SCOPE, seq);
    turns.settle();
  }

  static final Models MODELS =
      new Models(
          List.of(
              Model.of(EVENT, new NewestRule()),
              new Model(
                  MESSAGE,
                  new VersionedRule(),
                  Right.WRITE,
                  Model.BYTES_MAX_DEFAULT,
                  Set.of(),
                  data ->
                      data.get("content") instanceof dev.anabranch.kernel.json.JsonNumber
                          ? Optional.of("content must be a text")
                          : Optional.empty()),
              new Model(
                  new ModelName("Settings"),
                  new VersionedRule(),
                  Right.WRITE,
                  1024,
                  Set.of("plan"),
                  dev.anabranch.kernel.model.Schema.ANY),
              Model.of(new ModelName("Payment"), new AppendRule()),
              Model.of(new ModelName("Event"), new NewestRule()),
              Model.of(new ModelName("Edit"), new CausalRule(CausalStrategy.VECTOR_CLOCK)),
              Model.of(new ModelName("Marker"), new GreatestRule()),
              new Model(
                  new ModelName("Broken"),
                  new VersionedRule(),
                  Right.WRITE,
                  Model.BYTES_MAX_DEFAULT,
                  Set.of(),
                  data -> {
                    throw new ArithmeticException("a schema with a bug");
                  }),
              Model.of(new ModelName("document"), new DocumentRule(new SetUnionMerge()))),
          Map.of("message", MESSAGE, "messages", MESSAGE));

  static ScopeLimits.Session sessionWithPages(PageLimit page) {
    ScopeLimits.Session d = ScopeLimits.Session.DEFAULT;
    return new ScopeLimits.Session(
        d.frame(),
        d.subscriptionsMax(),
        d.pushesMax(),
        d.waitingMax(),
        d.presencesMax(),
        page,
        d.answerBytesMax(),
        d.authenticationMillis(),
        d.frames(),
        d.writes());
  }
}
