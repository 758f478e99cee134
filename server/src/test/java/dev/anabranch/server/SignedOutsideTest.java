package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A client of signed entities that shares no code with us: plain Node and @noble/curves.
class SignedOutsideTest {

  @Test
  void anOutsideClientSignsAndSyncsAndItsAttacksAreRefused() throws Exception {
    OutsideEditors editors = OutsideEditors.installed();
    try (Served served = Served.open()) {
      assertThat(editors.run("signed.mjs", served.uri("/")))
          .contains("signed, synced, and every attack refused");
    }
  }
}
