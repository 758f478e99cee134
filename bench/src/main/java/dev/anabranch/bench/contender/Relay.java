package dev.anabranch.bench.contender;

import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;

/// A Nostr relay that can be measured; it listens at `/`.
public interface Relay {
  /// As it stands in the table.
  String name();

  /// Starts it without events.
  ///
  /// @param folder empty, for its files
  /// @throws dev.anabranch.bench.failure.Unavailable if what it needs is not on this machine
  ServerProcess launch(Path folder);

  /// Anabranch's.
  static Relay of(Anabranch anabranch) {
    return new Relay() {
      @Override
      public String name() {
        return anabranch.name();
      }

      @Override
      public ServerProcess launch(Path folder) {
        return anabranch.launch(folder).server();
      }
    };
  }
}
