package dev.anabranch.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A program of these classes in a process of its own, which can be killed.
public final class JavaProcess implements AutoCloseable {

  private final Process process;
  private final Path log;

  private JavaProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  public static JavaProcess start(
      Path log, Map<String, String> environment, Class<?> program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    try {
      return new JavaProcess(builder.start(), log);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// What it has said.
  public String said() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Asks it to end, as Ctrl-C does.
  public void interrupt() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /// Ends it as power loss would: at once, without a word.
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join(); // its lock goes with it
  }
}
