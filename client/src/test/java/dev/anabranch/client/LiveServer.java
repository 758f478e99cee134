package dev.anabranch.client;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.Updates;
import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.rule.DocumentMerge;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.door.SyncDoor;
import dev.anabranch.protocol.scope.server.ScopeGateway;
import dev.anabranch.protocol.scope.server.ScopeLimits;
import dev.anabranch.protocol.scope.server.ScopeObserver;
import dev.anabranch.protocol.scope.server.ScopePolicy;
import dev.anabranch.protocol.scope.server.ScopeSeams;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.transport.Listen;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TransportMetrics;
import dev.anabranch.transport.TransportServer;
import dev.anabranch.transport.TransportSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A real server without its configuration: engine, scope gateway and sockets over a store in
/// memory.
final class LiveServer implements AutoCloseable {

  private static final int UPDATE_BYTES_MAX = 8 * 1024 * 1024;
  private static final Caller LOCAL =
      new Caller(new PrincipalId("local"), Authority.OWNER, ScopeGateway.ORIGIN);

  private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
  private final Store store = MemoryStore.fresh();
  private final Engine engine;
  private final NettyLoops loops = NettyLoops.start(1, 1_000);
  private final TransportServer transport;

  private LiveServer() {
    engine =
        new Engine(
            () -> store,
            new Models(
                List.of(
                    new Model(
                        new ModelName(Scope.DOCUMENT),
                        new DocumentRule(new YjsMerge()),
                        Right.WRITE,
                        UPDATE_BYTES_MAX,
                        Set.of(),
                        Schema.ANY)),
                Map.of()),
            new EngineThreads(
                writer,
                Runnable::run,
                Runnable::run,
                (millis, task) -> {
                  var later = writer.schedule(task, millis, TimeUnit.MILLISECONDS);
                  assert !later.isCancelled();
                },
                Clock.systemUTC(),
                System::nanoTime),
            EngineLimits.DEFAULT,
            EngineObserver.NONE);
    ScopeGateway gateway =
        new ScopeGateway(
            engine,
            new ScopePolicy(ScopeLimits.DEFAULT, true),
            (token, peer) -> CompletableFuture.completedFuture(new Answer.Given<>(LOCAL)),
            new ScopeSeams(Clock.systemUTC(), System::nanoTime, new SecureRandom()),
            ScopeObserver.NONE);
    LinkAcceptor door =
        new SyncDoor(
            List.of(gateway),
            handshake -> Optional.empty(),
            ScopeGateway.unknownProtocol(),
            Duration.ofSeconds(10));
    transport =
        TransportServer.start(
            TransportSettings.of(new Listen("127.0.0.1", 0, Optional.empty())),
            loops,
            gateway.router(),
            door,
            TransportMetrics.NONE);
  }

  /// Merges updates as they are, without a document.
  private static final class YjsMerge implements DocumentMerge {

    @Override
    public Optional<Fault> check(Bytes update) {
      try {
        Updates.stateVectorOf(new UpdateV1(update.toArray()));
        return Optional.empty();
      } catch (MalformedUpdate malformed) {
        return Optional.of(new Fault(FaultCode.INVALID, String.valueOf(malformed.getMessage())));
      }
    }

    @Override
    public Bytes merge(@Nullable Bytes state, Bytes update) {
      return state == null
          ? update
          : Bytes.of(
              Updates.mergeV1(
                      List.of(new UpdateV1(state.toArray()), new UpdateV1(update.toArray())))
                  .bytes());
    }
  }

  static LiveServer start() {
    return new LiveServer();
  }

  int port() {
    return transport.addresses().getFirst().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /// Somebody else writes, over no line at all.
  void write(Write write) {
    engine.commit(Commit.of(LOCAL, write)).toCompletableFuture().join();
  }

  void say(Present present) {
    engine.present(LOCAL, present).toCompletableFuture().join();
  }

  /// Living entities of a scope and their fields.
  Map<EntityKey, JsonObject> state(String scope) {
    Map<EntityKey, JsonObject> state = new HashMap<>();
    SnapshotPage.Place next = null;
    do {
      SnapshotPage page = store.snapshot(new ScopeName(scope), Set.of(), next, PageLimit.DEFAULT);
      for (Entity entity : page.entities()) {
        state.put(entity.key(), entity.data());
      }
      next = page.next();
    } while (next != null);
    return state;
  }

  /// A document as it is here.
  Document document(EntityKey key) {
    Document document = Document.create(DocumentOptions.forServing(new Random(key.hashCode())));
    Answer<Optional<Entity>> answer = engine.entity(LOCAL, key).toCompletableFuture().join();
    if (answer instanceof Answer.Given<Optional<Entity>>(Optional<Entity> found)) {
      found.map(Entity::body).ifPresent(body -> document.apply(new UpdateV1(body.toArray()), null));
    }
    return document;
  }

  /// How many changes a scope has.
  long changes(String scope) {
    return store.head(new ScopeName(scope)).seq();
  }

  @Override
  public void close() {
    transport.close();
    engine.close().toCompletableFuture().join();
    loops.close();
    writer.shutdownNow();
  }
}
