package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.link.Target;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A link whose other end is the test; everything happens at once, on the test's thread.
final class TestLink implements Link, Outbox, LinkLoop {

  private final List<String> sent = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private final LinkHandler handler;
  private final String challenge;
  private boolean full;

  TestLink(NostrGateway gateway) {
    Handshake handshake = new Handshake(peer(), Target.parse("/"), Headers.empty(), List.of());
    this.handler = gateway.open(this, handshake);
    handler.opened();
    challenge = heard().getFirst().split("\"")[3];
  }

  TestLink say(String frame) {
    handler.text(frame);
    return this;
  }

  /// What was sent since it was asked last.
  List<String> heard() {
    List<String> heard = List.copyOf(sent);
    sent.clear();
    return heard;
  }

  void fill() {
    full = true;
  }

  void drain() {
    full = false;
    handler.writable();
  }

  /// A long time goes by: what was to be done later is done.
  void pass() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  /// The client goes.
  void leave() {
    handler.closed(1000, "");
  }

  String challenge() {
    return challenge;
  }

  @Override
  public boolean writable() {
    return !full;
  }

  @Override
  public void send(Frame frame) {
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
