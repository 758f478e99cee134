package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.ScopeName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Joins spelled events into frames that keep under a bound; an event over the bound goes alone.
final class FrameSplitter {
  private static final byte[] TAIL = "]}".getBytes(StandardCharsets.US_ASCII);

  private final byte[] head;
  private final int bytesMax;
  private final List<byte[]> frames = new ArrayList<>();
  private final ByteArrayOutputStream frame = new ByteArrayOutputStream(1024);

  private FrameSplitter(byte[] head, int bytesMax) {
    this.head = head;
    this.bytesMax = bytesMax;
    frame.writeBytes(head);
  }

  static FrameSplitter ofSync(ScopeName scope, int bytesMax) {
    StringBuilder head = new StringBuilder("{\"type\":\"sync\",\"scope\":");
    JsonString.quote(scope.text(), head);
    head.append(",\"events\":[");
    return new FrameSplitter(head.toString().getBytes(StandardCharsets.UTF_8), bytesMax);
  }

  void add(byte[] event) {
    boolean first = frame.size() == head.length;
    if (!first && frame.size() + 1 + event.length + TAIL.length > bytesMax) {
      close();
      first = true;
    }
    if (!first) {
      frame.write(',');
    }
    frame.writeBytes(event);
  }

  List<byte[]> end() {
    close();
    return frames;
  }

  private void close() {
    frame.writeBytes(TAIL);
    frames.add(frame.toByteArray());
    frame.reset();
    frame.writeBytes(head);
  }
}
