package dev.anabranch.transport;

import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;

/// A handler that also sends everything back.
final class Echo extends Recorder {
  Echo(Link link) {
    super(link);
  }

  @Override
  public void text(String message) {
    super.text(message);
    link.outbox().send(Frame.text(message));
  }

  @Override
  public void binary(byte[] message) {
    super.binary(message);
    link.outbox().send(Frame.binary(message));
  }
}
