package dev.anabranch.protocol.signed.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.MemoryStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/// A gateway on a store in memory; everything happens on the test's thread.
final class House {

  static final long NOW = 1_700_000_000_000L;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(NOW));
  private static final SecretKey SERVER = SecretKey.generate(new Random(99));

  private final Engine engine;
  private final SignedGateway gateway;

  /// @param between what stands between the gateway and the kernel
  /// @param accounts whose keys are
  House(UnaryOperator<Kernel> between, Accounts accounts, SignedAddress address) {
    this(MemoryStore::fresh, between, accounts, address);
  }

  /// One with limits of its own, and somebody who listens.
  House(SignedLimits limits, SignedObserver observer) {
    this(MemoryStore::fresh, kernel -> kernel, new PlainAccounts(), loopback(), limits, observer);
  }

  /// @param opener opens the store
  House(
      StoreOpener opener, UnaryOperator<Kernel> between, Accounts accounts, SignedAddress address) {
    this(opener, between, accounts, address, SignedLimits.DEFAULT, SignedObserver.NONE);
  }

  private House(
      StoreOpener opener,
      UnaryOperator<Kernel> between,
      Accounts accounts,
      SignedAddress address,
      SignedLimits limits,
      SignedObserver observer) {
    EngineThreads threads =
        new EngineThreads(
            Runnable::run, Runnable::run, Runnable::run, (millis, task) -> {}, CLOCK, () -> NOW);
    this.engine =
        new Engine(opener, Models.none(), threads, EngineLimits.DEFAULT, new EngineObserver() {});
    this.gateway =
        new SignedGateway(
            between.apply(engine),
            engine,
            new SignedPolicy(limits, address, () -> SignedAccess.OPEN),
            accounts,
            () -> CompletableFuture.completedFuture(SERVER),
            new SignedSeams(CLOCK, () -> NOW, new Random(7), Runnable::run),
            observer);
  }

  /// One that is reached at `localhost` and knows of no linked keys.
  static House plain() {
    return new House(kernel -> kernel, new PlainAccounts(), loopback());
  }

  /// The usual limits, but for how many scopes a session follows.
  static SignedLimits following(int subscriptionsMax) {
    SignedLimits usual = SignedLimits.DEFAULT;
    return new SignedLimits(
        usual.frame(),
        usual.allowsUnchallengedConnect(),
        usual.bareSkewMillis(),
        usual.skewMillis(),
        usual.handshakeMillis(),
        usual.idleMillis(),
        usual.rotateMillis(),
        usual.previousMillis(),
        usual.waitingMax(),
        usual.outgoingMax(),
        usual.commitsMax(),
        subscriptionsMax,
        usual.sessionsMax(),
        usual.sessionsPerKeyMax(),
        usual.replaysMax(),
        usual.page(),
        new Rate(0, 1),
        new Rate(0, 1));
  }

  static SignedAddress loopback() {
    return new SignedAddress("", "", "localhost"::equals);
  }

  Engine engine() {
    return engine;
  }

  SignedGateway gateway() {
    return gateway;
  }

  /// A client whose session is open.
  Client client(SecretKey key) {
    return new Client(new TestLink(gateway, "localhost"), key).connect();
  }
}
