package dev.anabranch.kernel.presence;

import dev.anabranch.kernel.log.PrincipalId;
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

/// Who is present where: the last value per place, each with a time to live; bounded per scope, per
/// principal and in all (K11).
///
/// A principal's share is what keeps room for the others: places cost nothing but saying so.
///
/// Pure and confined to one thread; time is a parameter.
public final class PresenceBoard {

  /// What became of a value.
  public enum Verdict {
    /// It is in its place, or the place is empty now.
    TAKEN,
    /// The scope has no room for another place.
    SCOPE_FULL,
    /// The principal is present in as many places as one may be.
    SHARE_USED_UP,
    /// There is no room for another place in any scope.
    BOARD_FULL
  }

  private final int perScopeMax;
  private final int perPrincipalMax;
  private final int placesMax;
  private final Map<ScopeName, Map<Present.Place, Present>> scopes = new HashMap<>();
  private final NavigableMap<Long, Set<Present.Place>> byExpiry = new TreeMap<>();
  private final Map<PrincipalId, Integer> shares = new HashMap<>();
  private int size;

  /// An empty board.
  ///
  /// @param perScopeMax the most places of one scope
  /// @param perPrincipalMax the most places of one principal, in all scopes together
  /// @param placesMax the most places of all scopes together
  public PresenceBoard(int perScopeMax, int perPrincipalMax, int placesMax) {
    this.perScopeMax = perScopeMax;
    this.perPrincipalMax = perPrincipalMax;
    this.placesMax = placesMax;
  }

  /// Puts a value in its place, or takes the place away when the value is null. What finds no room
  /// changes nothing.
  ///
  /// @param present nothing that is said once
  public Verdict put(Present present) {
    if (present.isOnce()) {
      throw new IllegalArgumentException(present + " has no place");
    }
    if (present.value() == null) {
      take(present.at());
      return Verdict.TAKEN;
    }
    Verdict verdict = verdict(present);
    if (verdict == Verdict.TAKEN) {
      keep(present);
    }
    return verdict;
  }

  private Verdict verdict(Present present) {
    Map<Present.Place, Present> places = places(present.at().scope());
    Present before = places.get(present.at());
    boolean gains = before == null || !before.principal().equals(present.principal());
    if (gains && shares.getOrDefault(present.principal(), 0) >= perPrincipalMax) {
      return Verdict.SHARE_USED_UP;
    }
    if (before == null && places.size() >= perScopeMax) {
      return Verdict.SCOPE_FULL;
    }
    return before == null && size >= placesMax ? Verdict.BOARD_FULL : Verdict.TAKEN;
  }

  private void keep(Present present) {
    // A place that is kept keeps its rank: whoever was there first is told first.
    Present before =
        scopes
            .computeIfAbsent(present.at().scope(), ignored -> new LinkedHashMap<>())
            .put(present.at(), present);
    if (before == null) {
      size++;
    } else {
      forget(before);
    }
    shares.merge(present.principal(), 1, Integer::sum);
    byExpiry
        .computeIfAbsent(present.expiresAt(), ignored -> new LinkedHashSet<>())
        .add(present.at());
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
    forget(taken);
    return taken;
  }

  private void forget(Present present) {
    shares.computeIfPresent(
        present.principal(), (principal, places) -> places == 1 ? null : places - 1);
    Set<Present.Place> together = byExpiry.getOrDefault(present.expiresAt(), Set.of());
    together.remove(present.at());
    if (together.isEmpty()) {
      byExpiry.remove(present.expiresAt());
    }
  }
}
