package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.PlainDisk;
import dev.anabranch.testkit.TestPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Folding while others write, on a database that fails again and again: before a state is kept,
/// after it was, before a commit and after one. Nothing that was acknowledged is ever missing.
@Timeout(240)
class FoldingTroubleTest {
  private static final int WRITERS = 3;
  private static final int UPDATES = 80;
  private static final EntityKey KEY =
      new EntityKey(new ScopeName("org:1"), DocumentAddress.MODEL, new EntityId("d"));
  private static final Map<String, String> OFTEN =
      Map.of(
          "documents.fold_updates_min", "1",
          "documents.memory_bytes_max", "4096",
          "reopen.wait_millis_min", "1",
          "reopen.wait_millis_max", "5");

  @TempDir private Path data;

  /// A store that fails once in a while, some of the time after it did what was asked.
  private static final class Failing {
    private final StoreOpener opener;
    private final Random random = new Random(11);
    private final AtomicBoolean calm = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger folds = new AtomicInteger();

    Failing(StoreOpener opener) {
      this.opener = opener;
    }

    Store open() {
      Store store = opener.open();
      return (Store)
          Proxy.newProxyInstance(
              Store.class.getClassLoader(),
              new Class<?>[] {Store.class},
              (proxy, method, arguments) -> called(store, method, arguments));
    }

    private Object called(Store store, Method method, Object[] arguments) throws Throwable {
      int fate = fate(method.getName());
      if (fate == 0) {
        throw failure();
      }
      try {
        Object done = method.invoke(store, arguments);
        if (method.getName().equals("keepFolded")) {
          folds.incrementAndGet();
        }
        if (fate == 1) {
          throw failure();
        }
        return done;
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }

    /// 0 = fails before, 1 = fails after, more = does not fail.
    private int fate(String method) {
      return switch (method) {
        case "keepFolded" -> calm.get() ? 2 : random.nextInt(6);
        case "commit" -> calm.get() ? 2 : random.nextInt(30);
        default -> 2;
      };
    }

    private StoreFailure failure() {
      failures.incrementAndGet();
      return new StoreFailure(StoreFailure.Kind.UNREACHABLE, "the database is away, says the test");
    }
  }

  /// Types into a text of its own and sends each letter until it is acknowledged.
  private static final class Typist {
    private final Served served;
    private final String root;
    private final Document document;

    Typist(Served served, int number) {
      this.served = served;
      this.root = "text" + number;
      this.document = Document.create(DocumentOptions.forEditing(new Random(number)));
    }

    void type() {
      for (int i = 0; i < UPDATES; i++) {
        StateVector before = document.stateVector();
        document.text(root).insert(i, "x");
        send(i, document.encodeV1(before));
      }
    }

    private void send(int number, UpdateV1 update) {
      String body =
          "{\"writes\":[{\"key\":\"%s-%d\",\"scope\":\"org:1\",\"model\":\"document\",\"id\":\"d\",\"action\":\"merge\",\"body\":\"%s\"}]}"
              .formatted(root, number, Base64.getEncoder().encodeToString(update.bytes()));
      String answer = "";
      while (!answer.contains("\"applied\"") && !answer.contains("\"duplicate\"")) {
        answer = served.post("/sync/push", body).body();
        assertThat(answer).doesNotContain("\"conflict\"", "key_reused", "internal");
      }
    }
  }

  private static HttpResponse<String> read(Served served) {
    return served.get("/api/document/d?scope=org:1");
  }

  private static void everythingAcknowledgedIsThere(Served served, Failing failing) {
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Typist typist = new Typist(served, i);
        writers.add(CompletableFuture.runAsync(typist::type, threads));
      }
      CompletableFuture<?> reader =
          CompletableFuture.runAsync(
              () -> {
                while (!over.get()) {
                  read(served); // a reader has the document folded
                }
              },
              threads);
      CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new))
          .orTimeout(200, TimeUnit.SECONDS)
          .whenComplete((done, failure) -> over.set(true))
          .join();
      reader.join();
    }
    failing.calm.set(true);
    HttpResponse<String> last = read(served);
    while (last.statusCode() == 503) {
      last = read(served);
    }
    assertThat(last.body())
        .contains(
            "\"text0\":\"" + "x".repeat(UPDATES) + "\"",
            "\"text1\":\"" + "x".repeat(UPDATES) + "\"",
            "\"text2\":\"" + "x".repeat(UPDATES) + "\"",
            "\"version\":" + WRITERS * UPDATES);
    assertThat(failing.failures).hasPositiveValue();
    assertThat(failing.folds).hasPositiveValue();
    while (whenOpen(() -> served.store().folded(KEY)).isEmpty()) {
      read(served); // memory forgets what was folded when it is opened anew
    }
    assertThat(whenOpen(() -> new FoldCheck(served.store(), ModelsFile.shipped()).everything()))
        .isEmpty();
  }

  /// The last failure may have begun before the calm.
  private static <T> T whenOpen(Supplier<T> look) {
    while (true) {
      try {
        return look.get();
      } catch (StoreFailure reopening) {
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhileAFoldedStateIsKeptInMemory() {
    PlainDisk disk = new PlainDisk();
    Failing failing = new Failing(() -> MemoryStore.open(disk));
    try (Served served = Served.open(OFTEN, failing::open)) {
      everythingAcknowledgedIsThere(served, failing);
    }
  }

  @Test
  void nothingAcknowledgedIsLostWhileAFoldedStateIsKeptOnSqlite() {
    everythingAcknowledgedIsThere(
        new ConfigurationSource().flag("server.data", Optional.of(data.toString())));
  }

  @Test
  void nothingAcknowledgedIsLostWhileAFoldedStateIsKeptOnPostgres() {
    everythingAcknowledgedIsThere(
        new ConfigurationSource()
            .flag("server.data", Optional.of(data.toString()))
            .flag("database.url", Optional.of(TestPostgres.freshDatabase())));
  }

  private static void everythingAcknowledgedIsThere(ConfigurationSource source) {
    source.flag("server.port", Optional.of("0"));
    OFTEN.forEach((setting, value) -> source.flag(setting, Optional.of(value)));
    Configuration configuration = source.read();
    Failing failing = new Failing(Stores.opener(configuration));
    try (Served served = Served.open(configuration, failing::open)) {
      everythingAcknowledgedIsThere(served, failing);
    }
  }
}
