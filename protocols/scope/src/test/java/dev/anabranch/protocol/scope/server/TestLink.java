package dev.anabranch.protocol.scope.server;

import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.link.PlainFrame;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A link whose other end is the test.
final class TestLink implements Link, Outbox {
  private static final ScopeCodec CODEC = ScopeCodec.ofClient();

  private final Turns turns;
  private final Peer peer;
  private final List<String> waiting = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();
  private @Nullable LinkHandler handler;
  private boolean full;
  private int closeCode;
  private int frames;
  private int room;

  TestLink(Turns turns, Peer peer) {
    this.turns = turns;
    this.peer = peer;
  }

  void serveBy(LinkHandler session) {
    handler = session;
    session.opened();
    flush();
    turns.settle();
  }

  /// The peer sends a frame.
  TestLink say(String frame) {
    if (closeCode == 0) {
      handler().text(frame);
      flush();
    }
    turns.settle();
    return this;
  }

  TestLink sayBytes(byte[] frame) {
    handler().binary(frame);
    flush();
    turns.settle();
    return this;
  }

  /// What the peer received since it was asked last; only what was flushed.
  List<ScopeMessage.ToClient> heard() {
    List<ScopeMessage.ToClient> heard = new ArrayList<>();
    for (String frame : takeFrames()) {
      switch (CODEC.toClient(frame)) {
        case Decoded.Good<ScopeMessage.ToClient>(ScopeMessage.ToClient message) ->
            heard.add(message);
        case Decoded.Bad<ScopeMessage.ToClient> bad ->
            throw new AssertionError("no client understands " + frame + ": " + bad);
      }
    }
    return heard;
  }

  List<String> takeFrames() {
    List<String> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /// The peer stops reading.
  void fill() {
    full = true;
  }

  /// The peer reads so many frames more and then stops.
  void drain(int frames) {
    room = frames;
    full = false;
    handler().writable();
    turns.settle();
  }

  /// The peer reads again.
  void drain() {
    full = false;
    handler().writable();
    turns.settle();
  }

  /// The peer goes away.
  void cut() {
    handler().closed(1006, "");
    turns.settle();
  }

  int closeCode() {
    return closeCode;
  }

  /// Frames sent over the link's whole life.
  int frames() {
    return frames;
  }

  private LinkHandler handler() {
    return Objects.requireNonNull(handler);
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public LinkLoop loop() {
    return turns;
  }

  @Override
  public Outbox outbox() {
    return this;
  }

  @Override
  public void close(int code, String reason) {
    if (closeCode == 0) {
      closeCode = code;
      turns.execute(() -> handler().closed(code, reason));
    }
  }

  @Override
  public boolean writable() {
    return !full;
  }

  @Override
  public void send(Frame frame) {
    if (closeCode == 0) {
      for (PlainFrame message : frame.messages()) {
        waiting.add(new String(message.payload(), StandardCharsets.UTF_8));
        frames++;
      }
      full = full || --room == 0;
    }
  }

  @Override
  public void flush() {
    sent.addAll(waiting);
    waiting.clear();
  }
}
