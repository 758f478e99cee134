package dev.anabranch.cli.editors;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The pages with the editors, built by npm in a folder of their own.
final class EditorPages {

  private static final Path SOURCES = Path.of("src/test/js/editors");
  private static final Path BUILT = Path.of("target/editors");
  private static final int INSTALL_MINUTES_MAX = 5;

  private EditorPages() {}

  /// Chromium, where it stands; empty = it is not installed.
  static Optional<Path> chromium() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .flatMap(folder ->
            Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Whether a program answers.
  static boolean isInstalled(String program) throws InterruptedException {
    return isRunning(Path.of("."), program, "--version");
  }

  /// Builds the pages.
  ///
  /// @return the folder with the script that drives them; empty = npm cannot install them here
  static Optional<Path> build() throws IOException, InterruptedException {
    copySources();
    boolean isReady =
        Files.isDirectory(BUILT.resolve("node_modules/vite"))
            || isRunning(BUILT, "npm", "ci", "--no-audit", "--no-fund");
    return isReady && isRunning(BUILT, "npm", "run", "build")
        ? Optional.of(BUILT)
        : Optional.empty();
  }

  private static void copySources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(EditorPages::isSource).toList()) {
        Path copy = BUILT.resolve(SOURCES.relativize(file).toString());
        Files.createDirectories(copy.resolve("..").normalize());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static boolean isSource(Path file) {
    String inside = SOURCES.relativize(file).toString();
    return Files.isRegularFile(file)
        && !inside.startsWith("node_modules")
        && !inside.startsWith("dist");
  }

  private static boolean isRunning(Path folder, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      String said;
      try (InputStream out = process.getInputStream()) {
        said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      }
      boolean fine =
          process.waitFor(INSTALL_MINUTES_MAX, TimeUnit.MINUTES) && process.exitValue() == 0;
      if (!fine) {
        System.out.println(String.join(" ", command) + ": " + said);
      }
      return fine;
    } catch (IOException notThere) {
      System.out.println(String.join(" ", command) + ": " + notThere.getMessage());
      return false;
    }
  }
}
