package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.Target;
import dev.anabranch.testkit.PlainLink;
import java.util.List;

/// A connection to a relay whose other end is the test.
final class TestLink {

  private final PlainLink link = new PlainLink();
  private final LinkHandler handler;
  private final String challenge;

  TestLink(NostrGateway gateway) {
    this.handler =
        gateway.open(
            link, new Handshake(link.peer(), Target.parse("/"), Headers.empty(), List.of()));
    handler.opened();
    challenge = heard().getFirst().split("\"")[3];
  }

  TestLink say(String frame) {
    handler.text(frame);
    return this;
  }

  /// What was sent since it was asked last.
  List<String> heard() {
    return link.heard();
  }

  void fill() {
    link.fill();
  }

  void drain() {
    drain(Integer.MAX_VALUE);
  }

  /// There is room for so many frames.
  void drain(int frames) {
    link.drain(frames);
    handler.writable();
  }

  /// A long time goes by: what was to be done later is done.
  void pass() {
    link.pass();
  }

  /// The client goes.
  void leave() {
    handler.closed(1000, "");
  }

  String challenge() {
    return challenge;
  }
}
