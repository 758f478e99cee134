package dev.anabranch.bench.integrity;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.AnabranchServer;
import dev.anabranch.bench.contender.AnabranchWire;
import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One trial: writers and readers run while the server, and its PostgreSQL, are killed and come
/// back.
public final class Trial {
  private static final int WRITERS = 64;
  private static final int READERS = 64;
  private static final int SCOPES = 8;
  private static final Duration PATIENCE_PER_CHANGE = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Anabranch anabranch;
  private final @Nullable PostgresServer postgres;
  private final Path folder;
  private final int port = Ports.free();
  private final int changesPerWriter;
  private final Attempts attempts = new Attempts();
  private final AtomicLong acknowledged = new AtomicLong();
  private final List<Ledger> ledgers = new ArrayList<>();
  private AnabranchServer server;
  private int serverKills;
  private int databaseKills;

  /// A trial of at least `changes` changes in `folder`; `postgres` is killed too when there is one.
  public Trial(Anabranch anabranch, @Nullable PostgresServer postgres, Path folder, int changes) {
    this.anabranch = anabranch;
    this.postgres = postgres;
    this.folder = folder;
    this.changesPerWriter = Math.ceilDiv(changes, WRITERS);
    this.server = anabranch.launch(folder, port);
  }

  /// What the readers found.
  ///
  /// @param changes acknowledged writes
  /// @param deliveries events that the readers took together
  /// @param lost acknowledged writes that some reader did not get
  /// @param doubled events or writes that some reader got twice
  /// @param reordered events that some reader got in another order
  /// @param serverKills how often the server was killed
  /// @param databaseKills how often PostgreSQL was killed
  /// @param seconds how long it took
  public record Verdict(
      long changes,
      long deliveries,
      long lost,
      long doubled,
      long reordered,
      int serverKills,
      int databaseKills,
      double seconds) {
    /// Whether nothing was lost, doubled or reordered.
    public boolean isClean() {
      return lost == 0 && doubled == 0 && reordered == 0;
    }
  }

  /// Runs it to the end.
  public Verdict run() {
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        startReaders(threads);
        startWriters(threads);
        killAndRestart();
        awaitEverything();
      } finally {
        attempts.end();
        // Blocked readers notice when their connection goes.
        server.close();
      }
    }
    return verdict((System.nanoTime() - start) / 1e9);
  }

  private static String scope(int number) {
    return "bench:integrity-" + number % SCOPES;
  }

  // A first change in each scope gives every reader a cursor above 0, which would mean bootstrap.
  private void startReaders(ExecutorService threads) {
    for (int scope = 0; scope < SCOPES; scope++) {
      String fields = "\"writer\":-1,\"n\":0";
      String write = AnabranchWire.write(scope(scope), "first", fields);
      JsonNode first =
          JsonMapper.shared()
              .readTree(server.wire().push("{\"writes\":[" + write + "]}"))
              .path("outcomes")
              .path(0);
      for (int reader = scope; reader < READERS; reader += SCOPES) {
        startReader(threads, reader, first);
      }
    }
  }

  private void startReader(ExecutorService threads, int reader, JsonNode first) {
    Ledger ledger = new Ledger(first.path("syncId").asLong(), first.path("seq").asLong());
    ledgers.add(ledger);
    ScopeReader[] ways = ScopeReader.values();
    ScopeReader way = ways[reader / SCOPES % ways.length];
    var source = new ScopeReader.Source(scope(reader), server.wire(), server.server().address());
    threads.execute(() -> attempts.repeat(() -> way.follow(source, ledger, attempts)));
  }

  private void startWriters(ExecutorService threads) {
    for (int writer = 0; writer < WRITERS; writer++) {
      ScopeWriter scopeWriter =
          new ScopeWriter(
              writer, scope(writer), server.wire(), server.server().address(), acknowledged);
      threads.execute(() -> scopeWriter.write(changesPerWriter, attempts));
    }
  }

  private long total() {
    return (long) changesPerWriter * WRITERS;
  }

  // At a fifth, two fifths… of the way: the server, the database, both in turn.
  private void killAndRestart() {
    for (int fifth = 1; fifth < 5; fifth++) {
      long until = total() * fifth / 5;
      await(() -> acknowledged.get() >= until || !server.server().isAlive());
      PostgresServer database = postgres;
      if (database != null && fifth % 2 == 0) {
        database.killAndRestart();
        databaseKills++;
      } else {
        server.server().kill();
        serverKills++;
      }
      restartIfDead();
    }
  }

  private void restartIfDead() {
    if (!server.server().isAlive()) {
      server = anabranch.launch(folder, port);
    }
  }

  private void awaitEverything() {
    await(() -> acknowledged.get() >= total());
    long expected = total() / SCOPES;
    Pause.until(() -> ledgers.stream().allMatch(ledger -> ledger.events() >= expected), PATIENCE);
  }

  private void await(BooleanSupplier condition) {
    Duration patience = PATIENCE.plus(PATIENCE_PER_CHANGE.multipliedBy(total()));
    boolean held =
        Pause.until(
            () -> {
              restartIfDead();
              return condition.getAsBoolean();
            },
            patience);
    if (!held) {
      throw new BenchFailure(
          acknowledged
              + " of "
              + total()
              + " writes acknowledged, "
              + attempts.broken()
              + " broken connections, the server says: "
              + server.server().logTail());
    }
  }

  private Verdict verdict(double seconds) {
    long expected = total() / SCOPES;
    return new Verdict(
        acknowledged.get(),
        ledgers.stream().mapToLong(Ledger::events).sum(),
        ledgers.stream().mapToLong(ledger -> ledger.lost(expected)).sum(),
        ledgers.stream().mapToLong(Ledger::doubled).sum(),
        ledgers.stream().mapToLong(Ledger::reordered).sum(),
        serverKills,
        databaseKills,
        seconds);
  }
}
