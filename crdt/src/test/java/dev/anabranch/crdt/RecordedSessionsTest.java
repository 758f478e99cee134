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
    assertThat(play("sessions.ndjson.gz").operations()).isGreaterThanOrEqualTo(6_000);
  }

  /// `generate.mjs 502406 1`: the order in which deleted types empty each other shows in the bytes.
  @Test
  void mergesWhatStoodInDeletedTypesAsYjsDoes() throws IOException {
    assertThat(play("nested.ndjson.gz").operations()).isPositive();
  }

  private static RecordedSessions.Played play(String name) throws IOException {
    try (InputStream bytes = RecordedSessionsTest.class.getResourceAsStream(name);
        BufferedReader record =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Objects.requireNonNull(bytes)), StandardCharsets.UTF_8))) {
      return RecordedSessions.play(record);
    }
  }
}
