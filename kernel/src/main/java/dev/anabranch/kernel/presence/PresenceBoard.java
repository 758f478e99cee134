package dev.anabranch.kernel.presence;

import dev.anabranch.kernel.log.ScopeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Who is present where: the last value per place, each with a time to live; bounded per scope and
/// in all (K11).
///
/// Pure and confined to one thread; time is a parameter.
public final class PresenceBoard {

  private final int perScopeMax;
  private final int placesMax;
  private final Map<ScopeName, Map<Present.Place, Present>> scopes = new HashMap<>();
  private final NavigableMap<Long, Set<Present.Place>> byExpiry = new TreeMap<>();
  private int size;

  /// An empty board.
  ///
  /// @param perScopeMax the most places of one scope
  /// @param placesMax the most places of all scopes together
  public PresenceBoard(int perScopeMax, int placesMax) {
    this.perScopeMax = perScopeMax;
    this.placesMax = placesMax;
  }

  /// Puts a value in its place, or takes the place away when the value is null.
  ///
  /// @return whether it was taken; false when the scope or the board is full
  public boolean put(Present present) {
    Map<Present.Place, Present> places = places(present.at().scope());
    if (present.value() == null) {
      take(present.at());
      return true;
    }
    if (!places.containsKey(present.at()) && (places.size() >= perScopeMax || size >= placesMax)) {
      return false;
    }
    // A place that is kept keeps its rank: whoever was there first is told first.
    Present before =
        scopes
            .computeIfAbsent(present.at().scope(), ignored -> new LinkedHashMap<>())
            .put(present.at(), present);
    if (before == null) {
      size++;
    } else {
      forgetExpiry(before);
    }
    byExpiry
        .computeIfAbsent(present.expiresAt(), ignored -> new LinkedHashSet<>())
        .add(present.at());
    return true;
  }

  /// In how many places somebody is present.
  public int size() {
    return size;
  }

  /// Everybody present in a scope.
  public List<Present> in(ScopeName scope) {
    return List.copyOf(places(scope).values());
  }

  /// Takes away what has expired.
  ///
  /// @return the places that are empty now, as values that say so
  public List<Present> expire(long nowMillis) {
    List<Present> gone = new ArrayList<>();
    while (nextExpiry() <= nowMillis) {
      Present expired = take(byExpiry.firstEntry().getValue().iterator().next());
      if (expired != null) {
        gone.add(new Present(expired.at(), expired.principal(), null, nowMillis));
      }
    }
    return gone;
  }

  /// When the next value expires, in milliseconds since 1970; `Long.MAX_VALUE` = never.
  public long nextExpiry() {
    return byExpiry.isEmpty() ? Long.MAX_VALUE : byExpiry.firstKey();
  }

  private Map<Present.Place, Present> places(ScopeName scope) {
    return scopes.getOrDefault(scope, Map.of());
  }

  private @Nullable Present take(Present.Place place) {
    Map<Present.Place, Present> places = places(place.scope());
    if (!places.containsKey(place)) {
      return null;
    }
    Present taken = places.remove(place);
    size--;
    if (places.isEmpty()) {
      scopes.remove(place.scope());
    }
    forgetExpiry(taken);
    return taken;
  }

  private void forgetExpiry(Present present) {
    Set<Present.Place> together = byExpiry.getOrDefault(present.expiresAt(), Set.of());
    together.remove(present.at());
    if (together.isEmpty()) {
      byExpiry.remove(present.expiresAt());
    }
  }
}
