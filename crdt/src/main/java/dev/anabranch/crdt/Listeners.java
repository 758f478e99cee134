package dev.anabranch.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Those who want to hear of something, in the order in which they came.
final class Listeners<E> {
  private final List<Entry<E>> entries = new ArrayList<>(1);

  /// An object of its own per subscription, so that one listener may subscribe twice.
  private static final class Entry<E> {
    final Consumer<E> listener;

    Entry(Consumer<E> listener) {
      this.listener = listener;
    }
  }

  Subscription add(Consumer<E> listener) {
    Entry<E> entry = new Entry<>(listener);
    entries.add(entry);
    return () -> entries.remove(entry);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /// Tells everybody, also when one of them throws; then throws what the first one threw.
  void tell(E event) {
    Failures failures = new Failures();
    tell(event, failures);
    failures.rethrow();
  }

  /// Tells everybody who listens now; those who come meanwhile hear of the next event.
  void tell(E event, Failures failures) {
    if (entries.size() == 1) {
      failures.tell(entries.getFirst().listener, event);
      return;
    }
    for (Entry<E> entry : List.copyOf(entries)) {
      failures.tell(entry.listener, event);
    }
  }
}
