package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What Yjs 13.2 and 14 write becomes the document that 13.6 makes of it
/// (`src/test/js/versions.mjs`).
///
/// Version 14 draws client ids of 53 bits and reads what 13.6 writes without changing a byte; the
/// script checks that when it makes the record.
class OtherVersionsTest {
  @Test
  void readsWhatYjs13Point2Wrote() throws IOException {
    readsAs13Point6Does("yjs 13.2.0");
  }

  @Test
  void readsWhatYjs14WritesWithClientIdsOf53Bits() throws IOException {
    List<RecordLine> documents = readsAs13Point6Does("yjs 14");

    assertThat(documents)
        .anySatisfy(document ->
            assertThat(StateVector.decode(document.bytes("vector")).clocks().keySet())
                .anyMatch(client -> client > 1L << 32));
  }

  private static List<RecordLine> readsAs13Point6Does(String version) throws IOException {
    List<RecordLine> documents =
        documents().stream().filter(document -> document.text("by").equals(version)).toList();
    assertThat(documents).isNotEmpty();
    for (RecordLine expected : documents) {
      Document document = EditingTrace.document(1);
      document.text("t");
      document.array("a");
      document.map("m");
      document.apply(new UpdateV1(expected.bytes("update")), null);

      assertThat(document.text("t").text()).isEqualTo(expected.text("text"));
      assertThat(document.encodeV1().bytes()).isEqualTo(expected.bytes("v1"));
      assertThat(document.encodeV2().bytes()).isEqualTo(expected.bytes("v2"));
      assertThat(document.stateVector().encode()).isEqualTo(expected.bytes("vector"));
      assertThat(document.snapshot().encodeV1()).isEqualTo(expected.bytes("snapshot1"));
    }
    return documents;
  }

  private static List<RecordLine> documents() throws IOException {
    try (InputStream in = OtherVersionsTest.class.getResourceAsStream("versions.ndjson")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(RecordLine::parse).toList();
    }
  }
}
