package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class IdentityTest {
  @Test
  void devRecord() throws Exception {
    try (BufferedReader in =
        new BufferedReader(new FileReader(System.getProperty("rec", "/tmp/rec.ndjson"), StandardCharsets.UTF_8))) {
      RecordedSessions.Played played = RecordedSessions.play(in);
      System.out.println(played);
      assertThat(played.operations()).isPositive();
    }
  }
}
