package dev.anabranch.server.configuration;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.protocol.nostr.server.AddressRange;
import dev.anabranch.protocol.nostr.server.AddressSet;
import dev.anabranch.protocol.nostr.server.KindRange;
import dev.anabranch.protocol.nostr.server.KindRule;
import dev.anabranch.protocol.nostr.server.NostrAccess.Who;
import dev.anabranch.server.plugin.PluginSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The lists of section `[nostr]` that hold more than keys: rules of kinds, and addresses.
final class NostrRules {

  private NostrRules() {}

  /// `[[nostr.rules]]`: what holds for some kinds besides what holds for all.
  static List<KindRule> read(Section section) {
    List<KindRule> rules = new ArrayList<>();
    for (Section table : section.tables("rules")) {
      rules.add(
          new KindRule(
              kinds(table),
              table.says("writers")
                  ? Optional.of(table.word("writers", Who.ANYONE))
                  : Optional.empty(),
              table.number("work_bits_min", 0, 0, 256),
              table.number("content_chars_max", Integer.MAX_VALUE, 0, Integer.MAX_VALUE)));
      table.refuseUnknown();
    }
    return rules;
  }

  /// Kinds and ranges of them, such as `["1", "30000-39999"]`.
  static List<KindRange> kinds(Section table) {
    List<KindRange> kinds = new ArrayList<>();
    for (String text : table.texts("kinds", List.of())) {
      kinds.add(
          KindRange.parse(text)
              .orElseThrow(() ->
                  table.wrong(
                      "kinds", "a list of kinds and ranges, such as [\"1\", \"30000-39999\"]")));
    }
    return kinds;
  }

  /// Public keys.
  static Set<PublicKey> keys(Section section, String name) {
    Set<PublicKey> keys = new HashSet<>();
    for (String text : section.texts(name, List.of())) {
      if (!Hex.isLower(text, 64)) {
        throw section.wrong(name, "a list of keys, each of 64 lower-case hexadecimal digits");
      }
      keys.add(new PublicKey(text));
    }
    return keys;
  }

  /// Each of them costs memory: as much as it says, up to its longest.
  private static final int DIRECTORIES_MAX = 8;

  private static final String ADDRESSES =
      "a list of at most "
          + DIRECTORIES_MAX
          + " addresses, such as [\"https://a.example/.well-known/nostr.json\"]; http:// only of"
          + " this machine";

  /// Nobody else can speak for it: over TLS, or on this machine.
  private static final String DIRECTORY =
      "(https://[^/\\s]+|http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?)(/[^\\s]*)?";

  private static URI uri(Section section, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException notOne) {
      throw section.wrong("members_from", ADDRESSES);
    }
  }

  /// Addresses of directories of names (NIP-05).
  static List<URI> directories(Section section) {
    List<URI> directories = new ArrayList<>();
    for (String text : section.texts("members_from", List.of())) {
      if (!text.matches(DIRECTORY)) {
        throw section.wrong("members_from", ADDRESSES);
      }
      directories.add(uri(section, text));
    }
    if (directories.size() > DIRECTORIES_MAX) {
      throw section.wrong("members_from", ADDRESSES);
    }
    return directories;
  }

  /// The program that judges events.
  static PluginSettings plugin(Section section) {
    PluginSettings fallback = PluginSettings.NONE;
    return new PluginSettings(
        section.texts("write_policy", fallback.command()),
        section.number("write_policy_timeout_millis", fallback.timeoutMillis(), 1, 60_000),
        section.number("write_policy_waiting_max", fallback.waitingMax(), 1, 1_000_000),
        section.flag("write_policy_accepts_on_failure", fallback.acceptsOnFailure()));
  }

  /// Addresses and ranges of them.
  static AddressSet addresses(Section section, String name) {
    Set<AddressRange> ranges = new HashSet<>();
    for (String text : section.texts(name, List.of())) {
      ranges.add(
          AddressRange.parse(text)
              .orElseThrow(() ->
                  section.wrong(
                      name, "a list of addresses, such as [\"203.0.113.7\", \"2001:db8::/32\"]")));
    }
    return AddressSet.of(ranges);
  }
}
