package dev.anabranch.crdt;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lets several steps run although one throws, and throws the first exception at the end.
final class Failures {
  private @Nullable RuntimeException first;

  void run(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException thrown) {
      note(thrown);
    }
  }

  <E> void tell(Consumer<E> listener, E event) {
    try {
      listener.accept(event);
    } catch (RuntimeException thrown) {
      note(thrown);
    }
  }

  private void note(RuntimeException thrown) {
    if (first == null) {
      first = thrown;
    } else if (!first.equals(thrown)) {
      first.addSuppressed(thrown);
    }
  }

  void rethrow() {
    if (first != null) {
      throw first;
    }
  }
}
