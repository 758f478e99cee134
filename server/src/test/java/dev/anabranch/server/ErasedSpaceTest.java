package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What retention erases makes room for what comes next.
@Timeout(120)
class ErasedSpaceTest {

  private static final int ROUNDS = 4;
  private static final int EVENTS = 80;
  private static final int CHARACTERS = 60_000;

  @TempDir Path folder;

  @Test
  void theDatabaseOfARelayThatKeepsNothingForLongStaysSmall() throws IOException {
    long bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      bytes = bytesAfterFillingAndErasing(round);
    }
    assertThat(bytes).isLessThan((long) ROUNDS * EVENTS * CHARACTERS / 2);
  }

  /// Fills a server's database, waits until retention has erased all but one event, and closes it.
  private long bytesAfterFillingAndErasing(int round) throws IOException {
    Path file = folder.resolve("anabranch.toml");
    Files.writeString(
        file,
        """
        [nostr]
        retention_every_seconds = 1
        [[nostr.retention]]
        keep_events = 1
        """);
    ConfigurationSource source =
        new ConfigurationSource()
            .file(file)
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(folder.toString()));
    Path data = folder.resolve("data");
    Random random = new Random(round);
    try (Served served =
            Served.open(source.read(), () -> Storage.open(StorageConfiguration.folder(data)));
        NostrClient client = NostrClient.of(served)) {
      for (int index = 0; index < EVENTS; index++) {
        client.publish(event(key(1), 1, NOW + index, text(random)));
      }
      while (client.ids("{\"kinds\":[1]}").size() > 1) {
        NostrClient.pause();
      }
    }
    return Files.size(data.resolve("anabranch.db")) + Files.size(data.resolve("marks.db"));
  }

  /// Letters that no compression makes much smaller.
  private static String text(Random random) {
    StringBuilder text = new StringBuilder(CHARACTERS);
    random.ints(CHARACTERS, 'a', 'z' + 1).forEach(letter -> text.append((char) letter));
    return text.toString();
  }
}
