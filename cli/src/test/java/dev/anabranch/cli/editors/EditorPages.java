package dev.anabranch.cli.editors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.testkit.NpmFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// The pages with the editors, built by npm in a folder of their own.
final class EditorPages {

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

  /// Builds the pages, or skips the test where npm cannot have the editors.
  static NpmFolder build() throws IOException, InterruptedException {
    NpmFolder npm = NpmFolder.installed("src/test/js/editors", "target/editors");
    assertThat(npm.isRunning("npm", "run", "build")).isTrue();
    return npm;
  }
}
