package dev.anabranch.testkit;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A link whose other end is the test: everything happens at once, on the thread that asks for it.
public final class PlainLink implements Link, Outbox, LinkLoop {

  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<Integer> closed = new CopyOnWriteArrayList<>();
  private final List<Runnable> later = new CopyOnWriteArrayList<>();
  private volatile boolean full;
  private final AtomicInteger room = new AtomicInteger(Integer.MAX_VALUE);

  /// What was sent since it was asked last, as text; a close is `closed` and its code.
  public List<String> heard() {
    List<String> heard = List.copyOf(sent);
    sent.clear();
    return heard;
  }

  /// The codes that it was closed with.
  public List<Integer> closed() {
    return List.copyOf(closed);
  }

  /// The peer stops reading: there is no more room.
  public void fill() {
    full = true;
  }

  /// The peer reads again; its session is not told.
  public void drain() {
    drain(Integer.MAX_VALUE);
  }

  /// The peer reads again, and there is room for so many frames; its session is not told.
  public void drain(int frames) {
    room.set(frames);
    full = false;
  }

  /// A long time goes by: what was to be done later is done.
  public void pass() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  @Override
  public boolean writable() {
    return !full;
  }

  @Override
  public void send(Frame frame) {
    if (room.decrementAndGet() <= 0) {
      full = true;
    }
    frame.messages().forEach(one -> sent.add(new String(one.payload(), StandardCharsets.UTF_8)));
  }

  @Override
  public void flush() {}

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
    closed.add(code);
    sent.add("closed " + code);
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    later.add(task);
    return () -> later.remove(task);
  }
}
