package dev.anabranch.protocol.document.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DocumentAddressTest {

  @Test
  void theNameIsTheRestOfThePath() {
    assertThat(DocumentAddress.of(List.of("org:1", "notes", "may")).orElseThrow().id().text())
        .isEqualTo("notes/may");
    assertThat(DocumentAddress.parse("org:1/notes/may"))
        .isEqualTo(DocumentAddress.of(List.of("org:1", "notes", "may")));
  }

  @Test
  void withoutScopeOrNameItIsNone() {
    assertThat(DocumentAddress.parse("notes")).isEmpty();
    assertThat(DocumentAddress.parse("org:1/")).isEmpty();
    assertThat(DocumentAddress.parse("/notes")).isEmpty();
    assertThat(DocumentAddress.of(List.of("org:1"))).isEmpty();
  }
}
