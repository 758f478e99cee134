package dev.anabranch.client.session;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What this device says of itself, to be said again before it expires, and what others said.
final class Presences {

  /// The most neighbours of one scope that are remembered; the server's own bound is lower.
  static final int NEIGHBOURS_MAX = 10_000;

  private final Map<Spot, Own> own = new LinkedHashMap<>();
  private final Map<ScopeName, Map<Seat, Other>> others = new HashMap<>();

  /// Where this device says something.
  record Spot(ScopeName scope, String topic) {}

  /// What it says, and when to say it again.
  record Own(JsonObject value, long ttlMillis, long renewAt) {}

  private record Seat(String topic, String device, long client) {}

  private record Other(Notice.Neighbour neighbour, long expiresAt) {}

  void say(Spot spot, @Nullable JsonObject value, long ttlMillis, long nowMillis) {
    if (value == null) {
      own.remove(spot);
    } else {
      own.put(spot, new Own(value, ttlMillis, nowMillis + ttlMillis / 2));
    }
  }

  /// This device has nothing to say, and nobody to hear, in a scope any more.
  void forget(ScopeName scope) {
    own.keySet().removeIf(spot -> spot.scope().equals(scope));
    others.remove(scope);
  }

  /// What this device says in a scope.
  Map<Spot, Own> own(ScopeName scope) {
    Map<Spot, Own> said = new LinkedHashMap<>();
    own.forEach((spot, value) -> {
      if (spot.scope().equals(scope)) {
        said.put(spot, value);
      }
    });
    return said;
  }

  /// What is to be said again now.
  Map<Spot, Own> due(long nowMillis) {
    Map<Spot, Own> due = new LinkedHashMap<>();
    own.forEach((spot, value) -> {
      if (value.renewAt() <= nowMillis) {
        due.put(spot, value);
      }
    });
    return due;
  }

  /// What somebody else said, whose value is not null.
  static Notice.Neighbour neighbour(ScopeMessage.PresenceOf said) {
    return new Notice.Neighbour(
        said.topic(),
        said.principal().text(),
        said.device(),
        said.client(),
        Objects.requireNonNull(said.data(), "data"));
  }

  /// Takes what somebody else said of itself; false = there is no room for one more.
  boolean hear(ScopeMessage.PresenceOf said, long nowMillis) {
    Map<Seat, Other> seats = others.computeIfAbsent(said.scope(), scope -> new LinkedHashMap<>());
    Seat seat = new Seat(said.topic(), said.device(), said.client());
    if (said.data() == null) {
      seats.remove(seat);
      return true;
    }
    if (!seats.containsKey(seat) && seats.size() >= NEIGHBOURS_MAX) {
      return false;
    }
    seats.put(seat, new Other(neighbour(said), nowMillis + said.ttlMillis()));
    return true;
  }

  /// Who is there.
  List<Notice.Neighbour> in(ScopeName scope) {
    List<Notice.Neighbour> there = new ArrayList<>();
    others.getOrDefault(scope, Map.of()).values().forEach(other -> there.add(other.neighbour()));
    return there;
  }

  /// Forgets who has expired.
  ///
  /// @return the scopes that look different now
  TreeSet<ScopeName> expire(long nowMillis) {
    TreeSet<ScopeName> changed = new TreeSet<>();
    others.forEach((scope, seats) -> {
      if (seats.values().removeIf(other -> other.expiresAt() <= nowMillis)) {
        changed.add(scope);
      }
    });
    return changed;
  }

  /// The link is gone, and with it all that was heard.
  ///
  /// @return the scopes that look different now
  TreeSet<ScopeName> unlinked() {
    TreeSet<ScopeName> changed = new TreeSet<>();
    others.forEach((scope, seats) -> {
      if (!seats.isEmpty()) {
        changed.add(scope);
      }
    });
    others.clear();
    return changed;
  }

  /// When something is to be said again (only while there is a line) or expires.
  long nextAt(boolean linked) {
    long next = FollowedScope.NEVER;
    if (linked) {
      for (Own said : own.values()) {
        next = Math.min(next, said.renewAt());
      }
    }
    for (Map<Seat, Other> seats : others.values()) {
      for (Other other : seats.values()) {
        next = Math.min(next, other.expiresAt());
      }
    }
    return next;
  }
}
