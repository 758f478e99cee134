package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.NpmFolder;
import dev.anabranch.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that nobody here wrote, against a whole server.
class OutsideRelayClientsTest {

  private static final SecretKey ADMINISTRATOR = NostrClient.key(9);

  @TempDir Path folder;

  private final NpmFolder npm =
      NpmFolder.installed("src/test/relay-clients", "target/relay-clients");

  OutsideRelayClientsTest() throws IOException, InterruptedException {}

  private StoreOpener sqlite() {
    return () -> Storage.open(StorageConfiguration.folder(folder));
  }

  private void isContent(String script, StoreOpener store) throws Exception {
    Map<String, String> settings = Map.of("nostr.administrators", ADMINISTRATOR.publicKey().hex());
    try (Served served = Served.open(settings, store)) {
      String url = served.uri("/").toString().replaceFirst("^http", "ws");
      assertThat(npm.run(script, url, Hex.of(ADMINISTRATOR.secretBytes()))).contains("is content");
    }
  }

  @Test
  void nostrToolsPublishesFindsAndHearsOnSqlite() throws Exception {
    isContent("nostr-tools.mjs", sqlite());
  }

  @Test
  void nostrToolsPublishesFindsAndHearsOnPostgres() throws Exception {
    StorageConfiguration postgres = StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
    isContent("nostr-tools.mjs", () -> Storage.open(postgres));
  }

  @Test
  void nostrToolsReconcilesAdministersAndVanishesOnSqlite() throws Exception {
    isContent("nostr-tools-more.mjs", sqlite());
  }

  @Test
  void nostrToolsReconcilesAdministersAndVanishesOnPostgres() throws Exception {
    StorageConfiguration postgres = StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
    isContent("nostr-tools-more.mjs", () -> Storage.open(postgres));
  }

  @Test
  void aChatOfNostrToolsIsAChatAndWhatHttpSaysIsHeardOnSqlite() throws Exception {
    isContent("seed-kinds.mjs", sqlite());
  }

  @Test
  void aChatOfNostrToolsIsAChatAndWhatHttpSaysIsHeardOnPostgres() throws Exception {
    StorageConfiguration postgres = StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
    isContent("seed-kinds.mjs", () -> Storage.open(postgres));
  }

  @Test
  void ndkPublishesFindsAndHears() throws Exception {
    isContent("ndk.mjs", sqlite());
  }

  @Test
  void nostrifyPublishesFindsAndHears() throws Exception {
    isContent("nostrify.mjs", sqlite());
  }

  @Test
  void nostrFetchPagesThroughEverything() throws Exception {
    isContent("nostr-fetch.mjs", sqlite());
  }

  @Test
  void rustNostrHearsFindsReconcilesAndDeletes() throws Exception {
    isContent("rust-nostr.mjs", sqlite());
  }
}
