package dev.anabranch.link;

import java.util.List;
import java.util.Objects;

/// One message for one outbox.
///
/// @param text whether the payload is text (valid UTF-8) or binary
/// @param payload the message's bytes; not copied, and never to be changed
@SuppressWarnings("ArrayRecordComponent") // a copy of every frame would cost more than the promise
public record PlainFrame(boolean text, byte[] payload) implements Frame {
  public PlainFrame {
    Objects.requireNonNull(payload, "payload");
  }

  @Override
  public List<PlainFrame> messages() {
    return List.of(this);
  }

  @Override
  public String toString() {
    return (text ? "text" : "binary") + " frame of " + payload.length + " bytes";
  }
}
