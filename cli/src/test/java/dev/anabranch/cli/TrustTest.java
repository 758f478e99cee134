package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.Anabranch;
import dev.anabranch.client.ClientSettings;
import dev.anabranch.client.Fields;
import dev.anabranch.client.signed.SignedClientSettings;
import dev.anabranch.client.signed.SignedEntityClient;
import dev.anabranch.client.signed.SignedOutcome;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that signed its own certificate, asked by a command and by a client.
class TrustTest {

  private static final String PASSWORD = "only for this test";

  @TempDir Path folder;

  private Path certificate = Path.of("");
  private RunningServer server;

  @BeforeEach
  void serve() throws IOException, InterruptedException, GeneralSecurityException {
    certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    writePair(certificate, key);
    server =
        Server.start(
            new ConfigurationSource()
                .flag("server.port", Optional.of(0))
                .flag("server.data", Optional.of(folder.resolve("data").toString()))
                .flag("tls.certificates", Optional.of(certificate.toString()))
                .flag("tls.private_key", Optional.of(key.toString()))
                .read());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aCommandTrustsTheCertificatesItIsGivenAndNoOthers() throws IOException {
    Shell shell = new Shell().with("ANABRANCH_URL", server.uri().toString());
    String[] put = {"put", "org:1", "Note", "a", "t=1"};
    assertThat(shell.run(put).exitCode()).isEqualTo(3);
    Shell.Result trusted =
        shell.run("put", "org:1", "Note", "a", "t=1", "--ca", certificate.toString());
    assertThat(trusted.exitCode()).as(trusted.err()).isZero();
    assertThat(shell.with("ANABRANCH_CA", certificate.toString()).run(put).exitCode()).isZero();

    Path none = Files.writeString(folder.resolve("none.pem"), "nothing of this kind");
    Shell.Result useless = shell.run("status", "--ca", none.toString());
    assertThat(useless.exitCode()).isEqualTo(2);
    assertThat(useless.err()).contains("none.pem");
    Shell.Result absent = shell.run("status", "--ca", folder.resolve("nope.pem").toString());
    assertThat(absent.exitCode()).isEqualTo(2);
    assertThat(absent.err()).contains("there is no file " + folder.resolve("nope.pem"));
  }

  @Test
  void whoForgetsToEncryptIsToldSo() {
    String plain = server.uri().toString().replace("https", "http");
    for (String[] command : new String[][] {{"status"}, {"get", "org:1", "Note", "a"}}) {
      Shell.Result told = new Shell().with("ANABRANCH_URL", plain).run(command);
      assertThat(told.exitCode()).isEqualTo(3);
      assertThat(told.err()).contains("tls_required", "use https").hasLineCount(1);
    }
  }

  @Test
  void aClientTrustsTheCertificatesItIsGiven() throws InterruptedException {
    ClientSettings settings = ClientSettings.of(server.uri().toString()).withTrusted(certificate);
    try (Anabranch client = Anabranch.open(settings, folder.resolve("replica.db"))) {
      client.scope("org:1").put("Note", "b", Fields.fields("t", "2"));
      assertThat(client.awaitQuiet(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void aSignedClientTrustsTheCertificatesItIsGivenAndNoOthers() {
    SignedClientSettings settings =
        SignedClientSettings.of(server.uri().toString(), SecretKey.generate(new Random(1)));
    try (SignedEntityClient client =
        SignedEntityClient.open(settings, folder.resolve("distrusts.db"))) {
      client.connect();
      await().until(() -> client.state().equals("waiting"));
      assertThat(client.detail()).contains("the connection failed");
    }
    try (SignedEntityClient client =
        SignedEntityClient.open(settings.withTrusted(certificate), folder.resolve("trusts.db"))) {
      client.connect();
      var written = client.syncEntity(EntityKind.CHAT, EntityAction.CREATE, "c1", JsonObject.EMPTY);
      assertThat(client.settle(Duration.ofSeconds(30))).as(client.detail()).isTrue();
      assertThat(written.toCompletableFuture())
          .succeedsWithin(Duration.ofSeconds(30))
          .isInstanceOf(SignedOutcome.Accepted.class);
    }
  }

  private void writePair(Path certificate, Path key)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("pair.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore pair = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      pair.load(in, PASSWORD.toCharArray());
    }
    write(certificate, "CERTIFICATE", pair.getCertificate("server").getEncoded());
    write(key, "PRIVATE KEY", pair.getKey("server", PASSWORD.toCharArray()).getEncoded());
  }

  private static void write(Path file, String what, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }
}
