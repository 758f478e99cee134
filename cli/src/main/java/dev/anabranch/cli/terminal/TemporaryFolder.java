package dev.anabranch.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder that is gone, with everything in it, when it is closed.
///
/// @param path where it is
public record TemporaryFolder(Path path) implements AutoCloseable {

  /// A new one among the machine's temporary files.
  ///
  /// @param name how its name begins
  public static TemporaryFolder named(String name) throws IOException {
    return new TemporaryFolder(Files.createTempDirectory(name));
  }

  @Override
  public void close() throws IOException {
    List<Path> entries;
    try (Stream<Path> found = Files.walk(path)) {
      entries = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.deleteIfExists(entry);
    }
  }
}
