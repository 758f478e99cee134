package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Changes and entities in frames of at most [#FRAME_BYTES_MAX] bytes, as they go on the wire.
///
/// Each frame holds one at least: what is larger by itself goes alone, in a frame as large as it
/// is.
public final class FrameSplitter {

  /// The most bytes of a frame with more than one entry.
  public static final int FRAME_BYTES_MAX = 512 * 1024;

  /// What a frame has besides its entries: names, the scope, the place in the session, the
  /// signature.
  private static final int ENVELOPE_BYTES = 4 * 1024;

  private FrameSplitter() {}

  /// The entries in order, in as few frames as the order allows; one empty frame for none.
  public static List<List<JsonObject>> split(List<JsonObject> entries) {
    if (entries.size() < 2) {
      return List.of(List.copyOf(entries));
    }
    List<List<JsonObject>> frames = new ArrayList<>();
    List<JsonObject> frame = new ArrayList<>();
    int bytes = ENVELOPE_BYTES;
    for (JsonObject entry : entries) {
      int own = bytes(entry) + 1;
      if (!frame.isEmpty() && bytes + own > FRAME_BYTES_MAX) {
        frames.add(List.copyOf(frame));
        frame.clear();
        bytes = ENVELOPE_BYTES;
      }
      frame.add(entry);
      bytes += own;
    }
    frames.add(List.copyOf(frame));
    return frames;
  }

  private static int bytes(JsonObject entry) {
    return CanonicalJson.text(entry).getBytes(StandardCharsets.UTF_8).length;
  }
}
