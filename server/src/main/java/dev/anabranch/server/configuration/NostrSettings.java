package dev.anabranch.server.configuration;

import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.filter.FilterLimits;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.message.MessageLimits;
import dev.anabranch.protocol.nostr.server.NostrAccess;
import dev.anabranch.protocol.nostr.server.NostrAccess.Who;
import dev.anabranch.protocol.nostr.server.NostrLimits;
import dev.anabranch.protocol.nostr.server.NostrQuota;
import dev.anabranch.protocol.nostr.server.RelayTerms;
import dev.anabranch.protocol.nostr.server.SeedKinds;
import dev.anabranch.server.plugin.PluginSettings;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Section `[nostr]`: the relay.
///
/// @param enabled whether there is one
/// @param url the relay's address as clients know it, `wss://relay.example/`; empty = none said:
///   only loopback names count in authentications then
/// @param name for people
/// @param description for people
/// @param icon the address of a picture; empty = none
/// @param contact how to reach the operator
/// @param pubkey the operator's key
/// @param administrators whose requests to the management API are heard (NIP-86)
/// @param writers who may publish; empty = anyone on an open server, members on another
/// @param readers who may subscribe
/// @param access lists of keys and kinds
/// @param directories who else names members (NIP-05), as addresses of `nostr.json`
/// @param directoriesSeconds how often they are asked
/// @param quota how much of one author is kept
/// @param keeping which events are kept
/// @param membership whether it says who its members are
/// @param plugin the program that judges events
/// @param seedKinds which events are taken for chats, settings and training data
/// @param bridge whether changes that came in another way are shown as events of the server's key
/// @param bridgeScopes of which scopes entities of all models are shown, not only the seeds'
/// @param limits what a client can cost
/// @param changeable what of all this administrators may change while the server runs
public record NostrSettings(
    boolean enabled,
    Optional<String> url,
    String name,
    String description,
    String icon,
    String contact,
    String pubkey,
    Set<PublicKey> administrators,
    Optional<Who> writers,
    Who readers,
    NostrAccess access,
    List<URI> directories,
    int directoriesSeconds,
    NostrQuota quota,
    NostrKeeping keeping,
    NostrMembership membership,
    PluginSettings plugin,
    SeedKinds seedKinds,
    boolean bridge,
    List<ScopePattern> bridgeScopes,
    NostrLimits limits,
    ChangeableSettings changeable) {

  private static final int MOST = Integer.MAX_VALUE;
  private static final int MEBIBYTE = 1024 * 1024;

  public NostrSettings {
    Objects.requireNonNull(url, "url");
    administrators = Set.copyOf(administrators);
    Objects.requireNonNull(access, "access");
    directories = List.copyOf(directories);
    bridgeScopes = List.copyOf(bridgeScopes);
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(changeable, "changeable");
  }

  /// Who may do what on a server that is open to everybody of its machine, or to holders of tokens.
  public NostrAccess access(boolean open) {
    return new NostrAccess(
        writers.orElse(open ? Who.ANYONE : Who.MEMBERS),
        readers,
        access.members(),
        access.banned(),
        Set.of(),
        Set.of(),
        access.kinds(),
        access.bannedKinds(),
        access.rules(),
        access.allowed(),
        access.blocked());
  }

  /// On which terms events are taken and shown, on a server that is open or asks for tokens.
  RelayTerms terms(boolean open) {
    return new RelayTerms(access(open), limits, quota, directories);
  }

  /// @param linkBytesMax the longest message that a link takes
  static NostrSettings read(Section section, int linkBytesMax) {
    String url = section.text("url", "");
    if (!url.isEmpty() && !url.matches("wss?://[^/]+(/.*)?")) {
      throw section.wrong("url", "an address such as \"wss://relay.example/\"");
    }
    NostrAccess access =
        new NostrAccess(
            Who.ANYONE,
            Who.ANYONE,
            NostrRules.keys(section, "members"),
            NostrRules.keys(section, "banned"),
            Set.of(),
            Set.of(),
            kinds(section, "kinds"),
            kinds(section, "banned_kinds"),
            NostrRules.read(section),
            NostrRules.addresses(section, "allowed"),
            NostrRules.addresses(section, "blocked"));
    return new NostrSettings(
        section.flag("enabled", true),
        Optional.of(url).filter(text -> !text.isEmpty()),
        section.text("name", "Anabranch"),
        section.text("description", "A Nostr relay on one ordered log."),
        section.text("icon", ""),
        section.text("contact", ""),
        key(section),
        NostrRules.keys(section, "administrators"),
        section.text("writers", "").isEmpty()
            ? Optional.empty()
            : Optional.of(section.word("writers", Who.ANYONE)),
        section.word("readers", Who.ANYONE),
        access,
        NostrRules.directories(section),
        section.number("members_from_every_seconds", 3_600, 1, 86_400),
        new NostrQuota(
            section.number("author_stored_events_max", 0, 0, MOST),
            (long) MEBIBYTE * section.number("author_stored_mebibytes_max", 0, 0, MOST)),
        NostrKeeping.read(section),
        NostrMembership.read(section),
        NostrRules.plugin(section),
        section.word("seed_kinds", SeedKinds.SHAPE),
        section.flag("bridge", true),
        scopes(section),
        limits(section, linkBytesMax),
        new ChangeableSettings(section, linkBytesMax));
  }

  private static String key(Section section) {
    String key = section.text("pubkey", "");
    if (!key.isEmpty() && !key.matches("[0-9a-f]{64}")) {
      throw section.wrong("pubkey", "a key of 64 lower-case hexadecimal digits");
    }
    return key;
  }

  private static List<ScopePattern> scopes(Section section) {
    try {
      return section.texts("bridge_scopes", List.of()).stream().map(ScopePattern::new).toList();
    } catch (IllegalArgumentException wrong) {
      throw section.wrong(
          "bridge_scopes", "a list of scopes' names, or beginnings and *, such as [\"org:*\"]");
    }
  }

  private static Set<Integer> kinds(Section section, String name) {
    Set<Integer> kinds = new HashSet<>();
    for (String text : section.texts(name, List.of())) {
      if (!text.matches("[0-9]{1,5}")) {
        throw section.wrong(name, "a list of kinds, such as [\"0\", \"1\", \"30023\"]");
      }
      kinds.add(Integer.valueOf(text));
    }
    return kinds;
  }

  private static NostrLimits limits(Section section, int linkBytesMax) {
    NostrLimits fallback = NostrLimits.DEFAULT;
    EventLimits event = fallback.message().event();
    FilterLimits filter = fallback.message().filter();
    int messageBytesMax =
        section.number(
            "message_bytes_max",
            Math.min(fallback.message().bytesMax(), linkBytesMax),
            1024,
            Math.min(linkBytesMax, 16 * MEBIBYTE));
    MessageLimits message =
        new MessageLimits(
            messageBytesMax,
            new EventLimits(
                section.number("event_bytes_max", messageBytesMax, 512, 16 * MEBIBYTE),
                section.number("event_tags_max", event.tagsMax(), 3, 100_000),
                section.number("tag_values_max", event.tagValuesMax(), 2, 10_000),
                section.number(
                    "content_chars_max", event.contentCharactersMax(), 0, 16 * MEBIBYTE)),
            new FilterLimits(
                section.number("filters_max", filter.filtersMax(), 1, 1000),
                section.number("filter_values_max", filter.valuesMax(), 1, 100_000),
                section.number("search_chars_max", filter.searchCharactersMax(), 1, 10_000)));
    int storedMax = section.number("limit_max", fallback.storedMax(), 1, MOST);
    int storedDefault =
        section.number(
            "limit_default", Math.min(storedMax, fallback.storedDefault()), 1, storedMax);
    int reconcileMax = section.number("reconcile_max", fallback.reconcileMax(), 1, 10_000_000);
    return new NostrLimits(
        message,
        section.number("subscriptions_max", fallback.subscriptionsMax(), 1, MOST),
        storedMax,
        storedDefault,
        section.number("count_max", fallback.countMax(), 1, MOST),
        section.number("counts_max", fallback.countsMax(), 1, MOST),
        reconcileMax,
        section.number("reconciliations_max", fallback.reconciliationsMax(), 1, MOST),
        section.number(
            "reconciled_records_max",
            Math.max(reconcileMax, fallback.reconciledRecordsMax()),
            reconcileMax,
            MOST),
        section.number("reconcile_idle_seconds", fallback.reconcileIdleSeconds(), 1, 86_400),
        section.number("waiting_events_max", fallback.waitingEventsMax(), 1, MOST),
        section.number(
            "waiting_bytes_max",
            Math.toIntExact(fallback.waitingBytesMax()),
            Character.BYTES * message.bytesMax(),
            MOST),
        section.number("waiting_live_max", fallback.waitingLiveMax(), 1, MOST),
        section.number("feed_events_max", fallback.feedEventsMax(), 1, MOST),
        section.number("feed_bytes_max", Math.toIntExact(fallback.feedBytesMax()), 1, MOST),
        section.number("keys_max", fallback.keysMax(), 1, 1000),
        section.number("created_ahead_seconds_max", fallback.aheadSeconds(), 0, MOST),
        section.number("created_behind_seconds_max", fallback.behindSeconds(), 0, MOST),
        section.number("work_bits_min", fallback.workBitsMin(), 0, 256),
        rate(section, "frames", fallback.frames()),
        rate(section, "events", fallback.connection()),
        rate(section, "address_events", fallback.address()),
        rate(section, "author_events", fallback.author()),
        rate(section, "requests", fallback.requests()),
        rate(section, "address_requests", fallback.addressRequests()),
        section.number("tracked_max", fallback.trackedMax(), 1, MOST),
        section.flag("tell_extent", fallback.tellsExtent()));
  }

  private static Rate rate(Section section, String what, Rate fallback) {
    return new Rate(
        section.number(what + "_per_second", Math.toIntExact(fallback.perSecond()), 0, 1_000_000),
        section.number(what + "_burst", Math.toIntExact(fallback.burst()), 1, MOST));
  }
}
