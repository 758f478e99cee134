package dev.anabranch.server.identity;

import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.LinkLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A request that stands on a token. It is remembered from when its handler streams, or asks to be
/// told of the peer's end; most requests are answered without either and cost nothing here.
final class WatchedExchange implements Exchange {

  private final Exchange exchange;
  private final OpenSessions sessions;
  private final String tokenId;
  private final HttpAnswer refusal;
  private final Queue<Runnable> onClosed = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean answered = new AtomicBoolean();
  private final AtomicBoolean watching = new AtomicBoolean();
  private volatile Runnable forget = () -> {};
  private volatile @Nullable BodyWriter body;
  private volatile boolean revoked;

  /// @param refusal the answer in place of the handler's when the token ends first
  WatchedExchange(Exchange exchange, OpenSessions sessions, String tokenId, HttpAnswer refusal) {
    this.exchange = exchange;
    this.sessions = sessions;
    this.tokenId = tokenId;
    this.refusal = refusal;
  }

  @Override
  public LinkLoop loop() {
    return exchange.loop();
  }

  @Override
  public void answer(HttpAnswer answer) {
    if (claims()) {
      forget.run();
      exchange.answer(answer);
    }
  }

  @Override
  public BodyWriter stream(int status, Headers headers) {
    if (!claims()) {
      return new NoBody();
    }
    BodyWriter begun = exchange.stream(status, headers);
    body = begun;
    watch();
    if (revoked) {
      begun.abort();
    }
    return new WatchedBody(begun, forget);
  }

  /// Whether an answer may go out: not after the refusal. A second one is the transport's to
  /// reject.
  private boolean claims() {
    return answered.compareAndSet(false, true) || !revoked;
  }

  @Override
  public void onClosed(Runnable task) {
    onClosed.add(task);
    exchange.onClosed(task);
    watch();
    if (revoked && onClosed.remove(task)) {
      loop().execute(task);
    }
  }

  @Override
  public void onDraining(Runnable task) {
    exchange.onDraining(task);
  }

  private void watch() {
    if (watching.compareAndSet(false, true)) {
      Runnable once = sessions.opened(tokenId, () -> loop().execute(this::revoke));
      forget = once;
      exchange.onClosed(once);
    }
  }

  private void revoke() {
    revoked = true;
    BodyWriter begun = body;
    if (begun != null) {
      begun.abort();
    } else if (answered.compareAndSet(false, true)) {
      // What was held is free before the peer hears of it, and may ask again.
      for (Runnable task = onClosed.poll(); task != null; task = onClosed.poll()) {
        task.run();
      }
      exchange.answer(refusal);
    }
  }

  /// The stream, and word of its end.
  private record WatchedBody(BodyWriter writer, Runnable forget) implements BodyWriter {

    @Override
    public boolean writable() {
      return writer.writable();
    }

    @Override
    public boolean closed() {
      return writer.closed();
    }

    @Override
    public void write(byte[] bytes) {
      writer.write(bytes);
    }

    @Override
    public void flush() {
      writer.flush();
    }

    @Override
    public void finish() {
      forget.run();
      writer.finish();
    }

    @Override
    public void abort() {
      forget.run();
      writer.abort();
    }

    @Override
    public void onWritable(Runnable task) {
      writer.onWritable(task);
    }
  }

  /// A stream that comes too late: nothing that is written goes anywhere.
  private static final class NoBody implements BodyWriter {

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public boolean closed() {
      return true;
    }

    @Override
    public void write(byte[] bytes) {}

    @Override
    public void flush() {}

    @Override
    public void finish() {}

    @Override
    public void abort() {}

    @Override
    public void onWritable(Runnable task) {}
  }
}
