package dev.anabranch.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A terminal, as the program `script` makes one.
final class Terminal {

  private Terminal() {}

  /// Types a line for a shell on a terminal; what was shown there. The test is skipped, with the
  /// reason, where no terminal can be had.
  ///
  /// @param folder where it is typed
  /// @param path more folders of programs, looked through first
  static String typed(Path folder, Map<String, String> environment, Path path, String line)
      throws IOException, InterruptedException {
    assumeTrue(
        Packaged.isThere("script"), "skipped: script (Debian package bsdutils) is not installed");
    Path shown = folder.resolve("shown");
    ProcessBuilder builder =
        new ProcessBuilder("script", "--quiet", "--return", "--command", line, "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(shown.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().putAll(environment);
    builder.environment().put("PATH", path + ":" + System.getenv("PATH"));
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().put("TERM", "xterm");
    Process process = builder.start();
    assertThat(process.waitFor(300, TimeUnit.SECONDS)).as("the line ends: " + line).isTrue();
    return Files.readString(shown);
  }
}
