package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server as a process of its own: what other programs rely on.
class ServeProcessTest {

  @TempDir Path folder;

  /// A running command.
  private final class Child implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Child(Map<String, String> environment, String... arguments) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Anabranch.class.getName()));
      command.addAll(List.of(arguments));
      this.log = folder.resolve("log-" + arguments[0]);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      try {
        this.process = builder.start();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private String log() {
      try {
        return Files.readString(log, StandardCharsets.UTF_8);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private int exitCode() throws InterruptedException {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /// Waits for the address that a server leaves in its data folder.
  private String address(Child child) throws InterruptedException, IOException {
    Path file = folder.resolve("anabranch-data").resolve("address");
    for (int attempt = 0; attempt < 600; attempt++) {
      if (Files.exists(file) && Files.readString(file).endsWith("\n")) {
        return Files.readString(file).strip();
      }
      assertThat(child.process.isAlive()).as(child.log()).isTrue();
      child.process.waitFor(100, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("no address: " + child.log());
  }

  @Test
  void servesUntilItIsToldToStopAndEndsWithZeroLeavingASoundDatabase() throws Exception {
    try (Child serve = new Child(Map.of(), "serve", "--port", "0")) {
      Shell shell = new Shell().with("ANABRANCH_URL", address(serve));
      assertThat(shell.run("status").exitCode()).isZero();
      assertThat(shell.run("put", "org:1", "Note", "n", "a=1").exitCode()).isZero();
      serve.process.destroy();
      assertThat(serve.exitCode()).as(serve.log()).isZero();
      assertThat(serve.log()).contains("Anabranch serves on http://127.0.0.1:", "curl");
    }
    String data = folder.resolve("anabranch-data").toString();
    assertThat(Files.exists(folder.resolve("anabranch-data").resolve("address"))).isFalse();
    assertThat(new Shell().run("check", "--data", data).exitCode()).isZero();
  }

  @Test
  void saysInAtMostTenLinesWhatToTry() throws Exception {
    try (Child serve = new Child(Map.of("ANABRANCH_LOG__LEVEL", "warn"), "serve", "--port", "0")) {
      address(serve);
      serve.process.destroy();
      serve.exitCode();
      assertThat(serve.log().lines()).hasSizeLessThanOrEqualTo(10);
    }
  }

  @Test
  void whatItAcknowledgedSurvivesAKill() throws Exception {
    try (Child serve = new Child(Map.of(), "serve", "--port", "0")) {
      Shell shell = new Shell().with("ANABRANCH_URL", address(serve));
      assertThat(shell.run("put", "org:1", "Note", "n", "a=1").exitCode()).isZero();
      serve.process.destroyForcibly();
      serve.process.waitFor();
    }
    String data = folder.resolve("anabranch-data").toString();
    Shell.Result check = new Shell().run("check", "--data", data);
    assertThat(check.exitCode()).isZero();
    assertThat(check.out()).contains("1 changes in 1 scopes");
  }

  @Test
  void aSecondServerOnTheSameFolderEndsWithAClearSentence() throws Exception {
    try (Child first = new Child(Map.of(), "serve", "--port", "0")) {
      address(first);
      Shell.Result second =
          new Shell()
              .run("serve", "--port", "0", "--data", folder.resolve("anabranch-data").toString());
      assertThat(second.exitCode()).isEqualTo(3);
      assertThat(second.err()).contains("in use");
    }
  }

  @Test
  void aTakenPortAndABadConfigurationEndWithAClearSentence() throws Exception {
    try (Child first = new Child(Map.of(), "serve", "--port", "0")) {
      String port = address(first).replaceAll(".*:", "");
      String other = folder.resolve("other").toString();
      Shell.Result taken = new Shell().run("serve", "--port", port, "--data", other);
      assertThat(taken.exitCode()).isEqualTo(3);
      assertThat(taken.err()).contains("cannot listen on 127.0.0.1:" + port, "--port");
      Shell.Result open = new Shell().run("serve", "--host", "0.0.0.0", "--data", other);
      assertThat(open.exitCode()).isEqualTo(2);
      assertThat(open.err()).contains("open to everybody");
      Path file = Files.writeString(folder.resolve("a.toml"), "[server]\nprot = 1\n");
      Shell.Result slip = new Shell().run("serve", "--config", file.toString());
      assertThat(slip.exitCode()).isEqualTo(2);
      assertThat(slip.err()).contains("did you mean port?");
    }
  }

  @Test
  void aLogForProgramsStandsAlone() throws Exception {
    try (Child serve = new Child(Map.of("ANABRANCH_LOG__FORMAT", "json"), "serve", "--port", "0")) {
      address(serve);
      serve.process.destroy();
      serve.exitCode();
      assertThat(serve.log().lines()).isNotEmpty().allMatch(line -> line.startsWith("{"));
    }
  }

  private String served(Path data, String... put) throws Exception {
    try (Child serve = new Child(Map.of(), "serve", "--port", "0", "--data", data.toString())) {
      String url = address(serve);
      if (put.length > 0) {
        assertThat(new Shell().with("ANABRANCH_URL", url).run(put).exitCode()).isZero();
      }
      serve.process.destroy();
      assertThat(serve.exitCode()).as(serve.log()).isZero();
      return serve.log();
    }
  }

  @Test
  void aFileOfModelsThatDeclaresLessThanWhatShipsIsToldAtTheStart() throws Exception {
    Path data = folder.resolve("anabranch-data");
    assertThat(served(data, "put", "org:1", "messages", "m", "content=Hello"))
        .doesNotContain("models.toml");

    Files.writeString(data.resolve("models.toml"), "[models.Message]\naliases = [\"messages\"]\n");
    assertThat(served(data))
        .contains("does not declare Agent, CodeChange, Payment:")
        .doesNotContain("no longer declares");

    Files.writeString(data.resolve("models.toml"), "[models.Note]\n");
    assertThat(served(data))
        .contains("does not declare Agent, CodeChange, Message, Payment:")
        .contains("no longer declares Message, of which there are entities", "anabranch models");
    assertThat(served(data)).doesNotContain("no longer declares");

    Files.writeString(data.resolve("models.toml"), new Shell().run("models").out());
    assertThat(served(data)).doesNotContain("models.toml");
  }

  @Test
  void aFileIsNoDataFolder() throws Exception {
    String file = Files.writeString(folder.resolve("data.txt"), "words").toString();
    for (String[] command :
        new String[][] {{"serve", "--port", "0"}, {"token", "create", "ann"}, {"check"}}) {
      Shell.Result refused =
          new Shell()
              .run(
                  Stream.concat(Stream.of(command), Stream.of("--data", file))
                      .toArray(String[]::new));
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains(file + " is a file", "--data");
    }
  }

  @Test
  void aHostThatIsNotThisMachineIsSaidToBeNone() {
    String data = folder.resolve("elsewhere").toString();
    Shell.Result elsewhere =
        new Shell()
            .with("ANABRANCH_AUTH__MODE", "token")
            .run("serve", "--host", "192.0.2.1", "--port", "0", "--data", data);
    assertThat(elsewhere.exitCode()).isEqualTo(3);
    assertThat(elsewhere.err())
        .contains("192.0.2.1 is none of this machine's addresses", "--host")
        .doesNotContain("--port");
  }

  @Test
  void aCertificateThatCannotBeUsedIsAMistakeOfTheConfiguration() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    String data = folder.resolve("certified").toString();
    Shell shell = new Shell().with("ANABRANCH_TLS__PRIVATE_KEY", empty.toString());

    Shell.Result absent =
        shell
            .with("ANABRANCH_TLS__CERTIFICATES", folder.resolve("nope.pem").toString())
            .run("serve", "--port", "0", "--data", data);
    assertThat(absent.exitCode()).isEqualTo(2);
    assertThat(absent.err())
        .contains("[tls]", "there is no file " + folder.resolve("nope.pem"), "PEM")
        .doesNotContain("--port");
    Shell.Result useless =
        shell
            .with("ANABRANCH_TLS__CERTIFICATES", empty.toString())
            .run("serve", "--port", "0", "--data", data);
    assertThat(useless.exitCode()).isEqualTo(2);
    assertThat(useless.err()).contains("[tls]", "holds no certificate").doesNotContain("--port");
  }
}
