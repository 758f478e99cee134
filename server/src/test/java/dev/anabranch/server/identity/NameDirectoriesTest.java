package dev.anabranch.server.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.transport.JdkHttpCaller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Directories of names (NIP-05) that say nothing, or only half of what they have to say.
@Timeout(120)
class NameDirectoriesTest {

  private static final PublicKey ANN = SecretKey.generate(new Random(1)).publicKey();

  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Set<PublicKey>> named = new ArrayList<>();
  private final List<Boolean> all = new ArrayList<>();
  private final JdkHttpCaller caller = JdkHttpCaller.create(1024 * 1024, Optional.empty());

  @AfterEach
  void close() throws Exception {
    caller.close();
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /// A server that accepts, says this to everybody, and then nothing more.
  private int says(int port, String head) throws IOException {
    ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    ConcurrentLinkedQueue<Socket> peers = new ConcurrentLinkedQueue<>();
    Thread accepting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (true) {
                  Socket peer = server.accept();
                  peers.add(peer);
                  peer.getOutputStream().write(head.getBytes(UTF_8));
                  peer.getOutputStream().flush();
                }
              } catch (IOException closed) {
                assertThat(server.isClosed()).isTrue();
              }
            });
    open.add(() -> {
      server.close();
      accepting.join(); // only then the port is free
      for (Socket peer : peers) {
        peer.close();
      }
    });
    return server.getLocalPort();
  }

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private NameDirectories directories(int... ports) {
    List<URI> uris = new ArrayList<>();
    for (int port : ports) {
      uris.add(URI.create("http://127.0.0.1:" + port + "/.well-known/nostr.json"));
    }
    return new NameDirectories(
        caller,
        new NameMemory(folder),
        () -> uris,
        Duration.ofHours(1),
        System::nanoTime,
        (keys, isAll) -> {
          named.add(keys);
          all.add(isAll);
        });
  }

  @Test
  void aDirectoryThatNeverAnswersHoldsNobodyUpForGood() throws IOException {
    String names = "{\"names\":{\"ann\":\"" + ANN + "\"}}";
    int silent = says(0, "");
    int halfway = says(0, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"names\":");
    int good = says(0, answer(names));
    directories(silent, halfway, good).read();
    assertThat(named).containsExactly(Set.of(ANN));
    assertThat(all).containsExactly(true);
  }

  @Test
  void whatADirectorySaidBeforeCountsAfterARestartInWhichItIsSilent() throws Exception {
    int port = says(0, answer("{\"names\":{\"ann\":\"" + ANN + "\"}}"));
    directories(port).read();
    open.removeLast().close();
    says(port, "");
    directories(port).read();
    assertThat(named).containsExactly(Set.of(ANN), Set.of(ANN));
    assertThat(all).containsExactly(true, true);
  }
}
