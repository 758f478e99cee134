package dev.anabranch.kernel.presence;

import dev.anabranch.kernel.log.ScopeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Who is present where: the last value per place, each with a time to live; bounded per scope
/// (K11).
///
/// Pure and confined to one thread; time is a parameter.
public final class PresenceBoard {

  private final int perScopeMax;
  private final Map<ScopeName, Map<Present.Place, Present>> scopes = new HashMap<>();
  private final PriorityQueue<Present> byExpiry =
      new PriorityQueue<>((one, other) -> Long.compare(one.expiresAt(), other.expiresAt()));

  /// An empty board.
  ///
  /// @param perScopeMax the most places of one scope
  public PresenceBoard(int perScopeMax) {
    this.perScopeMax = perScopeMax;
  }

  /// Puts a value in its place, or takes the place away when the value is null.
  ///
  /// @return whether it was taken; false when the scope is full
  public boolean put(Present present) {
    Map<Present.Place, Present> places =
        scopes.computeIfAbsent(present.at().scope(), ignored -> new LinkedHashMap<>());
    if (present.value() == null) {
      places.remove(present.at());
    } else if (!places.containsKey(present.at()) && places.size() >= perScopeMax) {
      return false;
    } else {
      places.put(present.at(), present);
      byExpiry.add(present);
    }
    if (places.isEmpty()) {
      scopes.remove(present.at().scope());
    }
    return true;
  }

  /// Everybody present in a scope.
  public List<Present> in(ScopeName scope) {
    return List.copyOf(scopes.getOrDefault(scope, Map.of()).values());
  }

  /// Takes away what has expired.
  ///
  /// @return the places that are empty now, as values that say so
  public List<Present> expire(long nowMillis) {
    List<Present> gone = new ArrayList<>();
    while (!byExpiry.isEmpty() && byExpiry.peek().expiresAt() <= nowMillis) {
      Present expired = byExpiry.poll();
      Map<Present.Place, Present> places = scopes.get(expired.at().scope());
      if (places != null && places.remove(expired.at(), expired)) {
        gone.add(new Present(expired.at(), expired.principal(), null, nowMillis));
        if (places.isEmpty()) {
          scopes.remove(expired.at().scope());
        }
      }
    }
    return gone;
  }

  /// When the next value expires, in milliseconds since 1970; `Long.MAX_VALUE` = never.
  public long nextExpiry() {
    Present next = byExpiry.peek();
    return next == null ? Long.MAX_VALUE : next.expiresAt();
  }
}
