package dev.anabranch.protocol.scope.server;

import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pushed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pushes whose answers have not left yet: they leave in the order of the pushes, whatever the
/// order in which they are known. Bounded by [ScopePolicy#pushesAnother].
final class PushQueue {
  private final SessionLink link;
  private final Deque<Place> places = new ArrayDeque<>(0);

  PushQueue(SessionLink link) {
    this.link = link;
  }

  int unanswered() {
    return places.size();
  }

  /// A place at the end, for the push with this ref.
  Place enter(@Nullable Ref ref) {
    Place place = new Place(ref);
    places.add(place);
    return place;
  }

  private void release() {
    for (Place first = places.peek(); first != null && first.known; first = places.peek()) {
      places.remove();
      if (first.outcomes != null) {
        link.send(new Pushed(first.outcomes, first.ref));
      }
    }
  }

  /// One push's place in the order.
  final class Place {
    private final @Nullable Ref ref;
    private @Nullable List<PushOutcome> outcomes;
    private boolean known;

    private Place(@Nullable Ref ref) {
      this.ref = ref;
    }

    /// The answer is known.
    void answer(List<PushOutcome> told) {
      outcomes = told;
      leave();
    }

    /// There is nothing (more) to say.
    void leave() {
      known = true;
      release();
    }
  }
}
