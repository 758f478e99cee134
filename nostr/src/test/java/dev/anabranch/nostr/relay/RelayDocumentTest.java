package dev.anabranch.nostr.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.TestJson;
import dev.anabranch.nostr.text.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayDocumentTest {

  @Test
  void saysWhatItIsToldAndLeavesOutWhatItIsNot() {
    RelayDocument document =
        new RelayDocument(
            "a \"relay\"",
            "",
            null,
            null,
            null,
            null,
            "mailto:a@example",
            List.of(11, 1, 1),
            "https://example",
            "1",
            null,
            new RelayDocument.Limitation(
                524_288, 100, 500, 64, 2_500, 65_536, 0, false, false, true, 0, 900, 500));
    JsonReader reader = new JsonReader(document.json().getBytes(StandardCharsets.UTF_8));
    Object json = TestJson.read(reader);
    Object limitation = TestJson.field(json, "limitation");

    assertThat(TestJson.text(json, "name")).isEqualTo("a \"relay\"");
    assertThat(TestJson.list(json, "supported_nips")).containsExactly(1L, 11L);
    assertThat(TestJson.field(limitation, "max_message_length")).isEqualTo(524_288L);
    assertThat(TestJson.field(limitation, "restricted_writes")).isEqualTo(true);
    assertThat(TestJson.field(limitation, "created_at_upper_limit")).isEqualTo(900L);
    assertThat(document.json()).doesNotContain("icon", "created_at_lower_limit");
  }
}
