package dev.anabranch.bench.contender;

import java.nio.file.Path;

/// A system that can be measured.
public interface Contender {
  /// As it stands in the table.
  String name();

  /// Starts it with empty files in `folder`.
  ///
  /// @throws dev.anabranch.bench.Unavailable if what it needs is not on this machine
  Running launch(Path folder);
}
