package dev.anabranch.server.configuration;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.nostr.server.KindRange;
import dev.anabranch.protocol.nostr.server.KindRule;
import dev.anabranch.protocol.nostr.server.NostrAccess;
import dev.anabranch.protocol.nostr.server.NostrLimits;
import dev.anabranch.protocol.nostr.server.PolicySettings;
import dev.anabranch.protocol.nostr.server.RelayTerms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The settings of section `[nostr]` that the relay's administrators may change (decision 0109).
///
/// A change is laid over what was written and the whole section is read again, by the reader that
/// reads the file. What costs the machine memory, and what the relay is, is the operator's alone
/// and not among them.
public final class ChangeableSettings {

  private static final int MEBIBYTE = 1024 * 1024;
  private static final String ORIGIN = "changepolicy";
  private static final String PER_SECOND = "a second; 0 = unlimited";
  private static final String AT_ONCE = "at once";

  /// A setting, and its value among terms.
  private record Entry(String name, String unit, Function<RelayTerms, Json> value) {}

  private static final List<Entry> ENTRIES =
      Stream.of(
              Stream.of(
                  new Entry(
                      "writers",
                      "anyone, authenticated or members; empty = the default",
                      terms -> word(terms.access().writers())),
                  new Entry(
                      "readers",
                      "anyone, authenticated or members",
                      terms -> word(terms.access().readers())),
                  new Entry(
                      "members_from",
                      "addresses of nostr.json (NIP-05)",
                      terms -> texts(terms.directories().stream().map(Object::toString))),
                  new Entry(
                      "rules",
                      "tables of kinds, writers, work_bits_min, content_chars_max; the first that"
                          + " speaks of a kind counts",
                      terms -> rules(terms.access().rules())),
                  new Entry(
                      "allowed",
                      "addresses and ranges; empty = all",
                      terms ->
                          texts(
                              terms.access().allowed().ranges().stream()
                                  .map(Object::toString)
                                  .sorted())),
                  number("work_bits_min", "bits", NostrLimits::workBitsMin),
                  number("created_ahead_seconds_max", "seconds ahead", NostrLimits::aheadSeconds),
                  number(
                      "created_behind_seconds_max",
                      "seconds behind; 0 = any",
                      NostrLimits::behindSeconds),
                  number("event_bytes_max", "bytes", limits -> limits.message().event().bytesMax()),
                  number("event_tags_max", "tags", limits -> limits.message().event().tagsMax()),
                  number(
                      "tag_values_max",
                      "values of one tag",
                      limits -> limits.message().event().tagValuesMax()),
                  number(
                      "content_chars_max",
                      "characters",
                      limits -> limits.message().event().contentCharactersMax()),
                  number("limit_max", "events of one filter", NostrLimits::storedMax),
                  number(
                      "limit_default",
                      "events of a filter without a limit",
                      NostrLimits::storedDefault),
                  new Entry(
                      "author_stored_events_max",
                      "events of one author; 0 = unlimited",
                      terms -> JsonNumber.of(terms.quota().eventsMax())),
                  new Entry(
                      "author_stored_mebibytes_max",
                      "MiB of one author; 0 = unlimited",
                      terms -> JsonNumber.of(terms.quota().bytesMax() / MEBIBYTE))),
              rate("frames", NostrLimits::frames),
              rate("events", NostrLimits::connection),
              rate("address_events", NostrLimits::address),
              rate("author_events", NostrLimits::author),
              rate("requests", NostrLimits::requests),
              rate("address_requests", NostrLimits::addressRequests))
          .flatMap(entries -> entries)
          .toList();

  private final Section written;
  private final int linkBytesMax;

  /// @param linkBytesMax the longest message that a link takes
  ChangeableSettings(Section written, int linkBytesMax) {
    this.written = written;
    this.linkBytesMax = linkBytesMax;
  }

  private static Entry number(String name, String unit, Function<NostrLimits, Integer> value) {
    return new Entry(name, unit, terms -> JsonNumber.of(value.apply(terms.limits())));
  }

  private static Stream<Entry> rate(String name, Function<NostrLimits, Rate> rate) {
    return Stream.of(
        new Entry(
            name + "_per_second",
            PER_SECOND,
            terms -> JsonNumber.of(rate.apply(terms.limits()).perSecond())),
        new Entry(
            name + "_burst", AT_ONCE, terms -> JsonNumber.of(rate.apply(terms.limits()).burst())));
  }

  /// For a server that is open to everybody of its machine, or to holders of tokens.
  public PolicySettings on(boolean open) {
    return new PolicySettings() {
      @Override
      public List<Setting> all() {
        return ENTRIES.stream().map(entry -> new Setting(entry.name(), entry.unit())).toList();
      }

      @Override
      public boolean isConfigured(String name) {
        return written.keys().contains(name);
      }

      @Override
      public Answer<RelayTerms> with(Map<String, Json> changes) {
        try {
          return new Answer.Given<>(read(changes, open));
        } catch (ConfigurationFailure wrong) {
          return new Answer.Refused<>(
              new Fault(FaultCode.INVALID, String.valueOf(wrong.getMessage())));
        }
      }

      @Override
      public Map<String, Json> values(Map<String, Json> changes) {
        RelayTerms terms = read(changes, open);
        Map<String, Json> values = new LinkedHashMap<>();
        ENTRIES.forEach(entry -> values.put(entry.name(), entry.value().apply(terms)));
        return values;
      }
    };
  }

  /// What says the same is the same, wherever it was written.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChangeableSettings same
        && read(Map.of(), true).equals(same.read(Map.of(), true));
  }

  @Override
  public int hashCode() {
    return read(Map.of(), true).hashCode();
  }

  private RelayTerms read(Map<String, Json> changes, boolean open) {
    Map<String, Sourced> said = new LinkedHashMap<>();
    changes.forEach((name, value) -> {
      if (ENTRIES.stream().noneMatch(entry -> entry.name().equals(name))) {
        throw new ConfigurationFailure(ORIGIN + ": [nostr] " + name + " cannot be changed");
      }
      said.put(name, new Sourced(plain(value), ORIGIN));
    });
    return NostrSettings.read(written.with(said), linkBytesMax).terms(open);
  }

  /// A value as a file would say it.
  private static Object plain(Json json) {
    return switch (json) {
      case JsonString(String text) -> text;
      case JsonNumber number when number.isLong() -> number.longValue();
      case JsonNumber number -> number.doubleValue();
      case JsonBoolean truth -> truth.value();
      case JsonArray(List<Json> values) -> values.stream().map(ChangeableSettings::plain).toList();
      case JsonObject object -> {
        Map<String, Object> table = new LinkedHashMap<>();
        object.fields().forEach((name, value) -> table.put(name, plain(value)));
        yield table;
      }
      case JsonNull ignored -> "null";
    };
  }

  // Values.

  private static Json word(NostrAccess.Who who) {
    return new JsonString(who.name().toLowerCase(Locale.ROOT));
  }

  private static Json texts(Stream<String> texts) {
    return new JsonArray(texts.<Json>map(JsonString::new).toList());
  }

  private static Json rules(List<KindRule> rules) {
    List<Json> all = new ArrayList<>();
    for (KindRule rule : rules) {
      JsonObject one =
          JsonObject.EMPTY.with("kinds", texts(rule.kinds().stream().map(KindRange::text)));
      if (rule.writers().isPresent()) {
        one = one.with("writers", word(rule.writers().get()));
      }
      if (rule.workBitsMin() > 0) {
        one = one.with("work_bits_min", rule.workBitsMin());
      }
      all.add(
          rule.contentCharactersMax() < Integer.MAX_VALUE
              ? one.with("content_chars_max", rule.contentCharactersMax())
              : one);
    }
    return new JsonArray(all);
  }
}
