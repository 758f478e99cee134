package dev.anabranch.bench.contender;

import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.ServerProcess;
import java.time.Duration;

/// A system under measurement, running, in its own words.
///
/// A *scope* is whatever it calls the thing that one subscribes to: a scope, a path, a database.
public interface Running extends AutoCloseable {
  /// Its process.
  ServerProcess server();

  /// Makes a scope, where that takes a call.
  default void prepare(String scope) {}

  /// How a socket begins that receives every change of `scope` from now on.
  Opening reader(String scope);

  /// How a socket begins that writes to `scope`.
  Opening writer(String scope);

  /// How writes are answered.
  Exchange exchange();

  /// Writes of `dataBytes` bytes each, every one a new entity of `scope`.
  WriteTemplate writes(String scope, int dataBytes);

  /// How long new readers need before they surely see the next change.
  default Duration settling() {
    return Duration.ofMillis(300);
  }

  @Override
  default void close() {
    server().close();
  }
}
