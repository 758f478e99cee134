package dev.anabranch.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Recorded real input, which stands beside the project where it is to be had: `../shared/data`.
///
/// A fresh clone does without it: what wants it is skipped there, and `.ci/run` names it at its
/// end.
public final class RealInput {

  /// How the reason of a skipped test begins; `.ci/run` lets these pass, and no others.
  private static final String REASON = "real input not here: ";

  private RealInput() {}

  /// A file of it. When it is not there, the test is skipped and standard output is told so.
  ///
  /// @param name its path below `data`
  public static Path file(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = parent(folder)) {
      Path file = folder.resolve("shared/data").resolve(name);
      if (Files.isReadable(file)) {
        return file;
      }
    }
    String reason = REASON + "shared/data/" + name + " stands beside no folder above";
    System.out.println(reason);
    return Assumptions.abort(reason);
  }

  private static @Nullable Path parent(Path folder) {
    return folder.getParent();
  }
}
