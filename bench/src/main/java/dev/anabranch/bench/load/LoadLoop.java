package dev.anabranch.bench.load;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The load client: one thread and one selector for every socket, reader or caller.
///
/// Writing happens on the same thread, between two rounds of reading, so that a write costs no
/// hand-over and the window is exact. Sockets leave from several loopback addresses, so that ten
/// thousand of them share no pool of ports. Methods may be called from any thread; one run at a
/// time.
public final class LoadLoop implements AutoCloseable {
  private static final int CONNECTING_MAX = 256;
  private static final int SOURCE_ADDRESSES = 8;
  private static final int SHARED_BYTES = 256 << 10;
  private static final Duration OPENING_PATIENCE = Duration.ofSeconds(60);

  private final InetSocketAddress target;
  private final Selector selector;
  private final ByteBuffer shared =
      ByteBuffer.allocateDirect(SHARED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Connection> connections = new ArrayList<>();
  private final Thread thread;
  private @Nullable Activity activity;
  private int sources;
  private volatile boolean closed;
  private volatile @Nullable CompletableFuture<?> awaited;

  private LoadLoop(InetSocketAddress target) throws IOException {
    this.target = target;
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name("bench-load").unstarted(this::loop);
  }

  /// A running loop whose sockets go to `target`.
  public static LoadLoop to(InetSocketAddress target) {
    try {
      LoadLoop loop = new LoadLoop(target);
      loop.thread.start();
      return loop;
    } catch (IOException e) {
      throw new BenchFailure("cannot open a selector", e);
    }
  }

  /// Something the loop drives between two rounds of reading.
  interface Activity {
    /// Does what is due and answers in how many nanoseconds to call again at the latest.
    long advance(long nanos) throws IOException;
  }

  /// Opens a group of readers and waits until each is live.
  public ReaderGroup open(Readers plan) {
    Reader.Tally tally = new Reader.Tally();
    List<Reader> readers =
        openAll(
            plan.count(), index -> new Reader(selector, nextSource(), target, plan, tally, index));
    return new ReaderGroup(this, readers, tally, plan.audience());
  }

  /// Opens so many callers and waits until each is live.
  public CallerGroup open(int count, Opening opening, Exchange exchange) {
    Callers callers = new Callers(exchange);
    List<Caller> opened =
        openAll(count, _ -> new Caller(selector, nextSource(), target, callers, opening));
    return new CallerGroup(this, callers, opened);
  }

  private interface Factory<C extends Connection> {
    C open(int index) throws IOException;
  }

  private <C extends Connection> List<C> openAll(int count, Factory<C> factory) {
    CompletableFuture<List<C>> opened = new CompletableFuture<>();
    List<C> sockets = new ArrayList<>();
    run(() -> {
      activity = nanos -> openSome(count, factory, sockets, opened);
      return true;
    });
    await(
        opened,
        OPENING_PATIENCE,
        () -> "only " + sockets.size() + " of " + count + " sockets opened");
    return List.copyOf(sockets);
  }

  private <C extends Connection> long openSome(
      int count, Factory<C> factory, List<C> sockets, CompletableFuture<List<C>> opened)
      throws IOException {
    int settled = 0;
    for (C socket : sockets) {
      String failure = socket.failure();
      if (failure != null) {
        opened.completeExceptionally(new BenchFailure("a socket did not open: " + failure));
      }
      settled += socket.isSettled() ? 1 : 0;
    }
    while (sockets.size() < count && sockets.size() - settled < CONNECTING_MAX) {
      C socket = factory.open(sockets.size());
      connections.add(socket);
      sockets.add(socket);
    }
    if (settled == count) {
      opened.complete(sockets);
    }
    if (opened.isDone()) {
      activity = null;
    }
    return TimeUnit.MILLISECONDS.toNanos(1);
  }

  private InetAddress nextSource() throws IOException {
    byte last = (byte) (1 + sources++ % SOURCE_ADDRESSES);
    return InetAddress.getByAddress(new byte[] {127, 0, 0, last});
  }

  /// Writes `load` through `callers` and waits until every reader has everything.
  public LoadResult run(Load load, CallerGroup callers, ReaderGroup... readers) {
    LoadRun run = new LoadRun(load, callers.callers(), List.of(readers));
    run(() -> {
      run.start();
      activity = run;
      return true;
    });
    Duration patience = load.duration().plus(load.patience()).plusSeconds(10);
    try {
      return await(run.result(), patience, run::progress);
    } finally {
      run(() -> {
        activity = null;
        return true;
      });
    }
  }

  /// Runs on the loop's thread and waits for the answer.
  <T> T run(Supplier<T> task) {
    if (!thread.isAlive()) {
      throw new BenchFailure("the load client has ended");
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    tasks.add(() -> {
      try {
        answer.complete(task.get());
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    selector.wakeup();
    return await(answer, OPENING_PATIENCE, () -> "the load client's thread does not answer");
  }

  private <T> T await(CompletableFuture<T> future, Duration patience, Supplier<String> complaint) {
    awaited = future;
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new BenchFailure(complaint.get(), e);
    } catch (ExecutionException e) {
      throw new BenchFailure("the load client broke: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  private void loop() {
    try {
      while (!closed) {
        round();
      }
    } catch (IOException | RuntimeException e) {
      // Whoever waits learns of it at once, and nothing else could.
      CompletableFuture<?> waiting = awaited;
      if (waiting != null) {
        waiting.completeExceptionally(e);
      }
    } finally {
      closeAll();
    }
  }

  private void round() throws IOException {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    long waitNanos = advanceActivity();
    if (waitNanos >= TimeUnit.MILLISECONDS.toNanos(1)) {
      selector.select(this::ready, TimeUnit.NANOSECONDS.toMillis(waitNanos));
    } else {
      selector.selectNow(this::ready);
      if (waitNanos > 0) {
        Thread.onSpinWait();
      }
    }
  }

  private long advanceActivity() throws IOException {
    Activity current = activity;
    if (current == null) {
      return TimeUnit.MILLISECONDS.toNanos(200);
    }
    return current.advance(System.nanoTime());
  }

  private void ready(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      int ready = key.readyOps();
      if ((ready & SelectionKey.OP_CONNECT) != 0) {
        connection.connected();
      }
      if ((ready & SelectionKey.OP_WRITE) != 0) {
        connection.writable();
      }
      if ((ready & SelectionKey.OP_READ) != 0) {
        connection.readable(shared, System.nanoTime());
      }
    } catch (IOException e) {
      connection.close(String.valueOf(e.getMessage()));
    }
  }

  void close(List<? extends Connection> group) {
    run(() -> {
      group.forEach(connection -> connection.close("closed by the bench"));
      connections.removeAll(Set.copyOf(group));
      return true;
    });
  }

  private void closeAll() {
    connections.forEach(connection -> connection.close("closed by the bench"));
    try {
      selector.close();
    } catch (IOException e) {
      throw new BenchFailure("the selector did not close", e);
    }
  }

  /// Closes every socket and ends the thread.
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
