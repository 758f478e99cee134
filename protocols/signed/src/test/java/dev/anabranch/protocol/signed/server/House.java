package dev.anabranch.protocol.signed.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.model.Models;
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

  /// @param opener opens the store
  House(
      StoreOpener opener, UnaryOperator<Kernel> between, Accounts accounts, SignedAddress address) {
    EngineThreads threads =
        new EngineThreads(
            Runnable::run, Runnable::run, Runnable::run, (millis, task) -> {}, CLOCK, () -> NOW);
    this.engine =
        new Engine(opener, Models.none(), threads, EngineLimits.DEFAULT, new EngineObserver() {});
    this.gateway =
        new SignedGateway(
            between.apply(engine),
            engine,
            new SignedPolicy(SignedLimits.DEFAULT, address, () -> SignedAccess.OPEN),
            accounts,
            () -> CompletableFuture.completedFuture(SERVER),
            new SignedSeams(CLOCK, () -> NOW, new Random(7), Runnable::run),
            SignedObserver.NONE);
  }

  /// One that is reached at `localhost` and knows of no linked keys.
  static House plain() {
    return new House(kernel -> kernel, new PlainAccounts(), loopback());
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
