package dev.anabranch.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.commit.Derivation;
import dev.anabranch.kernel.commit.Quota;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.door.Gateway;
import dev.anabranch.protocol.document.server.DocumentInspection;
import dev.anabranch.protocol.document.server.DocumentPolicy;
import dev.anabranch.protocol.nostr.server.Bridge;
import dev.anabranch.protocol.nostr.server.EventDerivation;
import dev.anabranch.protocol.nostr.server.NostrAccess;
import dev.anabranch.protocol.nostr.server.NostrGateway;
import dev.anabranch.protocol.nostr.server.RecentEvents;
import dev.anabranch.protocol.nostr.server.RoomMakers;
import dev.anabranch.protocol.nostr.server.WritePolicy;
import dev.anabranch.protocol.signed.server.SignedAccess;
import dev.anabranch.protocol.signed.server.SignedAddress;
import dev.anabranch.protocol.signed.server.SignedGateway;
import dev.anabranch.protocol.signed.server.SignedPolicy;
import dev.anabranch.protocol.signed.server.SignedSeams;
import dev.anabranch.server.configuration.AccessSettings;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.server.configuration.Listening;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.server.configuration.NostrKeeping;
import dev.anabranch.server.configuration.NostrSettings;
import dev.anabranch.server.configuration.QuotaSettings;
import dev.anabranch.server.configuration.SignedSettings;
import dev.anabranch.server.http.Doorkeeping;
import dev.anabranch.server.http.FrontDoor;
import dev.anabranch.server.http.HealthRoutes;
import dev.anabranch.server.http.KeyRoutes;
import dev.anabranch.server.http.MetricsRoute;
import dev.anabranch.server.http.OperatorRoutes;
import dev.anabranch.server.http.TokenRoutes;
import dev.anabranch.server.identity.Gatekeeper;
import dev.anabranch.server.identity.KnownKeys;
import dev.anabranch.server.identity.LazyHttpCaller;
import dev.anabranch.server.identity.LinkedKeys;
import dev.anabranch.server.identity.LoopbackPolicy;
import dev.anabranch.server.identity.NameDirectories;
import dev.anabranch.server.identity.NameMemory;
import dev.anabranch.server.identity.NostrKeys;
import dev.anabranch.server.identity.OpenSessions;
import dev.anabranch.server.identity.ServerKeyFile;
import dev.anabranch.server.identity.TokenCheck;
import dev.anabranch.server.identity.Tokens;
import dev.anabranch.server.operations.DocumentFigures;
import dev.anabranch.server.operations.EngineFigures;
import dev.anabranch.server.operations.EventRetentionJob;
import dev.anabranch.server.operations.Metrics;
import dev.anabranch.server.operations.NostrFigures;
import dev.anabranch.server.operations.Readiness;
import dev.anabranch.server.operations.RetentionJob;
import dev.anabranch.server.operations.SignedFigures;
import dev.anabranch.server.operations.TransportFigures;
import dev.anabranch.transport.JdkHttpCaller;
import dev.anabranch.transport.Listen;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TlsFiles;
import dev.anabranch.transport.TransportFailure;
import dev.anabranch.transport.TransportServer;
import dev.anabranch.transport.TransportSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a server together: store → engine → gateways → front door → transport.
public final class Server {

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final long LOOP_TICK_MILLIS = 1_000;
  private static final long EXPIRY_MILLIS = 60_000;
  private static final long NAMES_TICK_MILLIS = 1_000;

  /// Events on their way through the log, for whom parsing once is enough: 128 MiB at most.
  private static final int RECENT_EVENTS = 8_192;

  private static final String SERVER_KEY = "server.key";

  private final Configuration configuration;
  private final RecentEvents recent;
  private final WritePolicy policy;
  private final ServerThreads threads = new ServerThreads();
  private final Metrics metrics = new Metrics();
  private final Readiness readiness = new Readiness();
  private final CompletableFuture<StoreFailure> gone = new CompletableFuture<>();
  private final ServerKeyFile serverKey;

  /// Where the server is: as configured, until a port was taken.
  private final AtomicReference<String> address;

  private Server(Configuration configuration, RecentEvents recent, WritePolicy policy) {
    this.recent = recent;
    this.policy = policy;
    this.configuration = configuration;
    Listening listening = configuration.server();
    this.address =
        new AtomicReference<>(
            RunningServer.address(listening.host(), listening.port(), isSecure(configuration)));
    Path file =
        configuration.signed().keyFile().orElse(configuration.server().data().resolve(SERVER_KEY));
    this.serverKey = new ServerKeyFile(file, threads.forEngine().readers(), threads.random());
  }

  private static boolean isSecure(Configuration configuration) {
    return configuration.tls().files().isPresent();
  }

  /// Starts a server on the database that the configuration names.
  ///
  /// @throws ConfigurationFailure when the configuration cannot be used
  /// @throws StoreFailure when the database cannot be had
  /// @throws TransportFailure when the address cannot be had
  public static RunningServer start(Configuration configuration) {
    return start(configuration, Stores.opener(configuration));
  }

  /// Starts a server on a store of the caller's choice.
  public static RunningServer start(Configuration configuration, StoreOpener opener) {
    return start(configuration, opener, WritePolicy.NONE);
  }

  /// The same with a policy that judges the relay's events, before the program does that the
  /// configuration may name.
  public static RunningServer start(
      Configuration configuration, StoreOpener opener, WritePolicy policy) {
    refuseToBeOpenToEverybody(configuration);
    RecentEvents recent = new RecentEvents(RECENT_EVENTS);
    Models models = ModelsFile.of(configuration.server(), configuration.documents(), recent);
    remarkAbsent(models);
    return new Server(configuration, recent, policy).start(opener, models);
  }

  /// Who wrote a file of models of their own may still expect those that ship beside them.
  private static void remarkAbsent(Models models) {
    Set<ModelName> absent = new TreeSet<>();
    ModelsFile.shipped().declared().forEach(model -> absent.add(model.name()));
    models.declared().forEach(model -> absent.remove(model.name()));
    if (!absent.isEmpty()) {
      LOG.info(
          "{} is in the place of the models that ship and does not declare {}: there they are free"
              + " as any model, without schema and aliases",
          ModelsFile.NAME,
          absent.stream().map(ModelName::text).collect(Collectors.joining(", ")));
    }
  }

  private static void refuseToBeOpenToEverybody(Configuration configuration) {
    String host = configuration.server().host();
    if (LoopbackPolicy.bindsLoopback(host)) {
      return;
    }
    if (configuration.auth().mode() == AccessSettings.Mode.OPEN) {
      throw new ConfigurationFailure(
          "the server would be open to everybody who reaches "
              + host
              + "; set auth.mode = \"token\" (ANABRANCH_AUTH__MODE=token) and make a token with"
              + " `anabranch token create --owner --data DIR NAME`, or listen on 127.0.0.1");
    }
    if (configuration.tls().files().isEmpty()) {
      LOG.warn("tokens come in unencrypted on {}; set [tls], or put a proxy in front", host);
    }
  }

  private RunningServer start(StoreOpener opener, Models models) {
    EngineThreads engineThreads = threads.forEngine();
    DocumentInspection inspection =
        new DocumentInspection(
            new DocumentPolicy(
                configuration.documents(), ModelsFile.rootsOf(configuration.server())),
            new DocumentFigures(metrics));
    Engine engine;
    Optional<Bridge> bridge;
    try {
      bridge = bridge(models);
      engine =
          new Engine(
              opener,
              models,
              engineThreads,
              configuration.engine(),
              new EngineFigures(metrics, gone::complete),
              inspection,
              derivation(models, bridge),
              quota());
    } catch (RuntimeException failure) {
      threads.close();
      metrics.close();
      throw failure;
    }
    int loops = configuration.server().loops();
    NettyLoops netty = loops == 0 ? NettyLoops.start() : NettyLoops.start(loops, LOOP_TICK_MILLIS);
    try {
      keepRules(engine, models);
      return serve(engine, netty, engineThreads, inspection, bridge);
    } catch (RuntimeException failure) {
      engine.close().toCompletableFuture().join();
      netty.close();
      threads.close();
      metrics.close();
      throw failure;
    }
  }

  /// Nobody is kept from making room, nor the server from what it says in its own name.
  private Quota quota() {
    QuotaSettings settings = configuration.quotas();
    Quota quota = new Quota(settings.changesMax(), settings.bytesMax());
    if (quota.isNone() || !configuration.nostr().enabled()) {
      return quota;
    }
    PrincipalId self = new PrincipalId(serverKey.now().publicKey().hex());
    RoomMakers makers = new RoomMakers(recent);
    return new Quota(
        quota.changesMax(),
        quota.bytesMax(),
        (caller, write) -> caller.principal().equals(self) || makers.has(write));
  }

  private static void keepRules(Engine engine, Models models) {
    try {
      engine
          .maintain(store -> {
            KeptRules.keep(store, models);
            return true;
          })
          .toCompletableFuture()
          .join();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  /// Signs what came in another way; the server's key is made when there is none yet.
  private Optional<Bridge> bridge(Models models) {
    NostrSettings settings = configuration.nostr();
    if (!settings.enabled() || !settings.bridge()) {
      return Optional.empty();
    }
    return Optional.of(
        new Bridge(
            serverKey.now(),
            this::sourceUrl,
            settings.seedKinds(),
            models.canonical("message").orElseThrow(),
            new BridgedEntities(settings.bridgeScopes(), models)));
  }

  /// The host as it is configured, for a certificate names it so, unless it stands for all there
  /// are.
  private String addressOf(InetSocketAddress taken, boolean secure) {
    return taken.getAddress().isAnyLocalAddress()
        ? RunningServer.uri(taken, secure).toString()
        : RunningServer.address(configuration.server().host(), taken.getPort(), secure);
  }

  /// Where entities can be read: at the address that the operator says, else where the server is.
  private String sourceUrl() {
    String url =
        configuration
            .nostr()
            .url()
            .map(text -> text.replaceFirst("^ws", "http"))
            .orElseGet(address::get);
    return url.endsWith("/") ? url : url + "/";
  }

  private Derivation derivation(Models models, Optional<Bridge> bridge) {
    return configuration.nostr().enabled()
        ? new EventDerivation(
            configuration.nostr().seedKinds(),
            models.canonical("message").orElseThrow(),
            recent,
            bridge.orElse(null))
        : Derivation.NONE;
  }

  private RunningServer serve(
      Engine engine,
      NettyLoops netty,
      EngineThreads seams,
      DocumentInspection inspection,
      Optional<Bridge> bridge) {
    TokenCheck check =
        new TokenCheck(
            () -> engine.store().credentials(),
            seams.readers(),
            seams.clock(),
            seams.nanos(),
            configuration.auth().tokenCacheEntries(),
            configuration.auth().tokenCheckMillis());
    Gatekeeper gatekeeper = new Gatekeeper(configuration.auth().mode(), check);
    OpenSessions sessions = new OpenSessions(check);
    KnownKeys keys =
        new KnownKeys(
            new NostrKeys(() -> engine.store().credentials(), seams.readers(), seams.clock()),
            seams.nanos(),
            configuration.auth().tokenCacheEntries(),
            configuration.auth().tokenCheckMillis());
    Optional<Relay> assembled = relay(engine, keys, bridge);
    Optional<NostrGateway> relay = assembled.map(Relay::gateway);
    Gateways gateways =
        new Gateways(
            relay,
            engine,
            seams,
            threads.random(),
            gatekeeper,
            configuration.auth(),
            sessions,
            metrics,
            configuration.scope(),
            inspection,
            signed(engine, keys, seams, assembled).map(List::<Gateway>of).orElse(List.of()));
    OperatorRoutes operator = new OperatorRoutes(gatekeeper, seams.readers());
    FrontDoor door =
        new FrontDoor(
            new Doorkeeping(configuration, seams.nanos(), metrics),
            new HealthRoutes(engine, readiness, seams.readers(), seams.nanos()),
            new MetricsRoute(metrics, gatekeeper, configuration.metrics().open(), seams.readers()),
            new TokenRoutes(
                operator,
                () -> new Tokens(engine.store().credentials(), seams.clock(), threads.random()),
                check,
                sessions),
            new KeyRoutes(
                operator, () -> new LinkedKeys(engine.store().credentials(), seams.clock())),
            Version.text(),
            assembled.map(Relay::door),
            gateways,
            gateways);
    EngineFigures.watch(metrics, engine);
    TransportServer transport = listen(netty, door);
    metrics.gauge(
        "http.bodies.bytes",
        "Bytes of bodies whose requests are not answered yet",
        () -> Math.clamp(transport.bodiesBytes(), 0, Integer.MAX_VALUE));
    boolean secure = isSecure(configuration);
    address.set(addressOf(transport.addresses().getFirst(), secure));
    schedule(engine, sessions, keys, seams);
    relay.ifPresent(gateway -> {
      metrics.gauge(
          "nostr.subscriptions", "Subscriptions of Nostr clients", gateway::subscriptions);
      metrics.gauge("nostr.feed.events", "New events waiting to be told", gateway::waitingEvents);
    });
    assembled.ifPresent(this::tidy);
    assembled.ifPresent(this::readNames);
    RunningServer running =
        new RunningServer(engine, transport, netty, threads, metrics, readiness, gone, secure);
    LOG.info("serving on {}", running.uri());
    return running;
  }

  private TransportServer listen(NettyLoops netty, FrontDoor door) {
    try {
      return TransportServer.start(
          transportSettings(), netty, door, door, new TransportFigures(metrics));
    } catch (TransportFailure failure) {
      if (failure.kind() != TransportFailure.Kind.CERTIFICATE) {
        throw failure;
      }
      throw new ConfigurationFailure(
          "[tls] certificates, private_key: "
              + failure.getMessage()
              + "; they name PEM files: the certificate followed by those that signed it, and its"
              + " key (PKCS #8, not encrypted)",
          failure);
    }
  }

  private Optional<Relay> relay(Engine engine, KnownKeys keys, Optional<Bridge> bridge) {
    if (!configuration.nostr().enabled()) {
      return Optional.empty();
    }
    Relay relay =
        Relay.of(
            engine,
            configuration.nostr(),
            new Relay.Keys(serverKey::now, keys.identities(), bridge.map(Bridge::key).orElse(null)),
            configuration.auth().mode() == AccessSettings.Mode.OPEN,
            policy,
            recent,
            threads.forNostr(),
            new NostrFigures(metrics));
    keys.tell(relay.gateway()::keys, relay.gateway()::changed, false);
    return Optional.of(relay);
  }

  /// Erases what has expired, and what is not kept.
  private void tidy(Relay relay) {
    threads.closing(relay.close());
    NostrKeeping keeping = configuration.nostr().keeping();
    threads.everyBlocking(
        EXPIRY_MILLIS,
        "the erasing of expired events",
        () -> relay.tidy(!keeping.keepsBanned()).toCompletableFuture().join());
    if (!keeping.rules().isEmpty()) {
      EventRetentionJob job = new EventRetentionJob(relay.gateway(), keeping.rules(), metrics);
      threads.everyBlocking(keeping.everySeconds() * 1_000L, "the retention of events", job::run);
    }
  }

  /// Reads who else names members, at once and then again and again; what fails within seconds. Who
  /// is to be asked may change while the server runs.
  private void readNames(Relay relay) {
    NostrSettings settings = configuration.nostr();
    LazyHttpCaller caller =
        new LazyHttpCaller(() -> JdkHttpCaller.create(NameDirectories.BYTES_MAX, Optional.empty()));
    threads.closing(caller::close);
    NameDirectories names =
        new NameDirectories(
            caller,
            new NameMemory(configuration.server().data().resolve("names")),
            () -> relay.book().terms().directories(),
            Duration.ofSeconds(settings.directoriesSeconds()),
            threads.forNostr().nanos(),
            relay.names());
    threads.everyBlocking(0, NAMES_TICK_MILLIS, "the reading of names", names::read);
  }

  private Optional<SignedGateway> signed(
      Engine engine, KnownKeys keys, EngineThreads seams, Optional<Relay> relay) {
    SignedSettings settings = configuration.signed();
    if (!settings.enabled()) {
      return Optional.empty();
    }
    SignedGateway gateway =
        new SignedGateway(
            engine,
            engine,
            new SignedPolicy(settings.limits(), address(settings), signedAccess(relay)),
            keys,
            serverKey,
            new SignedSeams(seams.clock(), seams.nanos(), threads.random(), threads.signatures()),
            new SignedFigures(metrics));
    metrics.gauge("signed.sessions", "Sessions of signed entities", gateway.sessions()::count);
    keys.tell(gateway.sessions()::keys, gateway.sessions()::end, true);
    relay.ifPresent(nostr -> nostr.book().listen(gateway.sessions()::accessChanged));
    return Optional.of(gateway);
  }

  /// The relay's members and bans are those of signed entities, too.
  private Supplier<SignedAccess> signedAccess(Optional<Relay> relay) {
    boolean open = configuration.auth().mode() == AccessSettings.Mode.OPEN;
    SignedAccess.Who who = configuration.signed().who(open);
    NostrAccess configured = configuration.nostr().access(open);
    return () -> {
      NostrAccess now = relay.map(nostr -> nostr.book().access()).orElse(configured);
      boolean allMembersKnown = relay.map(nostr -> nostr.book().knowsMembers()).orElse(true);
      return new SignedAccess(who, now.members(), now.banned(), allMembersKnown);
    };
  }

  private SignedAddress address(SignedSettings settings) {
    String relay = configuration.nostr().url().orElse("");
    String host = configuration.server().host();
    if (settings.address().isEmpty() && relay.isEmpty() && !LoopbackPolicy.bindsLoopback(host)) {
      LOG.warn(
          "clients of signed entities must dial localhost; set signed.url or nostr.url to the"
              + " address that they dial");
    }
    return new SignedAddress(settings.address(), relay, LoopbackPolicy::isLoopbackName);
  }

  private void schedule(Engine engine, OpenSessions sessions, KnownKeys keys, EngineThreads seams) {
    threads.every(
        configuration.presence().sweepMillis(), "the sweep of presence", engine::expirePresence);
    threads.every(
        configuration.auth().tokenCheckMillis(), "the check of open sessions", sessions::sweep);
    threads.every(configuration.auth().tokenCheckMillis(), "the check of open keys", keys::sweep);
    if (!configuration.retention().rules().isEmpty()) {
      RetentionJob job =
          new RetentionJob(engine, configuration.retention(), seams.clock(), metrics);
      threads.everyBlocking(
          configuration.retention().everySeconds() * 1_000L, "the retention job", job::run);
    }
  }

  private TransportSettings transportSettings() {
    Optional<TlsFiles> tls =
        configuration
            .tls()
            .files()
            .map(files -> new TlsFiles(files.certificates(), files.privateKey()));
    Listen listen = new Listen(configuration.server().host(), configuration.server().port(), tls);
    return new TransportSettings(
        List.of(listen), configuration.transport(), configuration.auth().pages());
  }
}
