package dev.anabranch.protocol.signed.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Frames are filled as far as they may be, and no further where that can be helped.
class FrameSplitterTest {

  private static JsonObject entry(String content) {
    return JsonObject.EMPTY.with("content", content);
  }

  private static int bytes(List<JsonObject> frame) {
    return frame.stream()
        .mapToInt(entry -> CanonicalJson.text(entry).getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  @Test
  void framesAreFilledByWhatTheirEntriesTakeOnTheWire() {
    List<JsonObject> entries = Collections.nCopies(30, entry("é\u0001".repeat(10_000)));
    List<List<JsonObject>> frames = FrameSplitter.split(entries);
    assertThat(frames.stream().mapToInt(List::size).sum()).isEqualTo(30);
    assertThat(frames).allMatch(frame -> bytes(frame) < FrameSplitter.FRAME_BYTES_MAX);
    assertThat(frames).hasSize(5);
  }

  @Test
  void anEntryThatIsLargerThanAFrameGoesAloneAndInItsPlace() {
    JsonObject large = entry("x".repeat(FrameSplitter.FRAME_BYTES_MAX));
    JsonObject before = entry("before");
    JsonObject after = entry("after");
    assertThat(FrameSplitter.split(List.of(before, large, large, after)))
        .containsExactly(List.of(before), List.of(large), List.of(large), List.of(after));
  }

  @Test
  void ofNothingThereIsOneEmptyFrame() {
    assertThat(FrameSplitter.split(List.of())).containsExactly(List.of());
  }
}
