package dev.anabranch.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Recorded real input, which stands beside the project where it is to be had: `../shared/data`.
///
/// A fresh clone does without it.
public final class RealInput {

  private RealInput() {}

  /// A file of it; when it is not there, standard output is told that it was not played.
  ///
  /// @param name its path below `data`
  public static Optional<Path> file(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = parent(folder)) {
      Path file = folder.resolve("shared/data").resolve(name);
      if (Files.isReadable(file)) {
        return Optional.of(file);
      }
    }
    System.out.println("not played: no shared/data/" + name + " beside the project");
    return Optional.empty();
  }

  private static @Nullable Path parent(Path folder) {
    return folder.getParent();
  }
}
