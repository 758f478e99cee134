package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.text.Hex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Events that somebody reported (NIP-56) and no administrator has decided about: they need
/// moderation.
final class ReportedEvents {

  /// The newest reports that are looked at.
  static final int REPORTS_MAX = 2_000;

  private static final int REASON_CHARS_MAX = 200;

  private final Finder finder;
  private final ModerationBook book;

  ReportedEvents(Finder finder, ModerationBook book) {
    this.finder = finder;
    this.book = book;
  }

  /// `[{"id","reason"}]`, the last reported first; of each the newest report's reason.
  CompletionStage<Json> list() {
    StoredEvents reports =
        StoredEvents.whole(
            finder,
            List.of(Filter.ANY.withKinds(Set.of(Kinds.REPORT))),
            sight -> !book.access().hides(sight.event()),
            Sieve.OPEN,
            REPORTS_MAX);
    return gather(reports, new LinkedHashMap<>());
  }

  private CompletionStage<Json> gather(StoredEvents walk, Map<String, String> into) {
    for (Sight next = walk.next(); next != null; next = walk.next()) {
      read(next.event(), into);
    }
    CompletionStage<StoredEvents.Slice> pending = walk.pending();
    return pending == null
        ? CompletableFuture.completedFuture(json(into))
        : pending.thenCompose(slice -> {
          walk.arrived(slice);
          return gather(walk, into);
        });
  }

  private void read(Event report, Map<String, String> into) {
    for (Tag tag : report.tags()) {
      if (tag.is("e") && Hex.isLower(tag.value(), 64)) {
        Optional<Standing> decided = book.moderation().of(Subject.of(new EventId(tag.value())));
        if (decided.filter(standing -> standing.word() != Standing.Word.NEITHER).isEmpty()) {
          into.putIfAbsent(tag.value(), reason(tag.at(2), report.content()));
        }
      }
    }
  }

  private static String reason(String word, String content) {
    String reason = word.isEmpty() || content.isEmpty() ? word + content : word + ": " + content;
    return reason.length() > REASON_CHARS_MAX
        ? reason.substring(
            0, reason.offsetByCodePoints(0, reason.codePointCount(0, REASON_CHARS_MAX)))
        : reason;
  }

  private static Json json(Map<String, String> reported) {
    List<Json> all = new ArrayList<>();
    reported.forEach(
        (id, reason) -> all.add(JsonObject.EMPTY.with("id", id).with("reason", reason)));
    return new JsonArray(all);
  }
}
