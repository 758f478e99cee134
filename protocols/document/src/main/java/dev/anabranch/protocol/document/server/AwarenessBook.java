package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.ByteReader;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.crdt.protocol.AwarenessUpdate;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.presence.Present;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the clients of one document last said of themselves, as one session has heard it through
/// the kernel's presence; and how a word of awareness stands there.
///
/// A client's word is presence in the document's scope, under the document's name as topic and
/// `yjs-<client id>` as device: `{"client": 7, "clock": 3, "state": {…}}`. It lives as long as
/// y-protocols lets it; the editor says it again in half that time.
final class AwarenessBook {
  /// How long a word lives, in milliseconds.
  static final long TTL_MILLIS = 30_000;

  /// Words that are remembered before those of clients that have gone are forgotten; those that are
  /// there are bounded by the presence of the scope.
  private static final int WORDS_MAX = 1_000;

  private static final String DEVICE = "yjs-";
  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(4 * Present.VALUE_CHARS_MAX, 32, 2_000));

  private final EntityKey document;
  private final Map<Long, Heard> heard = new HashMap<>();

  /// A client's last word.
  ///
  /// @param session through which it was said
  /// @param principal by whom
  private record Heard(AwarenessUpdate.Entry word, long session, PrincipalId principal) {

    /// Whether another word takes its place: a later one of the same principal, or that of whoever
    /// comes once the client is gone. Nobody speaks for a client of somebody else who is there.
    private boolean yieldsTo(AwarenessUpdate.Entry next, PrincipalId speaker) {
      return principal.equals(speaker) ? next.clock() >= word.clock() : word.isGone();
    }
  }

  AwarenessBook(EntityKey document) {
    this.document = document;
  }

  /// The later of two words of one client.
  static AwarenessUpdate.Entry later(AwarenessUpdate.Entry one, AwarenessUpdate.Entry other) {
    return other.clock() >= one.clock() ? other : one;
  }

  /// Whether a word was not heard before. What somebody else said for a client while it was away
  /// counts for nothing.
  boolean isNews(AwarenessUpdate.Entry entry, PrincipalId speaker) {
    Heard last = heard.get(entry.client());
    if (last == null || (last.word().isGone() && !last.principal().equals(speaker))) {
      return !entry.isGone();
    }
    AwarenessUpdate.Entry before = last.word();
    return entry.clock() > before.clock()
        || (entry.clock() == before.clock() && entry.isGone() && !before.isGone());
  }

  /// Where a client's word stands.
  ///
  /// @param session the number of the session that it speaks through
  Present.Place place(long client, long session) {
    return new Present.Place(document.scope(), document.id().text(), DEVICE + client, session);
  }

  /// A word as presence; empty when it is too large for it.
  static Optional<JsonObject> value(AwarenessUpdate.Entry entry) {
    String text = JavaScriptJson.stringify(entry.state());
    if (text.length() > Present.VALUE_CHARS_MAX - 64
        || !(DECODER.decode("{\"state\":" + text + "}") instanceof Decoded.Value value)
        || !(value.json() instanceof JsonObject object)) {
      return Optional.empty();
    }
    Json state = object.fields().getOrDefault("state", JsonNull.NULL);
    return Optional.of(
        JsonObject.EMPTY
            .with("client", entry.client())
            .with("clock", entry.clock())
            .with("state", state));
  }

  /// Takes in what the kernel tells; what it says in the clients' words. A client that came back
  /// through another session is not gone with the first, and what it said there before is not news.
  List<AwarenessUpdate.Entry> hear(List<Present> entries) {
    List<AwarenessUpdate.Entry> said = new ArrayList<>();
    for (Present entry : entries) {
      if (entry.at().topic().equals(document.id().text())) {
        AwarenessUpdate.Entry word =
            entry.value() == null ? gone(entry.at()) : word(entry.at(), entry.value());
        Heard before = word == null ? null : heard.get(word.client());
        if (word != null && (before == null || before.yieldsTo(word, entry.principal()))) {
          heard.put(word.client(), new Heard(word, entry.at().client(), entry.principal()));
          said.add(word);
        }
      }
    }
    if (heard.size() > WORDS_MAX) {
      heard.values().removeIf(last -> last.word().isGone());
    }
    return said;
  }

  /// Everybody who is there.
  List<AwarenessUpdate.Entry> all() {
    return heard.values().stream().map(Heard::word).filter(word -> !word.isGone()).toList();
  }

  /// Anybody who reads the scope may be present under this topic: what is no word of the client
  /// whose place it stands in, or has numbers that editors cannot read, is none.
  private static AwarenessUpdate.@Nullable Entry word(Present.Place at, JsonObject value) {
    Json state = value.get("state");
    long client = value.number("client").orElse(-1);
    long clock = value.number("clock").orElse(-1);
    return state == null
            || !at.device().equals(DEVICE + client)
            || !isSafe(client)
            || !isSafe(clock)
        ? null
        : new AwarenessUpdate.Entry(client, clock, JavaScriptJson.parse(state.text()));
  }

  private static boolean isSafe(long number) {
    return number >= 0 && number <= ByteReader.SAFE_INTEGER_MAX;
  }

  private AwarenessUpdate.@Nullable Entry gone(Present.Place at) {
    for (Heard last : heard.values()) {
      AwarenessUpdate.Entry word = last.word();
      if (at.device().equals(DEVICE + word.client())) {
        if (last.session() != at.client()) {
          return null;
        }
        return new AwarenessUpdate.Entry(word.client(), word.clock(), Any.NULL);
      }
    }
    return null;
  }
}
