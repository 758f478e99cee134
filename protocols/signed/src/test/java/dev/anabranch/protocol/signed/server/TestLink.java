package dev.anabranch.protocol.signed.server;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.link.Target;
import dev.anabranch.link.door.Gateway;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// A link whose other end and loop are the test: nothing happens before [#settle], and a peer that
/// does not [#read] fills first its socket, then the outbox, as [Outbox] says.
final class TestLink implements Link, Outbox, LinkLoop {

  private static final int MARK_BYTES = 256 * 1024;
  private static final int SOCKET_BYTES = 128 * 1024;

  private record Later(Duration delay, Runnable task) {}

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Later> timers = new ArrayList<>();
  private final Deque<String> pending = new ArrayDeque<>();
  private final List<String> socket = new ArrayList<>();
  private final LinkHandler handler;
  private long pendingBytes;
  private long socketBytes;
  private long largestBytes;
  private boolean full;
  private boolean paused;
  private int closed;

  /// @param host the `Host` that the client says
  TestLink(Gateway gateway, String host) {
    this.handler =
        gateway.open(
            this,
            new Handshake(peer(), Target.parse("/sync"), Headers.of("Host", host), List.of()));
    handler.opened();
    settle();
  }

  void say(String frame) {
    execute(() -> handler.text(frame));
    settle();
  }

  /// Runs what waits for the loop, and what that leads to.
  void settle() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
      flush();
    }
  }

  /// Runs what was put off, by no more than this.
  void pass(Duration time) {
    List<Later> due = timers.stream().filter(each -> each.delay.compareTo(time) <= 0).toList();
    timers.removeAll(due);
    due.forEach(each -> execute(each.task));
    settle();
  }

  /// What has come to the peer since it read last.
  List<String> read() {
    List<String> read = List.copyOf(socket);
    socket.clear();
    socketBytes = 0;
    flush();
    settle();
    return read;
  }

  /// The code that the server closed with; 0 = it did not.
  int closed() {
    return closed;
  }

  void lose() {
    execute(() -> handler.closed(CloseCode.LOST, ""));
    settle();
  }

  @Override
  public boolean writable() {
    paused |= full;
    return !full;
  }

  @Override
  public void send(Frame frame) {
    if (pendingBytes > 5L * MARK_BYTES + largestBytes) {
      close(CloseCode.OVERLOADED, "the peer reads too slowly");
    }
    if (closed != 0) {
      return;
    }
    frame
        .messages()
        .forEach(one -> {
          largestBytes = Math.max(largestBytes, one.payload().length);
          pendingBytes += one.payload().length;
          pending.add(new String(one.payload(), StandardCharsets.UTF_8));
        });
    full |= pendingBytes >= MARK_BYTES;
  }

  @Override
  public void flush() {
    while (!pending.isEmpty() && socketBytes < SOCKET_BYTES) {
      String frame = pending.remove();
      int bytes = frame.getBytes(StandardCharsets.UTF_8).length;
      pendingBytes -= bytes;
      socketBytes += bytes;
      socket.add(frame);
    }
    full &= pendingBytes > MARK_BYTES / 4;
    if (paused && !full) {
      paused = false;
      largestBytes = 0;
      execute(handler::writable);
    }
  }

  @Override
  public Peer peer() {
    return new Peer(InetAddress.getLoopbackAddress(), 4711, false);
  }

  @Override
  public LinkLoop loop() {
    return this;
  }

  @Override
  public Outbox outbox() {
    return this;
  }

  @Override
  public void close(int code, String reason) {
    closed = closed == 0 ? code : closed;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    Later later = new Later(delay, task);
    timers.add(later);
    return () -> timers.remove(later);
  }
}
