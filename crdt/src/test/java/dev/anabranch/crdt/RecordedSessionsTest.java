package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// What npm yjs 13.6.33 did in seeded sessions, recorded by `src/test/js/generate.mjs 1 6000 100`.
class RecordedSessionsTest {
  @Test
  void makesEveryByteOfTheRecordedSessions() throws IOException {
    try (InputStream bytes = RecordedSessionsTest.class.getResourceAsStream("sessions.ndjson.gz");
        BufferedReader record =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Objects.requireNonNull(bytes)), StandardCharsets.UTF_8))) {
      RecordedSessions.Played played = RecordedSessions.play(record);

      assertThat(played.operations()).isGreaterThanOrEqualTo(6_000);
    }
  }
}
