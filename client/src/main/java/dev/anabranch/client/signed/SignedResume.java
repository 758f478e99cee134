package dev.anabranch.client.signed;

import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.ScopeName;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// What came of the last `resume`: which scopes the server follows, and what it owes of them.
///
/// On the device's thread, besides [#isPartial].
final class SignedResume {

  /// What one frame of a server that says nothing else has room for, with what stands around it.
  private static final int CURSORS_MAX = 8_000;

  private static final int CURSORS_BYTES_MAX = 448 * 1024;

  private final Set<ScopeName> awaited = new HashSet<>();
  private final Set<ScopeName> unnamed = new HashSet<>();
  private String own = "";
  private long counter = -1;
  private boolean asked;
  private boolean answered;
  private volatile boolean partial;

  /// A line is open for a principal.
  void begin(String principal) {
    own = "user:" + principal;
  }

  /// The next `resume`, with all cursors that a frame has room for: what it does not name is told
  /// from its beginning.
  JsonObject frame(List<ScopeCursor> cursors) {
    lost();
    asked = true;
    awaited.clear();
    unnamed.clear();
    partial = false;
    Map<String, Json> named = new LinkedHashMap<>();
    int bytes = 0;
    for (ScopeCursor cursor : cursors) {
      String name = remote(cursor.scope());
      JsonNumber lastId = JsonNumber.of(cursor.lastId());
      int more = bytes(new JsonString(name)) + bytes(lastId) + 2;
      if (cursor.lastId() > 0 && named.size() < CURSORS_MAX && bytes + more <= CURSORS_BYTES_MAX) {
        bytes += more;
        named.put(name, lastId);
      } else {
        unnamed.add(cursor.scope());
      }
    }
    return JsonObject.EMPTY
        .with("type", "resume")
        .with("lastSyncId", 0)
        .with("cursors", JsonObject.of(named));
  }

  private static int bytes(Json value) {
    return value.text().getBytes(StandardCharsets.UTF_8).length;
  }

  void sent(long frameCounter) {
    counter = frameCounter;
  }

  /// The line is gone, and whatever was asked on it.
  void lost() {
    asked = false;
    answered = false;
    counter = -1;
  }

  /// Takes `resumed`.
  ///
  /// @return scopes that are held here and not followed: the server was not asked about them by
  ///   name, so it does not say that they are left
  Set<ScopeName> resumed(JsonObject frame) {
    answered = true;
    if (frame.get("scopes") instanceof JsonArray(List<Json> names)) {
      for (Json name : names) {
        if (name instanceof JsonString(String text)) {
          ScopeName.parse(text).ifPresent(scope -> awaited.add(local(scope)));
        }
      }
    }
    if (partial) {
      return Set.of(); // they may be among those that it has no room for
    }
    Set<ScopeName> left = new HashSet<>(unnamed);
    left.removeAll(awaited);
    return left;
  }

  /// The server has no room for some scope.
  void noRoom() {
    partial = true;
  }

  /// Whether an error means the last `resume`: it says so, or the server could not read the frame
  /// that it would answer next.
  boolean isRefusedBy(JsonObject error) {
    OptionalLong re = error.number("re");
    return re.isPresent()
        ? re.getAsLong() == counter
        : isUnanswered() && error.string("code").filter("malformed"::equals).isPresent();
  }

  /// Whether a frame that says this is about it.
  boolean isAskedBy(long re) {
    return counter >= 0 && re == counter;
  }

  /// Whether it is under way.
  boolean isUnanswered() {
    return asked && !answered;
  }

  void awaits(ScopeName scope) {
    awaited.add(scope);
  }

  void awaitsNoMore(ScopeName scope) {
    awaited.remove(scope);
  }

  /// Whether everything that is followed is live.
  boolean isLive() {
    return answered && awaited.isEmpty();
  }

  /// Whether there is more that the principal may read. Any thread.
  boolean isPartial() {
    return partial;
  }

  ScopeName local(ScopeName scope) {
    return scope.text().equals(own) ? SignedEntityClient.SELF : scope;
  }

  private String remote(ScopeName scope) {
    return scope.equals(SignedEntityClient.SELF) ? own : scope.text();
  }
}
