package dev.anabranch.crdt;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Where the big editing traces are: too big for the repository, they stand beside the project.
///
/// Tests run in the module's folder or in the project's; both look at the same place. Another one
/// is named with `-Dcrdt.traces=<folder>`.
final class TraceFolder {
  private static final String BESIDE = "../shared/data/editing-traces";

  private TraceFolder() {}

  /// The file, or nothing and a sentence on the console: a clone has only what is in the
  /// repository.
  static Optional<Path> file(String name) {
    Optional<Path> file =
        Stream.of(System.getProperty("crdt.traces", BESIDE), BESIDE, "../" + BESIDE)
            .map(folder -> Path.of(folder, name))
            .filter(Files::isRegularFile)
            .findFirst();
    if (file.isEmpty()) {
      System.out.println(
          name
              + " is not played: it stands neither in "
              + BESIDE
              + " of the project"
              + " nor in -Dcrdt.traces.");
    }
    return file;
  }
}
