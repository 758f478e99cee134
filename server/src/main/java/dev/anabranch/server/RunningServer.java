package dev.anabranch.server;

import dev.anabranch.engine.Engine;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.server.operations.Metrics;
import dev.anabranch.server.operations.Readiness;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TransportServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server that serves, until it is drained or closed.
public final class RunningServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);
  private static final Duration STORE_CLOSES_WITHIN = Duration.ofSeconds(10);

  private final Engine engine;
  private final TransportServer transport;
  private final NettyLoops loops;
  private final ServerThreads threads;
  private final Metrics metrics;
  private final Readiness readiness;
  private final CompletableFuture<StoreFailure> gone;
  private final boolean secure;
  private final AtomicBoolean ended = new AtomicBoolean();

  RunningServer(
      Engine engine,
      TransportServer transport,
      NettyLoops loops,
      ServerThreads threads,
      Metrics metrics,
      Readiness readiness,
      CompletableFuture<StoreFailure> gone,
      boolean secure) {
    this.engine = engine;
    this.transport = transport;
    this.loops = loops;
    this.threads = threads;
    this.metrics = metrics;
    this.readiness = readiness;
    this.gone = gone;
    this.secure = secure;
  }

  /// The address that is listened on, with the port that was taken.
  public InetSocketAddress address() {
    return transport.addresses().getFirst();
  }

  /// The address as a client on this machine would write it.
  public URI uri() {
    return uri(address(), secure);
  }

  /// An address that is listened on, as a client on this machine would write it.
  static URI uri(InetSocketAddress address, boolean secure) {
    String host =
        address.getAddress().isAnyLocalAddress()
            ? "127.0.0.1"
            : address.getAddress().getHostAddress();
    return URI.create(address(host, address.getPort(), secure));
  }

  /// The beginning of a URL.
  ///
  /// @param host a name or an address, of IPv6 without brackets
  static String address(String host, int port, boolean secure) {
    return (secure ? "https://" : "http://")
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port;
  }

  /// Completes when the database is lost for good: the process must end and say why.
  public CompletionStage<StoreFailure> gone() {
    return gone.copy();
  }

  /// Stops in peace: no new connections, what is under way ends, what is accepted is on disk.
  ///
  /// @return whether everything ended in time
  public boolean drain(Duration timeout) {
    if (ended.get()) {
      return true;
    }
    readiness.stopping("the server is stopping");
    boolean peaceful = false;
    try {
      peaceful = transport.drain(timeout);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    close();
    return peaceful;
  }

  /// Stops at once; what was acknowledged is on disk all the same.
  @Override
  public void close() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    readiness.stopping("the server is stopping");
    transport.close();
    closeEngine();
    loops.close();
    threads.close();
    metrics.close();
  }

  private void closeEngine() {
    try {
      engine
          .close()
          .toCompletableFuture()
          .get(STORE_CLOSES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException failure) {
      LOG.error("the database did not close cleanly", failure);
    }
  }
}
