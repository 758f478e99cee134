package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders the bench makes and removes.
public final class Folders {
  private Folders() {}

  /// A new folder inside `parent`.
  public static Path make(Path parent, String name) {
    try {
      return Files.createTempDirectory(parent, name + "-");
    } catch (IOException e) {
      throw new BenchFailure("cannot make a folder", e);
    }
  }

  /// A new folder among the temporary ones.
  public static Path temporary() {
    try {
      return Files.createTempDirectory("anabranch-bench-");
    } catch (IOException e) {
      throw new BenchFailure("cannot make a folder", e);
    }
  }

  /// Removes a folder with what is in it.
  public static void remove(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      List<Path> paths = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new BenchFailure("cannot remove " + folder.getFileName(), e);
    }
  }
}
