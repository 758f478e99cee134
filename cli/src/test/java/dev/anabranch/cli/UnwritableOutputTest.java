package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands whose results arrive nowhere: the disk is full, or who read them has gone.
@Timeout(120)
class UnwritableOutputTest {

  private static final String SCOPE = "org:1";
  private static final String FULL = "No space left on device";
  private static final String GONE = "Broken pipe";

  @TempDir Path folder;

  private final Shell shell = new Shell();
  private String data = "";
  private Optional<RunningServer> server = Optional.empty();

  @BeforeEach
  void serve() {
    data = folder.resolve("data").toString();
    RunningServer running =
        Server.start(
            new ConfigurationSource()
                .flag("server.port", Optional.of(0))
                .flag("server.data", Optional.of(data))
                .read());
    server = Optional.of(running);
    shell.with("ANABRANCH_URL", running.uri().toString());
    shell.run("put", SCOPE, "Note", "a", "t=1");
    shell.run("put", SCOPE, "Note", "b", "t=2");
    String key = key();
    assertThat(shell.run("nostr", "publish", "--key-file", key, "--content", "x").exitCode())
        .isZero();
  }

  private String key() {
    String key = folder.resolve("me.key").toString();
    assertThat(shell.run("nostr", "keygen", key).exitCode()).isZero();
    return key;
  }

  @AfterEach
  void stop() {
    server.ifPresent(RunningServer::close);
    server = Optional.empty();
  }

  /// Takes some writes and then none.
  private static final class Broken extends OutputStream {

    private final String reason;
    private int room;

    Broken(String reason, int room) {
      this.reason = reason;
      this.room = room;
    }

    @Override
    public void write(int octet) throws IOException {
      throw new IOException(reason);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      room--;
      if (room < 0) {
        throw new IOException(reason);
      }
    }
  }

  private Shell.Result full(String... words) {
    return shell.runInto(new Broken(FULL, 0), words);
  }

  private void saysThatTheDiskIsFull(String... words) {
    Shell.Result result = full(words);
    assertThat(result.exitCode()).as("%s: %s", List.of(words), result.err()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo("anabranch: standard output cannot be written: " + FULL + "\n");
  }

  @Test
  void aFullDiskEndsEveryCommandWithItsReason() {
    saysThatTheDiskIsFull("get", SCOPE, "Note", "a");
    saysThatTheDiskIsFull("log", SCOPE);
    saysThatTheDiskIsFull("snapshot", SCOPE);
    saysThatTheDiskIsFull("tail", SCOPE, "--after", "0");
    saysThatTheDiskIsFull("status", "--json");
    saysThatTheDiskIsFull("nostr", "req", "--stored");
    saysThatTheDiskIsFull("nostr", "export");
    saysThatTheDiskIsFull(
        "nostr", "publish", "--key-file", folder.resolve("me.key").toString(), "--content", "y");
    saysThatTheDiskIsFull("help", "errors");
    saysThatTheDiskIsFull("put", "--help");
    stop();
    saysThatTheDiskIsFull("export", "--data", data);
    saysThatTheDiskIsFull("nostr", "export", "--data", data);
    saysThatTheDiskIsFull("check", "--data", data);
  }

  @Test
  void aTokenWhoseSecretIsLostIsNamedSoThatItCanBeEnded() {
    for (List<String> where : List.of(List.<String>of(), List.of("--data", data))) {
      List<String> words =
          Stream.concat(Stream.of("token", "create", "ann"), where.stream()).toList();
      Shell.Result lost = full(words.toArray(String[]::new));
      assertThat(lost.exitCode()).isEqualTo(1);
      assertThat(lost.err())
          .hasLineCount(1)
          .contains(FULL, "its secret is lost")
          .containsPattern(
              "`anabranch token revoke [a-z0-9]+"
                  + (where.isEmpty() ? "" : " --data .*data")
                  + "`");
      String id = lost.err().replaceFirst("(?s).*token revoke ([a-z0-9]+).*", "$1");
      assertThat(shell.run("token", "revoke", id, "--data", data).exitCode()).isZero();
    }
  }

  @Test
  void aReaderThatHasEnoughIsNoFailure() {
    for (List<String> words :
        List.of(
            List.of("log", SCOPE),
            List.of("snapshot", SCOPE),
            List.of("get", SCOPE, "Note", "a"),
            List.of("nostr", "req", "--stored"))) {
      Shell.Result result = shell.runInto(new Broken(GONE, 0), words.toArray(String[]::new));
      assertThat(result.exitCode()).as("%s", words).isZero();
      assertThat(result.err()).as("%s", words).isEmpty();
    }
  }

  @Test
  void tailEndsAtTheNextLineAfterItsReaderHasGone() {
    Shell.Result tail = shell.runInto(new Broken(GONE, 1), "tail", SCOPE, "--after", "0");
    assertThat(tail.exitCode()).isZero();
    assertThat(tail.err()).isEmpty();
  }
}
