package dev.anabranch.server.identity;

import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpCall;
import dev.anabranch.link.HttpCaller;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.transport.JdkHttpCaller;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A caller that costs nothing until somebody calls: most servers never do.
public final class LazyHttpCaller implements HttpCaller, AutoCloseable {

  private final Supplier<JdkHttpCaller> opener;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable JdkHttpCaller opened;
  private boolean isClosed;

  /// A caller that nobody needed yet.
  ///
  /// @param opener makes the one that calls, once
  public LazyHttpCaller(Supplier<JdkHttpCaller> opener) {
    this.opener = opener;
  }

  @Override
  public CompletionStage<HttpAnswer> call(HttpCall call) {
    lock.lock();
    try {
      if (isClosed) {
        return CompletableFuture.failedStage(
            LinkFailure.unreachable("the server is closing", new IllegalStateException("closed")));
      }
      JdkHttpCaller caller = opened == null ? opener.get() : opened;
      opened = caller;
      return caller.call(call);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      if (opened != null) {
        opened.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
