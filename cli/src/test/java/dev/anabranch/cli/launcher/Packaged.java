package dev.anabranch.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The program as Maven has packaged it, behind the launcher that ships: `./anabranch` in a folder
/// of the test. No source there is newer than the build, so that it is this build that runs.
final class Packaged implements AutoCloseable {

  private static final Path BUILT = Path.of("target").toAbsolutePath();

  private final Path folder;
  private final Map<String, String> environment =
      Map.of("JAVA_HOME", System.getProperty("java.home"), "ANABRANCH_AOT", "off");

  private Packaged(Path folder) {
    this.folder = folder;
  }

  static Packaged in(Path folder) throws IOException {
    assertThat(BUILT.resolve("anabranch.jar")).as("mvn verify packages it first").exists();
    Files.copy(
        Path.of("..", "anabranch"),
        folder.resolve("anabranch"),
        StandardCopyOption.COPY_ATTRIBUTES);
    for (String module : List.of("cli", "protocols/scope")) {
      Files.createDirectories(folder.resolve(module).resolve("src/main"));
      Files.writeString(folder.resolve(module).resolve("pom.xml"), "");
    }
    Files.writeString(folder.resolve("pom.xml"), "");
    Path launcher = Files.createDirectories(folder.resolve("target/launcher"));
    Files.createSymbolicLink(launcher.resolve("current"), BUILT);
    Files.writeString(launcher.resolve("built"), "");
    return new Packaged(folder);
  }

  Map<String, String> environment() {
    return environment;
  }

  /// Starts a program in the folder.
  Process started(Path output, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ANABRANCH_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /// Types lines into a shell, which ends at the first that fails; what they said.
  String typed(String lines) throws IOException, InterruptedException {
    Path output = folder.resolve("said");
    Process shell = started(output, "bash", "-euo", "pipefail", "-c", lines);
    try {
      assertThat(shell.waitFor(300, TimeUnit.SECONDS)).as("it comes to its end").isTrue();
      String said = Files.readString(output);
      assertThat(shell.exitValue()).as(said).isZero();
      return said;
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }
  }

  /// A server with the usual data folder.
  Serving serve() throws IOException, InterruptedException {
    Path output = folder.resolve("served");
    Process process = started(output, "./anabranch", "serve", "--port", "0");
    Path file = folder.resolve("anabranch-data").resolve("address");
    for (int attempt = 0; attempt < 1_200 && process.isAlive(); attempt++) {
      if (Files.exists(file) && Files.readString(file).endsWith("\n")) {
        return new Serving(process, Files.readString(file).strip());
      }
      boolean unused = process.waitFor(100, TimeUnit.MILLISECONDS);
    }
    process.destroyForcibly();
    throw new AssertionError("no address: " + Files.readString(output));
  }

  /// A server that runs.
  record Serving(Process process, String url) implements AutoCloseable {

    /// Asks it to end; its exit status.
    int stop() throws InterruptedException {
      process.destroy();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the server ends").isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /// Takes the link out of the test's folder away, on which JUnit would remark.
  @Override
  public void close() throws IOException {
    Files.delete(folder.resolve("target/launcher/current"));
  }

  static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }
}
