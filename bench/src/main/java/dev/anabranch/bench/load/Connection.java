package dev.anabranch.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// One socket of the load client, and its way from connecting to live.
///
/// Used by the loop's thread only.
abstract sealed class Connection permits Reader, Caller {
  /// What an opening may receive before it is live: a status, headers and a first page.
  private static final int OPENING_BYTES_MAX = 8 << 20;

  private enum Phase {
    CONNECTING,
    STATUS,
    READY_TEXT,
    LIVE,
    CLOSED
  }

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Opening opening;
  private final Deque<ByteBuffer> outbound = new ArrayDeque<>();
  private Phase phase = Phase.CONNECTING;
  private @Nullable ByteBuffer pending;
  private @Nullable String failure;

  Connection(Selector selector, InetAddress source, InetSocketAddress target, Opening opening)
      throws IOException {
    this.opening = opening;
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (receiveBufferBytes() > 0) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes());
    }
    channel.bind(new InetSocketAddress(source, 0));
    key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    channel.connect(target);
  }

  /// Takes live bytes `[from, to)`; what is left for the next read is its own affair.
  abstract void received(ByteBuffer buffer, int from, int to, long nanos);

  /// Called once when the connection is live.
  abstract void live();

  /// Size of the kernel's receive buffer; 0 leaves it to the kernel.
  int receiveBufferBytes() {
    return 0;
  }

  final boolean isLive() {
    return phase == Phase.LIVE;
  }

  final boolean isSettled() {
    return phase == Phase.LIVE || phase == Phase.CLOSED;
  }

  final @Nullable String failure() {
    return failure;
  }

  final void connected() throws IOException {
    channel.finishConnect();
    key.interestOps(SelectionKey.OP_READ);
    phase = Phase.STATUS;
    if (!opening.request().isEmpty()) {
      send(ByteBuffer.wrap(opening.requestBytes()));
    }
    if (opening.status() == 0) {
      becomeLive();
    }
  }

  /// Reads once into the loop's shared buffer.
  final void readable(ByteBuffer shared, long nanos) throws IOException {
    shared.clear();
    int read = channel.read(shared);
    if (read < 0) {
      close("the server closed the connection");
      return;
    }
    if (phase == Phase.LIVE) {
      received(shared, 0, read, nanos);
    } else {
      collect(shared, read);
      advance(nanos);
    }
  }

  private void collect(ByteBuffer shared, int read) throws IOException {
    ByteBuffer collected = pending;
    if (collected == null || collected.remaining() < read) {
      ByteBuffer larger = larger(collected, read);
      pending = larger;
      collected = larger;
    }
    shared.flip();
    collected.put(shared);
  }

  private static ByteBuffer larger(@Nullable ByteBuffer collected, int read) throws IOException {
    int held = collected == null ? 0 : collected.position();
    if (held + read > OPENING_BYTES_MAX) {
      throw new IOException(
          "more than " + OPENING_BYTES_MAX + " bytes before the connection is live");
    }
    ByteBuffer larger =
        ByteBuffer.allocate(Math.max(1024, 2 * (held + read))).order(ByteOrder.LITTLE_ENDIAN);
    if (collected != null) {
      larger.put(collected.flip());
    }
    return larger;
  }

  private void advance(long nanos) throws IOException {
    ByteBuffer collected = pending;
    if (collected == null) {
      return;
    }
    int from = 0;
    int to = collected.position();
    if (phase == Phase.STATUS) {
      from = HttpResponse.headEnd(collected, 0, to);
      if (from < 0) {
        return;
      }
      checkStatus(HttpResponse.status(collected, 0));
      phase = Phase.READY_TEXT;
      sendHello();
      keepFrom(collected, from);
      from = 0;
      to = collected.position();
    }
    String readyText = opening.readyText();
    if (readyText != null) {
      byte[] text = readyText.getBytes(StandardCharsets.UTF_8);
      int found = Text.indexOf(collected, 0, to, text);
      if (found < 0) {
        return;
      }
      from = found + text.length;
    }
    pending = null;
    becomeLive();
    // The rest of the ready frame may carry the beginning of the next one.
    received(collected, from, to, nanos);
  }

  private static void keepFrom(ByteBuffer collected, int from) {
    collected.flip().position(from);
    collected.compact();
  }

  private void checkStatus(int status) throws IOException {
    if (status != opening.status()) {
      throw new IOException("status " + status + " instead of " + opening.status());
    }
  }

  private void sendHello() throws IOException {
    String hello = opening.hello();
    if (hello != null) {
      send(ByteBuffer.wrap(WebSocketText.frame(hello)));
    }
  }

  private void becomeLive() {
    phase = Phase.LIVE;
    live();
  }

  /// Sends now what the socket takes and the rest when it takes more.
  final void send(ByteBuffer bytes) throws IOException {
    if (outbound.isEmpty()) {
      channel.write(bytes);
    }
    if (bytes.hasRemaining()) {
      outbound.add(bytes);
      key.interestOpsOr(SelectionKey.OP_WRITE);
    }
  }

  final void writable() throws IOException {
    while (!outbound.isEmpty()) {
      ByteBuffer next = outbound.element();
      channel.write(next);
      if (next.hasRemaining()) {
        return;
      }
      outbound.remove();
    }
    key.interestOpsAnd(~SelectionKey.OP_WRITE);
  }

  /// Stops or goes on reading, so that the server's bytes pile up.
  final void reading(boolean reads) {
    if (reads) {
      key.interestOpsOr(SelectionKey.OP_READ);
    } else {
      key.interestOpsAnd(~SelectionKey.OP_READ);
    }
  }

  final void close(String reason) {
    if (phase != Phase.CLOSED) {
      phase = Phase.CLOSED;
      failure = reason;
      key.cancel();
    }
    try {
      channel.close();
    } catch (IOException e) {
      failure = reason + "; " + e.getMessage();
    }
  }
}
